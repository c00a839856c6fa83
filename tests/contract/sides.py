"""The messengers under contract, each with one chat of the bot, Anna and Ben, where Anna is an admin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from bot.messengers.base import Messenger
from bot.model import (
    Account,
    ChatRef,
    Event,
    Join,
    Membership,
    MessengerName,
    Presence,
    Press,
    Sender,
    bold,
    counted,
    rich,
)
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.synapse import Synapse
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.messengers import matrix_bot, telegram_scene

LIMIT = 15
"""Seconds to wait for events."""


class ContractSide:
    """A messenger, and what Anna does and sees there. In what she writes, `*words*` are bold."""

    def __init__(self, messenger: Messenger, chat: ChatRef, anna: Account) -> None:
        self.messenger = messenger
        self.chat = chat
        self.anna = anna
        self.cursor: str | None = None
        self.before: str | None = None

    async def events(self, number: int = 1) -> list[Event]:
        """Return at least `number` new events; the next call acknowledges them."""
        self.before = self.cursor
        return await self._read(number)

    async def again(self, number: int = 1) -> list[Event]:
        """Return the last events again, as if they had never been committed."""
        self.cursor = self.before
        return await self._read(number)

    async def _read(self, number: int) -> list[Event]:
        got: list[Event] = []
        try:
            async with asyncio.timeout(LIMIT), aclosing(self.messenger.events(self.cursor)) as batches:
                async for batch in batches:
                    got += batch.events
                    self.cursor = batch.cursor or self.cursor
                    if len(got) >= number:
                        return got
        except TimeoutError:
            pass
        raise AssertionError(f"{number} events were expected within {LIMIT} s; seen: {got}")

    async def says(self, text: str, reply_to: str = "") -> str:
        raise NotImplementedError

    async def ben_says(self, text: str) -> None:
        """Send a message from Ben, an ordinary member."""
        raise NotImplementedError

    async def ben_is_admin(self) -> None:
        """Make Ben an admin of the chat."""
        raise NotImplementedError

    async def edits(self, id: str, text: str) -> str:
        """Edit Anna's message; return the id under which the edit can be removed, or an empty string."""
        raise NotImplementedError

    async def removes(self, id: str) -> None:
        """Remove a message or an edit of Anna's, where the messenger reports that to the bot."""
        raise NotImplementedError

    async def presses(self, id: str, emoji: str, action: str) -> Event:
        """Press a button and return the event that the bot receives."""
        raise NotImplementedError

    async def reads(self) -> list[tuple[str, str]]:
        """Return the id and text of every message in the chat."""
        raise NotImplementedError


class FakeSide(ContractSide):
    def __init__(self, fake: FakeMessenger, chat: ChatRef, anna: Account, ben: Account) -> None:
        super().__init__(fake, chat, anna)
        self.fake = fake
        self.sender = Sender(anna, "Anna Weber")
        self.ben = Sender(ben, "Ben")
        fake.messages_in(chat)
        fake.admins.add(anna)

    async def says(self, text: str, reply_to: str = "") -> str:
        before, *styled = text.split("*")
        words = rich(before, bold(styled[0]), styled[1]) if styled else rich(text)
        return self.fake.says(self.chat, self.sender, words, reply_to=reply_to)

    async def ben_says(self, text: str) -> None:
        self.fake.says(self.chat, self.ben, text)

    async def ben_is_admin(self) -> None:
        assert self.ben.account
        self.fake.admins.add(self.ben.account)

    async def edits(self, id: str, text: str) -> str:
        return self.fake.edits(self.chat, self.sender, id, text)

    async def removes(self, id: str) -> None:
        self.fake.deletes(self.chat, self.sender, id)

    async def presses(self, id: str, emoji: str, action: str) -> Event:
        if self.fake.capabilities.idempotent:
            self.fake.reacts(self.chat, self.sender, id, emoji)
        else:
            self.fake.presses(self.chat, self.sender, id, action)
        return (await self.events())[0]

    async def reads(self) -> list[tuple[str, str]]:
        return [(each.id, each.shown) for each in self.fake.messages_in(self.chat)]


