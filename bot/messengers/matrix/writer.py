"""Execution of operations. Our device is permanent, so the same token never creates a second message."""

from __future__ import annotations

import json
from collections.abc import Awaitable
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.messengers.base import (
    AccountError,
    OpenFile,
    PermanentError,
    Reason,
    SendError,
    TemporaryError,
    UnknownOutcome,
)
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.files import STICKER, described, is_sticker, kept, still
from bot.messengers.matrix.joining import Joining
from bot.messengers.matrix.marks import Marks
from bot.messengers.matrix.media import Media
from bot.messengers.matrix.memory import Recent
from bot.messengers.matrix.parts import number_of_parts, part_id, sent_as
from bot.messengers.matrix.polls import END, START, end, start
from bot.messengers.matrix.raw import Raw, as_dict, objects
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.sending import RoomSender
from bot.messengers.matrix.writing import (
    DELIVERY,
    attribution_in,
    in_reply,
    located,
    message,
    reaction,
    replacement,
    sticker,
)
from bot.model import (
    Button,
    ChatRef,
    ClosePoll,
    File,
    Join,
    Leave,
    MessengerName,
    Operation,
    Pin,
    React,
    Remove,
    Replace,
    Send,
    SendPoll,
    Sent,
)

log = structlog.get_logger()

T = TypeVar("T")

_PAGES = 20
"""Maximum pages of 100 of our own messages to search."""
_TYPES = ("m.room.message", "m.room.encrypted", STICKER, START)
"""Event types of what operations create."""
_ACCOUNT = {"M_USER_LOCKED", "M_USER_SUSPENDED", "M_CONSENT_NOT_GIVEN", "M_RESOURCE_LIMIT_EXCEEDED"}
"""Error codes about the account or the server, not the operation; a person has to fix the cause."""
_ACCOUNT_RETRY = 60.0
"""Seconds to wait after such an error."""
_REASONS = {
    "M_TOO_LARGE": Reason.TOO_LARGE,
    "M_FORBIDDEN": Reason.NO_RIGHTS,
    "M_NOT_FOUND": Reason.GONE,
    "M_USER_LIMIT_EXCEEDED": Reason.NOT_ALLOWED,
}


