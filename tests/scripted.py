"""A scripted homeserver and Telegram: their responses are bytes that the adapters' own code parses.

For input that no real server would let through, or more of it than one could produce there.
"""

from __future__ import annotations

import json
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nio.crypto import InboundGroupSession, OutboundGroupSession
from telegram import User
from telegram.error import InvalidToken

from bot.clock import utc_now
from bot.messengers.base import AccountError
from bot.messengers.matrix.api import Api, Rejected
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.crypto import Crypto
from bot.messengers.matrix.intake import Intake
from bot.messengers.matrix.position import Position
from bot.messengers.matrix.raw import Raw
from bot.messengers.telegram import TelegramMessenger
from bot.messengers.telegram.polling import PollRequest
from bot.messengers.telegram.request import Request
from bot.messengers.wire import read_json

ME = "@intercity:test"
BEGIN = str(Position("s0"))
"""A cursor before the whole script."""
_numbers = count(1)


class Over(AccountError):
    """The script has ended."""


# Matrix


class Homeserver(Api):
    """A homeserver that answers `syncs` one after the other; `missed` are the events in a room's gap, in order."""

    def __init__(self) -> None:
        super().__init__("http://homeserver.test", "token")
        self.syncs: deque[Raw] = deque()
        self.more: Iterator[Raw] = iter(())
        """Responses after those, each created on request."""
        self.missed: dict[str, Callable[[int], Raw | None]] = {}
        """By room: the event with a number."""
        self.events: dict[str, Raw] = {}
        """By id: events that can be fetched on their own."""
        self.asked: list[str] = []
        self.given = 0
        """Number of missed events that were handed out."""

    async def call(
        self,
        method: str,  # noqa: ARG002 - same signature as the real one
        path: str,
        body: Raw | None = None,  # noqa: ARG002
        *,
        query: Mapping[str, str] | None = None,
        limit: float = 30,  # noqa: ARG002
    ) -> Raw:
        self.asked.append(path)
        answer = read_json(json.dumps(self._answer(path.split("/")[4:], query or {})).encode())
        assert isinstance(answer, dict)
        return answer

    def _answer(self, parts: list[str], query: Mapping[str, str]) -> Raw:
        match parts:
            case ["sync"]:
                found = self.syncs.popleft() if self.syncs else next(self.more, None)
                if found is None:
                    raise Over("the script is at its end")
                return found
            case ["rooms", room, "messages"]:
                return self._page(room.replace("%21", "!").replace("%3A", ":"), query)
            case ["rooms", _, "event", id] if id.replace("%24", "$") in self.events:
                return self.events[id.replace("%24", "$")]
            case ["account", "whoami"]:
                return {"user_id": ME}
        raise Rejected(404, "M_NOT_FOUND", "")

    def _page(self, room: str, query: Mapping[str, str]) -> Raw:
        wanted = json.loads(query["filter"]).get("types")
        first = int(query["from"].removeprefix("t")) if query["from"].startswith("t") else 0
        event, chunk = self.missed[room], []
        for number in range(first, first + int(query["limit"])):
            if (found := event(number)) is None:
                break
            chunk.append(found)
        if wanted:
            return {"chunk": [each for each in chunk if each["type"] in wanted]}
        self.given += len(chunk)
        return {"chunk": chunk} | ({"end": f"t{first + len(chunk)}"} if chunk else {})


class ScriptedCrypto(Crypto):
    """Encryption with keys from the test."""

    async def tend(self) -> None:
        """Do nothing: there is no server to ask."""

    @property
    def key(self) -> str:
        """The device's key for messages to it (Curve25519)."""
        return str(self._machine.account.identity_keys["curve25519"])

    def sealer(self, room: str) -> Callable[[str], Raw]:
        """Return a function that encrypts a plaintext for a room, as a device whose key this one has."""
        device = OutboundGroupSession()
        key = InboundGroupSession(device.session_key, "signing", "sender", room)
        assert self._machine.inbound_group_store.add(key)
        session: Any = device._session

        def signer(plaintext: str) -> Raw:
            cipher = session.encrypt(plaintext.encode()).to_base64()
            head = {"algorithm": "m.megolm.v1.aes-sha2", "sender_key": "sender", "device_id": "D"}
            return {**head, "session_id": device.id, "ciphertext": cipher}

        return signer


def matrix_event(content: Any, type: Any = "m.room.message", *, sender: Any = "@grace:test", **more: Any) -> Raw:
    moment = int(utc_now().timestamp() * 1000)
    return {
        "type": type,
        "event_id": f"$s{next(_numbers)}",
        "sender": sender,
        "origin_server_ts": moment,
        "content": content,
    } | more


def text(body: str) -> Raw:
    return {"msgtype": "m.text", "body": body}


def state(*, members: Iterable[str] = (), encrypted: bool = False) -> list[Raw]:
    """Return the state of a room with the bot and others."""
    admin = {"users": {"@grace:test": 100}}
    events = [
        matrix_event({"room_version": "10"}, "m.room.create", state_key=""),
        matrix_event(admin, "m.room.power_levels", state_key=""),
        matrix_event({"name": "Room"}, "m.room.name", state_key=""),
        *(
            matrix_event(
                {"membership": "join", "displayname": who[1:].partition(":")[0]}, "m.room.member", state_key=who
            )
            for who in (ME, "@grace:test", *members)
        ),
    ]
    algorithm = {"algorithm": "m.megolm.v1.aes-sha2"}
    return events + ([matrix_event(algorithm, "m.room.encryption", state_key="")] if encrypted else [])


def section(*timeline: Any, state: Iterable[Any] = (), **more: Any) -> Raw:
    return {"timeline": {"events": list(timeline), **more}, "state": {"events": list(state)}}


def answer(join: Mapping[str, Any], **more: Any) -> Raw:
    return {"next_batch": f"n{next(_numbers)}", "rooms": {"join": dict(join), **more}}


@asynccontextmanager
async def matrix_intake(server: Homeserver) -> AsyncIterator[tuple[Intake, ScriptedCrypto]]:
    """Create an intake that reads a script."""
    with tempfile.TemporaryDirectory() as folder:
        crypto = ScriptedCrypto(server, user=ME, device="DEVICE", folder=Path(folder), pickle_key="x")
        session = cast("Any", SimpleNamespace(user_id=ME))
        intake = Intake(MatrixConnection(server, session, cast("Any", None), crypto, cast("Any", None)), {}, utc_now)
        try:
            yield intake, crypto
        finally:
            await intake.close()
            await crypto.close()


# Telegram

BOT: Raw = {"id": 999, "is_bot": True, "first_name": "Intercity", "username": "IntercityBot"}


def payload(*updates: Any) -> bytes:
    return json.dumps({"ok": True, "result": list(updates)}).encode()


def telegram_intake(
    patch: pytest.MonkeyPatch, payloads: Iterable[bytes], others: bytes = b'{"ok": true, "result": []}'
) -> TelegramMessenger:
    """Create a messenger that gets `payloads` for its calls to getUpdates, and `others` for all other calls."""
    waiting = iter(payloads)

    async def updates(*_args: object, **_more: object) -> tuple[int, bytes]:
        found = next(waiting, None)
        if found is None:
            raise InvalidToken("the script is at its end")
        return 200, found

    async def other(*_args: object, **_more: object) -> tuple[int, bytes]:
        return 200, others

    patch.setattr(PollRequest, "do_request", updates)
    patch.setattr(Request, "do_request", other)
    messenger = TelegramMessenger("999:token", clock=utc_now)
    bot: Any = messenger._bot
    bot._bot_user = User.de_json(BOT, None)
    return messenger