class TelegramContractSide(ContractSide):
    def __init__(self, scene: telegram_scene.TelegramScene) -> None:
        super().__init__(scene.messenger, scene.chat, Account(MessengerName.TELEGRAM, str(scene.anna.id)))
        self.scene = scene

    async def says(self, text: str, reply_to: str = "") -> str:
        before, *styled = text.split("*")
        entities = [{"type": "bold", "offset": len(before), "length": len(styled[0])}] if styled else []
        message = self.scene.server.say(
            self.scene.group,
            self.scene.anna,
            text.replace("*", ""),
            entities=entities,
            reply_to=_number(reply_to) if reply_to else None,
        )
        return self.scene.id(message["message_id"])

    async def ben_says(self, text: str) -> None:
        self.scene.server.say(self.scene.group, self.scene.ben, text)

    async def ben_is_admin(self) -> None:
        self.scene.server.promote(self.scene.group, self.scene.ben)

    async def edits(self, id: str, text: str) -> str:
        self.scene.server.edit(self.scene.group, self.scene.anna, _number(id), text)
        return ""

    async def presses(self, id: str, emoji: str, action: str) -> Event:  # noqa: ARG002 - Telegram uses the action
        pressing = asyncio.ensure_future(
            self.scene.server.press(self.scene.group, self.scene.anna, _number(id), action)
        )
        (event,) = await self.events()
        assert isinstance(event, Press)
        await self.messenger.answer(event, "done")
        assert (await pressing)["text"] == "done"
        return event

    async def reads(self) -> list[tuple[str, str]]:
        return [
            (self.scene.id(each["message_id"]), each["text"]) for each in self.scene.server.messages(self.scene.group)
        ]


class MatrixContractSide(ContractSide):
    def __init__(self, messenger: Messenger, person: HumanMatrix, ben: HumanMatrix, room: str) -> None:
        super().__init__(messenger, ChatRef(MessengerName.MATRIX, room), Account(MessengerName.MATRIX, person.id))
        self.person = person
        self.ben = ben
        self.room = room

    async def begin(self) -> None:
        """Join the room to which Anna has invited the bot."""
        while not _is_here(await self._read(1)):
            await self.messenger.deliver(Join(chat=self.chat))

    async def says(self, text: str, reply_to: str = "") -> str:
        before, *styled = text.split("*")
        html = f"{before}<b>{styled[0]}</b>{styled[1]}" if styled else None
        return await self.person.say(self.room, text.replace("*", ""), html=html, reply_to=reply_to or None)

    async def ben_says(self, text: str) -> None:
        await self.ben.say(self.room, text)

    async def ben_is_admin(self) -> None:
        await self.person.set_power(self.room, self.ben.id, 50)

    async def edits(self, id: str, text: str) -> str:
        return await self.person.edit(self.room, id, text)

    async def removes(self, id: str) -> None:
        await self.person.redact(self.room, id)

    async def presses(self, id: str, emoji: str, action: str) -> Event:  # noqa: ARG002 - Matrix uses the emoji
        await self.person.react(self.room, id, emoji)
        return (await self.events())[0]

    async def reads(self) -> list[tuple[str, str]]:
        events = await self.person.messages(self.room)
        said = [each for each in events if each["type"] == "m.room.message" and each["content"]]
        changes = [each for each in said if _changed(each)]
        texts = {each["event_id"]: each["content"]["body"] for each in said if each not in changes}
        for each in changes:
            texts[_changed(each)] = each["content"]["m.new_content"]["body"]
        return list(texts.items())


def _number(id: str) -> int:
    given = counted(id)
    assert given, id
    return given[1]


def _is_here(events: list[Event]) -> bool:
    return any(isinstance(each, Membership) and each.presence is Presence.JOINED for each in events)


def _changed(event: RawEvent) -> str:
    relation = event["content"].get("m.relates_to", {})
    return relation["event_id"] if relation.get("rel_type") == "m.replace" else ""


@asynccontextmanager
async def fake(name: MessengerName) -> AsyncIterator[ContractSide]:
    if name is MessengerName.TELEGRAM:
        people = Account(name, "11"), Account(name, "12")
        yield FakeSide(FakeMessenger(name, TELEGRAM), ChatRef(name, "-1001"), *people)
    else:
        people = Account(name, "@anna:test"), Account(name, "@ben:test")
        yield FakeSide(FakeMessenger(name, MATRIX), ChatRef(name, "!room:test"), *people)


@asynccontextmanager
async def telegram() -> AsyncIterator[ContractSide]:
    async with telegram_scene.scene() as scene:
        yield TelegramContractSide(scene)


@asynccontextmanager
async def matrix(synapse: Synapse, folder: Path) -> AsyncIterator[ContractSide]:
    anna, ben = await matrix_bot.person(synapse, "Anna"), await matrix_bot.person(synapse, "Ben")
    messenger = matrix_bot.messenger(synapse, await matrix_bot.account(synapse), folder)
    try:
        await messenger.start()
        room = await anna.create_room("Köln", [messenger.account.id, ben.id])
        await ben.join(room)
        side = MatrixContractSide(messenger, anna, ben, room)
        await side.begin()
        yield side
    finally:
        await messenger.close()
