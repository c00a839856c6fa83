"""Telegram under contract: the adapter on the emulated Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from bot.model import (
    Account,
    Event,
    FileKind,
    MessengerName,
    Press,
    Sent,
    counted,
)
from bot.sandbox.telegram import Json, SentFile
from bot.sandbox.telegram.files import StoredFile
from tests.contract.sides import ContractSide, SeenFile
from tests.messengers import telegram_scene


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
            (self.scene.id(each["message_id"]), each.get("text", ""))
            for each in self.scene.server.messages(self.scene.group)
        ]

    async def sees_files(self) -> list[SeenFile]:
        server = self.scene.server
        return [
            self._seen(each, server.received(each))
            for each in server.messages(self.scene.group)
            if not each.keys().isdisjoint(FileKind)
        ]

    def _seen(self, message: Json, file: StoredFile) -> SeenFile:
        kind = "file" if file.kind == FileKind.DOCUMENT else file.kind
        return SeenFile(self.scene.id(message["message_id"]), kind, message.get("caption", ""), file.data)

    async def attaches(self, kind: str, data: bytes, name: str, mime: str, caption: str = "") -> str:  # noqa: ARG002 - the name tells the type
        sent = SentFile("document" if kind == "file" else kind, data, name, caption)
        return self.scene.id(self.scene.server.attach(self.scene.group, self.scene.anna, sent)["message_id"])

    async def edits_caption(self, id: str, caption: str) -> None:
        await self.edits(id, caption)

    async def reactions(self, id: str) -> list[str]:
        messages = self.scene.server.messages(self.scene.group)
        (message,) = [each for each in messages if each["message_id"] == _number(id)]
        return [each["emoji"] for each in message["reactions"] if each["from"]["id"] == self.scene.bot.id]

    async def reacts(self, id: str, key: str) -> str:
        self.scene.server.react(self.scene.group, self.scene.anna, _number(id), key)
        return id

    async def takes_back(self, reaction: str) -> None:
        self.scene.server.react(self.scene.group, self.scene.anna, _number(reaction), "")

    async def allows_pins(self) -> None:
        """Nothing: the bot is an admin with all rights."""

    async def pins(self, id: str) -> None:
        self.scene.server.pin(self.scene.group, self.scene.anna, _number(id))

    async def pinned(self) -> list[str]:
        return [self.scene.id(each["message_id"]) for each in self.scene.server.pins(self.scene.group)]

    async def votes(self, sent: Sent, *options: int) -> None:
        with suppress(ValueError):  # clients do not let people vote in a closed poll
            self.scene.server.vote(self.scene.group, self.scene.anna, _number(sent.id), *options)


def _number(id: str) -> int:
    given = counted(id)
    assert given, id
    return given[1]


@asynccontextmanager
async def telegram() -> AsyncIterator[ContractSide]:
    async with telegram_scene.scene() as scene:
        yield TelegramContractSide(scene)
