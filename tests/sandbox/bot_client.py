"""A bare client of the Bot API: what goes over the wire, without any library's help."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any

import aiohttp

from bot.sandbox.telegram import BotActor, EmulatedTelegram, Json
from bot.sandbox.telegram.spec import bot_api


class Refusal(Exception):
    """An answer with `ok: false`."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(f"{body['error_code']} {body['description']}")
        assert status == body["error_code"]
        self.body = body


@dataclass(frozen=True)
class FilePart:
    """A file in a form."""

    data: bytes | IO[bytes]
    name: str = "file"


class Client:
    """A client of one bot that checks each answer against the specification."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self.session = session
        self.url = f"{url}/bot{token}"
        self.files = f"{url}/file/bot{token}"

    async def __call__(self, method: str, **params: object) -> Any:
        """Call a method, with a form if a parameter is a FilePart."""
        files = any(isinstance(value, FilePart) for value in params.values())
        body: Any = {"data": _form(params)} if files else {"json": params}
        async with self.session.post(f"{self.url}/{method}", **body) as response:
            body = await response.json()
        if not body["ok"]:
            raise Refusal(response.status, body)
        assert bot_api().problems(bot_api().methods[method]["returns"], body["result"]) == []
        return body["result"]

    async def download(self, file_id: str) -> bytes:
        """Return the bytes of a file."""
        file = await self("getFile", file_id=file_id)
        async with self.session.get(f"{self.files}/{file['file_path']}") as response:
            assert response.status == 200
            return await response.read()


def _form(params: dict[str, object]) -> aiohttp.FormData:
    form = aiohttp.FormData(default_to_multipart=True)
    for name, value in params.items():
        if isinstance(value, FilePart):
            form.add_field(name, value.data, filename=value.name)
        else:
            form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    return form


@asynccontextmanager
async def client(server: EmulatedTelegram, bot: BotActor) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as session:
        yield Client(session, server.url, bot.token)
