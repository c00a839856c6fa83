"""Matrix under contract: the adapter on Synapse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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
    Sent,
)
from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.matrix_sharing import MatrixUpload
from bot.sandbox.synapse import Synapse
from bot.text.emoji import undressed
from tests.contract.sides import ContractSide, SeenFile
from tests.messengers import matrix_bot


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

    async def sees_files(self) -> list[SeenFile]:
        events = await self.person.messages(self.room)
        shown = {each["event_id"]: each for each in events if "url" in each["content"]}
        for each in events:
            if _changed(each) in shown:
                shown[_changed(each)] = each | {"content": each["content"]["m.new_content"]}
                del shown[each["event_id"]]
        return [await self._seen(id, event) for id, event in shown.items()]

    async def _seen(self, id: str, event: RawEvent) -> SeenFile:
        content = event["content"]
        data = await self.person.download(content["url"])
        return SeenFile(id, _kind(event["type"], content), content["body"], data)

    async def attaches(self, kind: str, data: bytes, name: str, mime: str, caption: str = "") -> str:
        known = {"photo": "image", "animation": "video", "video_note": "video"}
        flags = {"fi.mau.gif": True} if kind == "animation" else {}
        upload = MatrixUpload(known.get(kind, kind), data, name, mime, caption, info=flags)
        return await self.person.attach(self.room, upload)

    async def edits_caption(self, id: str, caption: str) -> None:
        new = (await self.person.event(self.room, id))["content"] | {"body": caption}
        relation = {"rel_type": "m.replace", "event_id": id}
        await self.person.send_raw(self.room, "m.room.message", new | {"m.new_content": new, "m.relates_to": relation})

    async def reactions(self, id: str) -> list[str]:
        events = await self.person.messages(self.room)
        found = [each["content"].get("m.relates_to", {}) for each in events if each["type"] == "m.reaction"]
        return [undressed(each["key"]) for each in found if each.get("event_id") == id]

    async def reacts(self, id: str, key: str) -> str:
        return await self.person.react(self.room, id, key)

    async def takes_back(self, reaction: str) -> None:
        await self.person.redact(self.room, reaction)

    async def allows_pins(self) -> None:
        await self.person.set_power(self.room, self.messenger.account.id, 50)

    async def pins(self, id: str) -> None:
        await self.person.send_state(self.room, "m.room.pinned_events", {"pinned": [*await self.pinned(), id]})

    async def pinned(self) -> list[str]:
        events = await self.person.messages(self.room)
        states = [each["content"]["pinned"] for each in events if each["type"] == "m.room.pinned_events"]
        return list(states[-1]) if states else []

    async def votes(self, sent: Sent, *options: int) -> None:
        start = (await self.person.event(self.room, sent.id))["content"]["org.matrix.msc3381.poll.start"]
        answers = [start["answers"][number]["id"] for number in options]
        relation = {"rel_type": "m.reference", "event_id": sent.id}
        content = {"m.relates_to": relation, "org.matrix.msc3381.poll.response": {"answers": answers}}
        await self.person.send_raw(self.room, "org.matrix.msc3381.poll.response", content)


_KINDS = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "file"}


def _kind(type: str, content: RawEvent) -> str:
    """Return as what clients show a file."""
    if type == "m.sticker":
        return "sticker"
    flags = {"fi.mau.gif": "animation", "fi.mau.telegram.round_message": "video_note"}
    shown = next((kind for flag, kind in flags.items() if content["info"].get(flag)), _KINDS[content["msgtype"]])
    return "voice" if "org.matrix.msc3245.voice" in content else shown


def _is_here(events: list[Event]) -> bool:
    return any(isinstance(each, Membership) and each.presence is Presence.JOINED for each in events)


def _changed(event: RawEvent) -> str:
    relation = event["content"].get("m.relates_to", {})
    return relation["event_id"] if relation.get("rel_type") == "m.replace" else ""


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
