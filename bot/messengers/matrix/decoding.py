"""From raw events to ours: decrypted, read, and completed with what only our memory or the server knows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.logs import Aside
from bot.messengers.base import AccountError
from bot.messengers.matrix.changes import change_of
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.followed import Followed
from bot.messengers.matrix.memory import Memory
from bot.messengers.matrix.position import Waiting, capped
from bot.messengers.matrix.quotations import Quotations
from bot.messengers.matrix.raw import Raw, as_dict
from bot.messengers.matrix.reading import EventReader, as_edit
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.state import Malformed
from bot.messengers.matrix.things import BEACONS, ends_share
from bot.messengers.matrix.timeline import Attendance
from bot.messengers.matrix.votes import ENDS, RESPONSES, Votes, referenced_id
from bot.model import Edit, Event, Message, MessageRef, PollEnd, Vote, is_id

log = structlog.get_logger()


class EventDecoder:
    """Decodes the events of our rooms; one that fails is put aside."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room], clock: Clock) -> None:
        """Look up over `connection` what is missing; keep `rooms` up to date."""
        self._connection = connection
        self._rooms = rooms
        self._clock = clock
        self._memory = Memory(connection)
        self._votes = Votes(connection.me, self._memory)
        self._followed = Followed(connection.me, self._memory)
        self._quotations = Quotations(connection, rooms, clock)

    def learn(self, room: Room, event: Raw) -> None:
        """Apply a state event to what we know of its room."""
        with aside("state", room=room.id, id=shown(event)):
            room.update(event)
            self._connection.crypto.observe(room, event)

    def room(self, id: str) -> Room:
        """Return a room, also one that no sync has included yet."""
        if id not in self._rooms:
            self._rooms[id] = Room(id, self._connection.me, encrypted=self._connection.crypto.is_encrypted(id))
        return self._rooms[id]

    async def complete(self, events: list[Event]) -> tuple[Event, ...]:
        """Return the events of a batch with the messages that they reply to."""
        with Aside(log, "quotations"):
            return await self._quotations.complete(events)
        return tuple(events)

    async def read_all(
        self, room: Room, timeline: Iterable[Raw], attendance: Attendance, waiting: list[Waiting]
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a timeline that count. One that fails must not stop the others (trust: case 91).

        Yields to the event loop between two events, as each may be 64 kB (trust: case 97).
        """
        for event in timeline:
            await asyncio.sleep(0)
            counts, found = attendance.counts(event), tuple[Event, ...]()
            self.learn(room, event)
            with aside("event", room=room.id, id=shown(event)):
                found = await self._read_all(room, event, waiting) if counts else ()
            for read in found:
                yield read

    async def _read_all(self, room: Room, event: Raw, waiting: list[Waiting]) -> tuple[Event, ...]:
        """Return all that an event tells: several messages may be pinned or unpinned at once."""
        read = await self._read(room, event, waiting)
        reader = EventReader(room, self._connection.me, self._clock())
        return tuple(filter(None, (read, change_of(reader, event)))) or reader.pins(event)

    async def _read(self, room: Room, event: Raw, waiting: list[Waiting]) -> Event | None:
        if room.size == 0 and room.may_be_private:  # a sync has member counts only if they changed
            room.count_members(await self._memory.members(room.id))
        reader = EventReader(room, self._connection.me, self._clock())
        await self._introduce(room, event.get("sender"))
        self._memory.note(room.id, event)
        if event.get("type") == "m.room.encrypted":
            clear = self._decrypted(room, event)
            if clear is None:
                return await self._remember(reader, event, waiting)
            event = clear
        return await self._settled(reader, event)

    async def _settled(self, reader: EventReader, event: Raw) -> Event | None:
        """Read a cleartext event, completed with what only our memory or the server knows about it."""
        if event.get("type") in RESPONSES:
            return await self._votes.read(reader, event)
        if event.get("type") in ENDS:
            ended = await self._votes.ended(reader, event)
            closed = None if ended else await self._followed.closed(reader, event)
            return ended or await self._memory.settled(closed, reader.room.name_of)
        if event.get("type") in BEACONS:
            return await self._followed.moved(reader, event)
        if ends_share(event):
            return await self._followed.stopped(reader, event)
        self._memory.note(reader.room.id, event)
        answered = await self._memory.answered(reader.room.id, event)
        return await self._memory.settled(replace(reader, answered=answered).read(event), reader.room.name_of)

    def _decrypted(self, room: Room, event: Raw) -> Raw | None:
        """Return the decrypted event, or None without its key.

        Redacted events and our own are returned as they are, except those that may end a poll.
        """
        if not event.get("content") or (event.get("sender") == self._connection.me and not referenced_id(event)):
            return event
        try:
            return self._connection.crypto.decrypt(room.id, event)
        except ValueError as error:
            raise Malformed(str(error)) from error

    async def _remember(self, reader: EventReader, event: Raw, waiting: list[Waiting]) -> Message | Vote | None:
        """Add an undecryptable event to `waiting`; return what stands for it, or None for an edit.

        What an event relates to is not encrypted: a reference to a poll of ours is a vote.
        """
        message = reader.unreadable(event)
        waiting.append(Waiting(reader.room.id, message.id, str(event["content"].get("session_id"))))
        waiting[:] = capped(waiting)
        relation = as_dict(event["content"].get("m.relates_to")).get("rel_type")
        if relation == "m.reference":
            return await self._votes.read(reader, event, readable=False)
        return None if relation == "m.replace" else message

    async def late(self, waiting: list[Waiting], sessions: set[str]) -> AsyncGenerator[Edit | Vote | PollEnd, None]:
        """Yield the waiting events that have become readable, and remove them from `waiting`."""
        for entry in [entry for entry in waiting if entry.session in sessions]:
            read = None
            with aside("event", room=entry.room, id=entry.event):
                read = await self._read_late(entry, waiting)
            if isinstance(read, Message | Edit):
                source = read.source if isinstance(read, Edit) else ""
                yield as_edit(read, id=f"{entry.event}:decrypted", source=source)
            elif isinstance(read, Vote | PollEnd):
                yield replace(read, id=f"{entry.event}:decrypted")

    async def present(self, message: MessageRef) -> Edit | None:
        """Return the current content of a message; see `Messenger.present`.

        The message's bundled m.replace names the edit in force (Matrix 1.4 and later).
        """
        room = self.room(message.chat.id)
        event = await self._memory.fetch(room.id, message.id)
        bundle = as_dict(as_dict(event.get("unsigned")).get("m.relations"))
        edit = as_dict(bundle.get("m.replace")).get("event_id")
        event = await self._memory.fetch(room.id, edit) if isinstance(edit, str) else event
        await self._introduce(room, event.get("sender"))
        reader = EventReader(room, self._connection.me, self._clock())
        try:
            clear = self._decrypted(room, event) if event.get("type") == "m.room.encrypted" else event
            read = reader.unreadable(event) if clear is None else await self._settled(reader, clear)
        except Malformed as error:
            log.warning("malformed event", room=room.id, error=str(error))
            return None
        if not isinstance(read, Message | Edit):
            return None
        edit = replace(as_edit(read, id=read.id, source=read.id), ref=message)
        (whole,) = await self._quotations.complete([edit])
        return whole if isinstance(whole, Edit) else None

    async def _read_late(self, entry: Waiting, waiting: list[Waiting]) -> Event | None:
        """Read an event whose session has arrived and remove it from `waiting`, unless it still cannot be decrypted."""
        waiting.remove(entry)
        room = self.room(entry.room)
        event = await self._memory.fetch(entry.room, entry.event)
        await self._introduce(room, event.get("sender"))
        clear = self._decrypted(room, event) if event else {}
        if clear is None:
            waiting.append(entry)
            return None
        return await self._settled(EventReader(room, self._connection.me, self._clock()), clear)

    async def _introduce(self, room: Room, user: object) -> None:
        """Fetch the membership of a user that no sync has included, for their name.

        Asks our own homeserver only: incoming events never wait for foreign servers (trust: case 93).
        """
        if not is_id(user) or ("m.room.member", user) in room.state:
            return
        known = await self._memory.member(room.id, user)
        room.update({"type": "m.room.member", "state_key": user, "sender": user, "content": known})


@contextmanager
def aside(what: str, **where: str) -> Iterator[None]:
    """Log any error inside instead of ending the intake, except AccountError."""
    with Aside(log, what, but=(AccountError,), **where):
        try:
            yield
        except Malformed as error:
            log.warning(f"malformed {what}", error=str(error), **where)


def shown(event: Raw) -> str:
    """Return an event's id for the log."""
    return str(event.get("event_id"))[:100]
