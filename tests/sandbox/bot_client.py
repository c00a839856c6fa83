"""A bare client of the Bot API: what goes over the wire, without any library's help."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.sandbox.telegram import Bot, EmulatedTelegram, Json
from bot.sandbox.telegram.spec import bot_api


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{body['error_code']} {body['description']}")
        assert status == body["error_code"]
        self.body = body


class Client:
    """Calls methods as one bot, and checks each answer against the specification."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = f"{url}/bot{token}"

    async def __call__(self, method: str, **params: object) -> Any:
        async with self.session.post(f"{self.url}/{method}", json=params) as response:
            body = await response.json()
        if not body["ok"]:
            raise Refusal(response.status, body)
        assert bot_api().problems(bot_api().methods[method]["returns"], body["result"]) == []
        return body["result"]


@asynccontextmanager
async def client(server: EmulatedTelegram, bot: Bot) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, server.url, bot.token)
