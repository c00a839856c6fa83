"""Incoming events of our rooms in batches: none is lost, and after a crash the same events are repeated.

The cursor holds the sync token and the events that still wait for their key. One sync answer, with its gaps filled
page by page, makes one or more batches, of which only the last carries the next cursor. After a crash the whole
answer is read again; events that have already been processed are recognised by their id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeAlias

import structlog

from bot.clock import Clock
from bot.logs import Aside
from bot.messengers.base import AccountError, Matters
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.memory import Memory
from bot.messengers.matrix.position import Position, Waiting, capped
from bot.messengers.matrix.quotations import Quotations
from bot.messengers.matrix.raw import Raw, as_dict, events_of, objects
from bot.messengers.matrix.reading import EventReader, Malformed, as_edit
from bot.messengers.matrix.rooms import Room, predecessors
from bot.messengers.matrix.sync import present, sync
from bot.messengers.matrix.timeline import Attendance, Changes, enters, gap_in, is_own
from bot.model import Batch, ChatRef, Edit, Event, Membership, Message, MessageRef, MessengerName, is_id

log = structlog.get_logger()

_Sections: TypeAlias = list[tuple[str, Raw]]
"""Sections of a sync answer with the id of their room."""

CHUNK = 100
"""Maximum events per batch."""
QUIET = 20.0
"""Seconds for which the cursor is not saved if syncs bring nothing."""
ECHOES, BREATH = 3, 0.1
"""After `ECHOES` consecutive syncs that brought nothing but our own messages, delay each sync by `BREATH` seconds:
the bot is busy sending, and the server should not spend its time on echoes."""


class Intake:
    """Reads events from the server."""

    def __init__(self, connection: MatrixConnection, rooms: dict[str, Room], clock: Clock) -> None:
        """Read over `connection`. `rooms` is kept up to date, for use by the sending side."""
        self._connection = connection
        self._rooms = rooms
        self._clock = clock
        self._origin = ""
        self._memory = Memory(connection)
        self._quotations = Quotations(connection, rooms, clock)
        self._tending: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Store the current sync token, from which a first start reads. Raises Rejected or Unreachable."""
        self._origin = await present(self._connection)

    async def close(self) -> None:
        """Cancel the background task for the keys."""
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.wait([self._tending])

    async def events(self, cursor: str | None, matters: Matters) -> AsyncGenerator[Batch, None]:
        """Yield batches for ever. Raises AccountError only."""
        if cursor is None:
            position = Position(self._origin)
            first = await sync(self._connection, "", full=False)
            yield Batch(tuple([event async for event in self._first(first)]), str(position))
        else:
            position = Position.parse(cursor)
            self._rooms.clear()  # their state is newer than the cursor
        loop = asyncio.get_running_loop()
        full, keys, yielded = cursor is not None, self._connection.crypto.sessions, loop.time()
        echoes, partly = 0, False
        while True:
            self._tend()
            answer = await sync(self._connection, position.since, full=full)
            before, echoes = position, echoes + 1
            async for events, reached in self._take(answer, before, keys, matters):
                position = reached or before
                overdue = partly or loop.time() - yielded > QUIET
                if events or position.waiting != before.waiting or (reached and overdue):
                    yield Batch(await self._complete(events), str(reached) if reached else None)
                    yielded, partly = loop.time(), reached is None
                echoes = 0 if events else echoes
            full, keys = False, set()
            if echoes > ECHOES:
                await asyncio.sleep(BREATH)

    async def _complete(self, events: list[Event]) -> tuple[Event, ...]:
        with Aside(log, "quotations"):
            return await self._quotations.complete(events)
        return tuple(events)

    # One sync
    async def _first(self, answer: Raw) -> AsyncGenerator[Event, None]:
        """Learn the rooms that we are in; yield only the invitations."""
        await self._connection.crypto.receive(answer)
        for id, section in _rooms(answer, "join"):
            await asyncio.sleep(0)
            room = self._room(id)
            room.count(section.get("summary"))
            for event in (*events_of(section.get("state")), *events_of(section.get("timeline"))):
                self._learn(room, event)
        for invitation in self._invitations(answer, "first"):
            yield invitation

    async def _take(
        self, answer: Raw, position: Position, keys: set[str], matters: Matters
    ) -> AsyncGenerator[tuple[list[Event], Position | None], None]:
        """Yield the events of one sync answer in chunks, the last with the next position.

        `keys` are sessions that became readable before it.
        """
        sections = [*_rooms(answer, "join"), *_rooms(answer, "leave")]
        fresh = keys | await self._connection.crypto.receive(answer)
        waiting = list(position.waiting)
        events: list[Event] = []
        async for event in self._happened(answer, sections, position.since, waiting, matters):
            events.append(event)
            if len(events) == CHUNK:
                yield events, None
                events = []
        events += [edit async for edit in self._late(waiting, fresh)]
        yield events, Position(answer["next_batch"], tuple(waiting))

    async def _happened(
        self, answer: Raw, sections: _Sections, since: str, waiting: list[Waiting], matters: Matters
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a sync answer, rooms first; a room that fails is skipped without affecting others."""
        for id, section in sections:
            with _aside("section", room=id):
                async for event in self._in_room(id, section, since, waiting, matters):
                    yield event
        for invitation in self._invitations(answer, since):
            yield invitation

    async def _in_room(
        self, id: str, section: Raw, since: str, waiting: list[Waiting], matters: Matters
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a room's section of a sync answer, preceded by those in its gap.

        In a room for which `matters` returns false, a gap is skipped (trust: case 96).
        """
        was_in = self._rooms[id].joined if id in self._rooms else None
        room, answered = self._room(id), events_of(section.get("timeline"))
        goes_on = enters(answered, self._connection.me) and bool(predecessors(self._rooms, id))
        gap = gap_in(self._connection, id, section, "" if goes_on else since)
        if gap and not await matters(ChatRef(MessengerName.MATRIX, id)):
            log.info("a gap that does not matter", room=id)
            gap = None
        changes = await gap.changes() if gap else Changes()
        room.count(section.get("summary"))
        for event in events_of(section.get("state")):
            self._learn(room, event)
        room.rewind([changes.power] if changes.power else [])
        changes.note(answered, self._connection.me)
        attendance = Attendance(changes.own, self._connection.me, was_in=was_in, of_two=room.of_two, goes_on=goes_on)
        async for page in gap.pages() if gap else _no_pages():
            for event in objects(page.get("state")):
                self._learn(room, event)
            async for read in self._read_all(room, objects(page.get("chunk")), attendance, waiting):
                yield read
        async for read in self._read_all(room, answered, attendance, waiting):
            yield read

    # One room
    async def _read_all(
        self, room: Room, timeline: Iterable[Raw], attendance: Attendance, waiting: list[Waiting]
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a timeline that count. One that fails must not stop the others (trust: case 91).

        Yields to the event loop between two events, as each may be 64 kB (trust: case 97).
        """
        for event in timeline:
            await asyncio.sleep(0)
            counts, read = attendance.counts(event), None
            self._learn(room, event)
            with _aside("event", room=room.id, id=_shown(event)):
                read = await self._read(room, event, waiting) if counts else None
            if read is not None:
                yield read

    async def _read(self, room: Room, event: Raw, waiting: list[Waiting]) -> Event | None:
        if room.size == 0 and room.may_be_private:  # a sync has member counts only if they changed
            room.count_members(await self._memory.members(room.id))
        locale_context = EventReader(room, self._connection.me, self._clock())
        await self._introduce(room, event.get("sender"))
        self._memory.note(room.id, event)
        if event.get("type") == "m.room.encrypted":
            clear = self._decrypted(room, event)
            if clear is None:
                return self._remember(locale_context, event, waiting)
            event = clear
        return await self._settled(locale_context, event)

    async def _settled(self, locale_context: EventReader, event: Raw) -> Event | None:
        """Read a cleartext event, completed with what only our memory or the server knows about it."""
        self._memory.note(locale_context.room.id, event)
        answered = await self._memory.answered(locale_context.room.id, event)
        return await self._memory.settled(
            replace(locale_context, answered=answered).read(event), locale_context.room.name_of
        )

    def _decrypted(self, room: Room, event: Raw) -> Raw | None:
        """Return the decrypted event, or None without its key; our own and redacted events are returned as they are."""
        if event.get("sender") == self._connection.me or not event.get("content"):
            return event
        try:
            return self._connection.crypto.decrypt(room.id, event)
        except ValueError as error:
            raise Malformed(str(error)) from error

    @staticmethod
    def _remember(locale_context: EventReader, event: Raw, waiting: list[Waiting]) -> Message | None:
        """Add an undecryptable event to `waiting`; return a placeholder, or None for an edit."""
        message = locale_context.unreadable(event)
        waiting.append(Waiting(locale_context.room.id, message.id, str(event["content"].get("session_id"))))
        waiting[:] = capped(waiting)
        is_edit = as_dict(event["content"].get("m.relates_to")).get("rel_type") == "m.replace"
        return None if is_edit else message

    async def _late(self, waiting: list[Waiting], sessions: set[str]) -> AsyncGenerator[Edit, None]:
        """Yield the waiting events that have become readable, and remove them from `waiting`."""
        for entry in [entry for entry in waiting if entry.session in sessions]:
            read = None
            with _aside("event", room=entry.room, id=entry.event):
                read = await self._read_late(entry, waiting)
            if isinstance(read, Message | Edit):
                source = read.source if isinstance(read, Edit) else ""
                yield as_edit(read, id=f"{entry.event}:decrypted", source=source)

    async def present(self, message: MessageRef) -> Edit | None:
        """Return the current content of a message; see `Messenger.present`.

        The message's bundled m.replace names the edit in force (Matrix 1.4 and later).
        """
        room = self._room(message.chat.id)
        event = await self._memory.fetch(room.id, message.id)
        bundle = as_dict(as_dict(event.get("unsigned")).get("m.relations"))
        edit = as_dict(bundle.get("m.replace")).get("event_id")
        event = await self._memory.fetch(room.id, edit) if isinstance(edit, str) else event
        await self._introduce(room, event.get("sender"))
        locale_context = EventReader(room, self._connection.me, self._clock())
        try:
            clear = self._decrypted(room, event) if event.get("type") == "m.room.encrypted" else event
            read = locale_context.unreadable(event) if clear is None else await self._settled(locale_context, clear)
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
        room = self._room(entry.room)
        event = await self._memory.fetch(entry.room, entry.event)
        await self._introduce(room, event.get("sender"))
        clear = self._decrypted(room, event) if event else {}
        if clear is None:
            waiting.append(entry)
            return None
        return await self._settled(EventReader(room, self._connection.me, self._clock()), clear)

    def _invitations(self, answer: Raw, since: str) -> Iterator[Membership]:
        for id, section in _rooms(answer, "invite"):
            read = None
            with _aside("invitation", room=id):
                read = self._invited(id, section, since)
            if read is not None:
                yield read

    def _invited(self, id: str, section: Raw, since: str) -> Membership | None:
        me = self._connection.me
        shown = Room(id, me)  # stripped state seen from outside is not the room's state
        stripped = events_of(section.get("invite_state"))
        for event in stripped:
            shown.update(event)
        mine = next((each for each in stripped if is_own(each, me)), None)
        if mine is None or not isinstance(mine.get("sender"), str):
            return None
        room = self._room(id)
        room.inviter, room.zone = mine["sender"], ""
        room.asked_in_private = as_dict(mine.get("content")).get("is_direct") is True
        # Invitations have no event id, but each comes once after a given position, even after a crash.
        invitation = f"invitation:{id}:{since}"
        return EventReader(shown, me, self._clock()).membership({"unsigned": {}, **mine}, id=invitation)

    async def _introduce(self, room: Room, user: object) -> None:
        """Fetch the membership of a user that no sync has included, for their name.

        Asks our own homeserver only: incoming events never wait for foreign servers (trust: case 93).
        """
        if not is_id(user) or ("m.room.member", user) in room.state:
            return
        known = await self._memory.member(room.id, user)
        room.update({"type": "m.room.member", "state_key": user, "sender": user, "content": known})

    def _learn(self, room: Room, event: Raw) -> None:
        with _aside("state", room=room.id, id=_shown(event)):
            room.update(event)
            self._connection.crypto.observe(room, event)

    def _room(self, id: str) -> Room:
        if id not in self._rooms:
            self._rooms[id] = Room(id, self._connection.me, encrypted=self._connection.crypto.is_encrypted(id))
        return self._rooms[id]

    def _tend(self) -> None:
        """Start a background task that maintains the keys, unless one is running."""
        if self._tending is not None:
            if not self._tending.done():
                return
            if error := self._tending.exception():
                log.error("matrix keys", exc_info=error)
        self._tending = asyncio.create_task(self._connection.crypto.tend())


def _rooms(answer: Raw, kind: str) -> _Sections:
    section = as_dict(as_dict(answer.get("rooms")).get(kind))
    return [(id, room) for id, room in section.items() if is_id(id) and isinstance(room, dict)]


@contextmanager
def _aside(what: str, **where: str) -> Iterator[None]:
    """Log any error inside instead of ending the intake, except AccountError."""
    with Aside(log, what, but=(AccountError,), **where):
        try:
            yield
        except Malformed as error:
            log.warning(f"malformed {what}", error=str(error), **where)


def _shown(event: Raw) -> str:
    return str(event.get("event_id"))[:100]


async def _no_pages() -> AsyncGenerator[Raw, None]:
    for page in list[Raw]():
        yield page
