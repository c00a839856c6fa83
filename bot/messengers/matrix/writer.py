"""Execution of operations. Our device is permanent, so the same token never creates a second message."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.messengers.base import AccountError, PermanentError, SendError, TemporaryError, UnknownOutcome
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.joining import Joining
from bot.messengers.matrix.raw import Raw, objects
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.writing import DELIVERY, message, reaction, replacement
from bot.model import Button, ChatRef, Join, Leave, MessengerName, Operation, Remove, Replace, Send, Sent

log = structlog.get_logger()

T = TypeVar("T")

_PAGES = 20
"""Maximum pages of 100 of our own messages to search."""
_ACCOUNT = {"M_USER_LOCKED", "M_USER_SUSPENDED", "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED"}
"""Error codes about the account or the server, not the operation; a person has to fix the cause."""
_ACCOUNT_RETRY = 60.0
"""Seconds to wait after such an error."""


class MatrixWriter:
    """Sends to rooms."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room]) -> None:
        """Send over `connection`; `rooms` are maintained by the intake."""
        self._connection = connection
        self._rooms = rooms
        self._joining = Joining(connection, rooms)
        self._placed: dict[tuple[str, str], None] = {}

    async def deliver(self, operation: Operation) -> Sent:
        """Carry out one operation; see `Messenger.deliver`."""
        return await self._settled(operation, self._carry_out(operation))

    async def find(self, operation: Send, after: str) -> str | None:
        """Return the id of our message that carries the operation's token; see `Messenger.find`."""
        return await self._settled(operation, self._look(operation, after))

    async def _settled(self, operation: Operation, work: Awaitable[T]) -> T:
        """Return the result of the work; translate its errors to SendError."""
        token = self._connection.api.token
        try:
            return await work
        except Rejected as error:
            if error.logged_out:
                await self._renew(token)
                raise TemporaryError("the homeserver has logged the bot out", after=0) from error
            raise self._failure(operation, error) from error
        except Unreachable as error:
            raise (UnknownOutcome if error.perhaps_done else TemporaryError)(str(error)) from error

    async def _look(self, operation: Send, after: str) -> str | None:
        only = json.dumps({"senders": [self._connection.me], "types": ["m.room.message", "m.room.encrypted"]})
        query = {"dir": "b", "limit": "100", "filter": only}
        for _ in range(_PAGES):
            page = await self._connection.api.call("GET", path("rooms", operation.chat.id, "messages"), query=query)
            for event in objects(page.get("chunk")):
                if self._carries(operation, event):
                    return str(event["event_id"])
                if event.get("event_id") == after:
                    return None
            if not page.get("end"):
                return None
            query["from"] = page["end"]
        return None

    async def _carry_out(self, operation: Operation) -> Sent:
        match operation:
            case Send() if not operation.post.files:
                content = message(operation.post, operation.token, operation.reply_to)
                id = await self._send(operation.chat, "m.room.message", content, operation.token)
                await self._place(operation.chat, id, operation.post.buttons, operation.token)
                return Sent((id,))
            case Replace() if not (operation.caption or operation.post.files):
                content = replacement(operation.post, operation.token, operation.id)
                await self._send(operation.chat, "m.room.message", content, operation.token)
                await self._place(operation.chat, operation.id, operation.post.buttons, operation.token)
                return Sent((operation.id,))
            case Remove():
                await self._connection.api.call(
                    "PUT", path("rooms", operation.chat.id, "redact", operation.id, operation.token), {}
                )
            case Join():
                await self._joining.join(operation.chat.id)
            case Leave():
                await self._joining.leave(operation.chat.id)
            case _:
                raise PermanentError(f"not supported yet: {operation.kind}")
        return Sent()

    async def _send(self, chat: ChatRef, type: str, content: Raw, txn: str) -> str:
        room = await self._known(chat.id)
        if room.encrypted and type != "m.reaction":  # reactions cannot be encrypted yet
            type, content = await self._connection.crypto.encrypt(room, type, content)
        answer = await self._connection.api.call("PUT", path("rooms", chat.id, "send", type, txn), content)
        return str(answer["event_id"])

    async def _place(self, chat: ChatRef, id: str, buttons: tuple[Button, ...], token: str) -> None:
        """Add each button's emoji to the message as a reaction, unless it is already there."""
        for number, button in enumerate(buttons):
            if (id, button.emoji) in self._placed:
                continue
            try:
                await self._send(chat, "m.reaction", reaction(id, button.emoji), f"{token}.{number}")
            except Rejected as error:
                if error.limited or error.logged_out:
                    raise
                if error.errcode != "M_DUPLICATE_ANNOTATION":
                    log.warning("a button could not be placed", room=chat.id, error=str(error))
            self._placed[id, button.emoji] = None
            if len(self._placed) > 10_000:
                del self._placed[next(iter(self._placed))]

    async def _known(self, id: str) -> Room:
        """Return the room; if no sync has included it yet, first query whether it is encrypted."""
        room = self._rooms.get(id)
        if room is not None and room.joined:
            return room
        room = Room(id, self._connection.me, encrypted=self._connection.crypto.is_encrypted(id))
        try:
            content = await self._connection.api.call("GET", path("rooms", id, "state", "m.room.encryption", ""))
            room.update({"type": "m.room.encryption", "state_key": "", "sender": "", "content": content})
        except Rejected as error:
            if error.status != 404 or error.errcode != "M_NOT_FOUND":
                raise
        return room

    async def _renew(self, token: str) -> None:
        try:
            await self._connection.renew(token)
        except (AccountError, Rejected, Unreachable) as error:
            # The intake hits the same error and stops the account; here it counts as a temporary error.
            log.warning("matrix login", error=str(error))

    def _carries(self, operation: Send, event: Raw) -> bool:
        if event.get("type") == "m.room.encrypted":
            try:
                event = self._connection.crypto.decrypt(operation.chat.id, event) or {}
            except ValueError:
                return False
        content = event.get("content")
        return isinstance(content, dict) and content.get(DELIVERY) == operation.token

    def _failure(self, operation: Operation, error: Rejected) -> SendError:
        if error.limited:
            return TemporaryError(str(error), error.retry_after)
        if error.errcode in _ACCOUNT:
            return TemporaryError(str(error), _ACCOUNT_RETRY)
        if not error.errcode and error.status != 413:  # from a proxy in front of the homeserver
            return UnknownOutcome(str(error))
        room = self._rooms.get(operation.chat.id)
        outside = room is None or not room.joined
        shut_out = error.errcode == "M_FORBIDDEN" and (isinstance(operation, Send) or outside)
        successor = room.successor if room and shut_out else None
        if successor is None:
            return PermanentError(str(error), shut_out=shut_out)
        return PermanentError(
            str(error), moved_to=ChatRef(MessengerName.MATRIX, successor["content"]["replacement_room"])
        )
