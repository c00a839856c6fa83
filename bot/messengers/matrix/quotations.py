"""Look-up of replied messages, so that a quotation's author and text come from the event itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.messengers.matrix.api import path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.memory import Recent
from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.state import Malformed
from bot.model import Deletion, Edit, Event, Message, MessageRef, Reply
from bot.text.excerpts import beginning

log = structlog.get_logger()

MOST_LOOK_UPS = 20
"""Maximum events fetched concurrently for one batch."""
LOOKUP_TIMEOUT = 2.0
"""Seconds that one batch waits for them. Without an answer the quotation is marked as the sender's own claim."""
PAUSE = 60.0
"""Seconds without further requests after the server has failed to answer in time."""


class Quotations:
    """Looks up replied messages: recent ones in memory, others on the server."""

    def __init__(self, connection: MatrixConnection, rooms: Mapping[str, Room], clock: Clock) -> None:
        """Start empty; `rooms` provide the names of members."""
        self._connection = connection
        self._rooms = rooms
        self._clock = clock
        self._known = Recent[MessageRef, Reply](2_000)
        self._not_before = 0.0

    async def complete(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Return the events of a batch, with author and text of replied messages and roots of threads. Never raises."""
        for event in events:
            if isinstance(event, Message):
                self._known.note(event.ref, _quoted(event))
            elif isinstance(event, Edit | Deletion):
                self._known.pop(event.ref, None)
        said = [event for event in events if isinstance(event, Message | Edit)]
        answered = [each.to for event in said for each in (event.reply, event.thread) if each]
        await self._ask([ref for ref in dict.fromkeys(answered) if ref not in self._known][:MOST_LOOK_UPS])
        return tuple(map(self._completed, events))

    def _completed(self, event: Event) -> Event:
        if not isinstance(event, Message | Edit):
            return event
        reply, thread = (each and self._known.get(each.to, each) for each in (event.reply, event.thread))
        return replace(event, reply=reply, thread=thread)

    async def _ask(self, refs: Sequence[MessageRef]) -> None:
        loop = asyncio.get_running_loop()
        if not refs or loop.time() < self._not_before:
            return
        tasks = {asyncio.create_task(self._fetch(ref)): ref for ref in refs}
        try:
            done, late = await asyncio.wait(tasks, timeout=LOOKUP_TIMEOUT)
        finally:
            for task in tasks:
                task.cancel()
        if late:
            await asyncio.wait(late)
            self._not_before = loop.time() + PAUSE
            log.warning("no answer to what is answered", messages=len(late))
        for task in done:
            if error := task.exception():
                log.warning("what is answered could not be read", error=str(error))
            else:
                self._known.note(tasks[task], task.result())

    async def _fetch(self, ref: MessageRef) -> Reply:
        event = await self._connection.api.call(
            "GET", path("rooms", ref.chat.id, "event", ref.id), limit=LOOKUP_TIMEOUT
        )
        return self._read(ref, event)

    def _read(self, ref: MessageRef, event: Raw) -> Reply:
        """Read the current version of an event; if it is unreadable or was removed, only its author is known."""
        room = self._rooms.get(ref.chat.id)
        if room is None or event.get("event_id") != ref.id:
            raise Malformed("not the event that was asked for")
        reader = EventReader(room, "", self._clock())  # read our own messages like others'
        clear = self._clear(room, event)
        edit = as_dict(as_dict(as_dict(event.get("unsigned")).get("m.relations")).get("m.replace"))
        if edit.get("sender") == event.get("sender"):
            new = as_dict(as_dict(self._clear(room, edit).get("content")).get("m.new_content"))
            clear = {**clear, "content": new}
        read = reader.read(clear) if clear.get("content") else None
        return _quoted(read if isinstance(read, Message) else reader.unreadable(event))

    def _clear(self, room: Room, event: Raw) -> Raw:
        """Return the decrypted event, or an empty one if that is impossible."""
        if event.get("type") != "m.room.encrypted" or not event.get("content"):
            return event
        return self._connection.crypto.decrypt(room.id, event) or {}


def _quoted(message: Message) -> Reply:
    sender = message.sender
    return Reply(message.ref, sender.name, beginning(message.text), sender.account, message.attachment)
