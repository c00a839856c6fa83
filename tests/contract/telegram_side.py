"""Telegram under contract: the adapter on the emulated Bot API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.model import (
    Account,
    Event,
    MessengerName,
    Press,
    counted,
)
from tests.contract.sides import ContractSide
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
            (self.scene.id(each["message_id"]), each["text"]) for each in self.scene.server.messages(self.scene.group)
        ]


def _number(id: str) -> int:
    given = counted(id)
    assert given, id
    return given[1]


@asynccontextmanager
async def telegram() -> AsyncIterator[ContractSide]:
    async with telegram_scene.scene() as scene:
        yield TelegramContractSide(scene)