class MatrixWriter:
    """Sends to rooms."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room], media: Media) -> None:
        """Send over `connection`; `rooms` are maintained by the intake."""
        self._connection = connection
        self._rooms = rooms
        self._media = media
        self._sender = RoomSender(connection, rooms)
        self._marks = Marks(connection, self._sender)
        self._joining = Joining(connection, rooms)
        self._placed = Recent[tuple[str, str], None]()
        self._parts = Recent[str, str]()
        """Event ids of parts of albums by transaction id: those found again are not sent again."""

    async def deliver(self, operation: Operation, open_file: OpenFile) -> Sent:
        """Carry out one operation; see `Messenger.deliver`."""
        try:
            return await self._settled(operation, self._carry_out(operation, open_file))
        except TemporaryError as error:
            if isinstance(operation, Send) and operation.token in self._parts:
                # Its buttons, or the rest of an album, are still missing; what stands there can be changed or removed.
                raise UnknownOutcome(str(error), error.after) from error
            raise

    async def find(self, operation: Send | SendPoll, after: str) -> Sent | None:
        """Return our messages that carry the operation's token; see `Messenger.find`.

        If only some parts of an album are there, return None: the next `deliver` sends the others.
        """
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
            raise await self._failure(operation, error) from error
        except Unreachable as error:
            raise (UnknownOutcome if error.perhaps_done else TemporaryError)(str(error)) from error

    async def _look(self, operation: Send | SendPoll, after: str) -> Sent | None:
        parts = [part_id(operation.token, number) for number in range(number_of_parts(operation))]
        found: dict[str, str] = {}
        only = json.dumps({"senders": [self._connection.me], "types": _TYPES})
        query = {"dir": "b", "limit": "100", "filter": only}
        for _ in range(_PAGES):
            page = await self._connection.api.call("GET", path("rooms", operation.chat.id, "messages"), query=query)
            events = objects(page.get("chunk"))
            for event in events:
                content = as_dict(self._connection.clear(operation.chat.id, event).get("content"))
                if (part := content.get(DELIVERY)) in parts:
                    found[part] = str(event["event_id"])
            ended = not page.get("end") or any(each.get("event_id") == after for each in events)
            if ended or len(found) == len(parts):
                break
            query["from"] = page["end"]
        for part, id in found.items():
            self._parts.note(part, id)
        return sent_as(operation, [found[part] for part in parts]) if len(found) == len(parts) else None

    async def _carry_out(self, operation: Operation, open_file: OpenFile) -> Sent:
        match operation:
            case Send():
                return await self._post(operation, open_file)
            case Replace():
                return await self._replace(operation, open_file)
            case SendPoll():
                return await self._start_poll(operation)
            case ClosePoll():
                await self._end_poll(operation)
            case React():
                await self._marks.react(operation)
            case Pin():
                await self._marks.pin(operation)
            case Remove(chat=chat, id=id, token=token):
                await self._sender.redact(chat.id, id, token)
            case Join(chat=chat):
                await self._joining.join(chat.id)
            case Leave(chat=chat):
                await self._joining.leave(chat.id)
        return Sent()

    async def _post(self, operation: Send, open_file: OpenFile) -> Sent:
        """Send a message, or an album as consecutive messages once all its files are uploaded."""
        room, post, token = operation.chat.id, operation.post, operation.token
        reply, thread = operation.reply_to, operation.thread
        if post.location:
            content = located(post.location, post.author, token)
            return sent_as(operation, await self._after_text(operation, "m.room.message", content))
        files = [await self._upload(room, each, token, open_file) for each in post.files]
        ids = (
            [await self._part(room, "m.room.message", message(post, token, reply, thread=thread), token)]
            if not files
            else []
        )
        if files and is_sticker(files[0], post.files[0]):
            content = sticker(post, token, files[0])
            return sent_as(operation, await self._after_text(operation, STICKER, content))
        for number, media in enumerate(files):
            here = post if number == 0 else replace(post, text=(), buttons=(), mentions=())
            part = part_id(token, number)
            content = message(here, part, "" if number else reply, media, thread=thread)
            ids.append(await self._part(room, "m.room.message", content, part))
        await self._place(operation.chat, ids[0], post.buttons, token)
        return sent_as(operation, ids)

    async def _after_text(self, operation: Send, type: str, content: Raw) -> list[str]:
        """Send what clients show without any text, after a message with what is said and by whom; return both ids."""
        room, post, token = operation.chat.id, operation.post, operation.token
        said: list[str] = []
        if post.author or post.text:
            part = part_id(token, 1)
            text = replace(post, files=(), location=None)
            words = message(text, part, operation.reply_to, thread=operation.thread)
            said.append(await self._part(room, "m.room.message", words, part))
        reply = in_reply("" if said else operation.reply_to, operation.thread)
        return [await self._part(room, type, content | reply, token), *said]

    async def _replace(self, operation: Replace, open_file: OpenFile) -> Sent:
        """Edit a message: with files also its file, otherwise a caption's file stays as it is."""
        room, post, token = operation.chat.id, operation.post, operation.token
        current = await self._current(room, operation.id) if operation.caption else {}
        media = await self._upload(room, post.files[0], token, open_file) if post.files else kept(current)
        if media and not post.author:  # as for the later files of an album, which have no text of their own
            media |= attribution_in(current)
        content = replacement(post, token, operation.id, media)
        await self._sender.send(room, "m.room.message", content, token)
        await self._place(operation.chat, operation.id, post.buttons, token)
        return Sent((operation.id,))

    async def _start_poll(self, operation: SendPoll) -> Sent:
        content = start(operation.poll) | in_reply(operation.reply_to) | {DELIVERY: operation.token}
        return sent_as(operation, [await self._sender.send(operation.chat.id, START, content, operation.token)])

    async def _end_poll(self, operation: ClosePoll) -> None:
        event = await self._sender.event(operation.chat.id, operation.id)
        if START not in as_dict(event.get("content")):
            raise PermanentError("there is no such poll", Reason.GONE)
        await self._sender.send(operation.chat.id, END, end(operation.id), operation.token)

    async def _current(self, room: str, id: str) -> Raw:
        """Return the content of our message as last edited."""
        event = await self._sender.event(room, id)
        edit = as_dict(as_dict(as_dict(event.get("unsigned")).get("m.relations")).get("m.replace"))
        new = as_dict(self._connection.clear(room, edit).get("content")).get("m.new_content")
        content = as_dict(new) or as_dict(event.get("content"))
        if not content or "ciphertext" in content:
            raise PermanentError("the message was deleted, or its key is lost", Reason.GONE)
        return content

    async def _upload(self, room: str, file: File, token: str, open_file: OpenFile) -> Raw:
        encrypted = (await self._sender.room(room)).encrypted
        return described(await self._media.upload(token, still(file), open_file, encrypted=encrypted))

    async def _part(self, room: str, type: str, content: Raw, txn: str) -> str:
        """Send a message, unless it was found to be there."""
        if txn not in self._parts:
            self._parts.note(txn, await self._sender.send(room, type, content, txn))
        return self._parts[txn]

    async def _place(self, chat: ChatRef, id: str, buttons: tuple[Button, ...], token: str) -> None:
        """Add each button's emoji to the message as a reaction, unless it is already there."""
        for number, button in enumerate(buttons):
            if (id, button.emoji) in self._placed:
                continue
            try:
                await self._sender.send(chat.id, "m.reaction", reaction(id, button.emoji), f"{token}.{number}")
            except Rejected as error:
                if error.limited or error.logged_out:
                    raise
                if error.errcode != "M_DUPLICATE_ANNOTATION":
                    log.warning("a button could not be placed", room=chat.id, error=str(error))
            self._placed.note((id, button.emoji), None)

    async def _renew(self, token: str) -> None:
        try:
            await self._connection.renew(token)
        except (AccountError, Rejected, Unreachable) as error:
            # The intake hits the same error and stops the account; here it counts as a temporary error.
            log.warning("matrix login", error=str(error))

    async def _failure(self, operation: Operation, error: Rejected) -> SendError:
        if error.limited:
            return TemporaryError(str(error), error.retry_after)
        if error.errcode in _ACCOUNT:
            return TemporaryError(str(error), _ACCOUNT_RETRY)
        if not error.errcode and error.status != 413:  # from a proxy in front of the homeserver
            return UnknownOutcome(str(error))
        room = self._rooms.get(operation.chat.id)
        shut_out = error.errcode == "M_FORBIDDEN" and (
            await self._sender.is_shut_out(room)
            if isinstance(operation, Send | SendPoll)
            else not (room and room.joined)
        )
        reason = Reason.TOO_LARGE if error.status == 413 else _REASONS.get(error.errcode, Reason.NOT_ACCEPTABLE)
        successor = room.successor if room and shut_out else None
        if successor is None:
            return PermanentError(str(error), reason, shut_out=shut_out)
        to = ChatRef(MessengerName.MATRIX, successor["content"]["replacement_room"])
        return PermanentError(str(error), reason, moved_to=to)
