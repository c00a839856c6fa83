"""Incoming events of our rooms in batches: none is lost, and after a crash the same events are repeated.

The cursor holds the sync token and the events that still wait for their key. One sync answer, with its gaps filled
page by page, makes one or more batches, of which only the last carries the next cursor. After a crash the whole
answer is read again; events that have already been processed are recognised by their id.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from typing import TypeAlias

import structlog

from bot.clock import Clock
from bot.messengers.base import Matters
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.decoding import EventDecoder, aside
from bot.messengers.matrix.position import Position, Waiting
from bot.messengers.matrix.raw import Raw, as_dict, events_of, objects
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room, predecessors
from bot.messengers.matrix.sync import present, sync
from bot.messengers.matrix.timeline import Attendance, Changes, enters, gap_in, is_own
from bot.model import Batch, ChatRef, Event, Membership, MessengerName, is_id

log = structlog.get_logger()

_Sections: TypeAlias = list[tuple[str, Raw]]
"""Sections of a sync answer with the id of their room."""

EVENTS_PER_BATCH = 20
"""Maximum events per batch: nothing is delivered while one is stored."""
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
        self.decoder = EventDecoder(connection, rooms, clock)
        self._tending: asyncio.Task[None] | None = None
        self.caught_up = False
        self._missed: list[ChatRef] = []
        """Rooms of which some events could not be read and will not be again."""

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
            answer = await sync(
                self._connection, position.since, full=full, wait=self.caught_up, failed=self._fall_behind
            )
            self.caught_up = False
            before, echoes = position, echoes + 1
            async for events, reached in self._take(answer, before, keys, matters):
                position = reached or before
                overdue = partly or loop.time() - yielded > QUIET
                if events or self._missed or position.waiting != before.waiting or (reached and overdue):
                    missed, self._missed = tuple(self._missed), []
                    complete = await self.decoder.complete(events)
                    yield Batch(complete, str(reached) if reached else None, missed=missed)
                    yielded, partly = loop.time(), reached is None
                echoes = 0 if events else echoes
            self.caught_up = True
            full, keys = False, set()
            if echoes > ECHOES:
                await asyncio.sleep(BREATH)

    def _fall_behind(self) -> None:
        self.caught_up = False

    # One sync

    async def _first(self, answer: Raw) -> AsyncGenerator[Event, None]:
        """Learn the rooms that we are in; yield only the invitations."""
        await self._connection.crypto.receive(answer)
        for id, section in _rooms(answer, "join"):
            await asyncio.sleep(0)
            room = self.decoder.room(id)
            room.count(section.get("summary"))
            for event in (*events_of(section.get("state")), *events_of(section.get("timeline"))):
                self.decoder.learn(room, event)
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
            if len(events) == EVENTS_PER_BATCH:
                yield events, None
                events = []
        events += [edit async for edit in self.decoder.late(waiting, fresh)]
        yield events, Position(answer["next_batch"], tuple(waiting))

    async def _happened(
        self, answer: Raw, sections: _Sections, since: str, waiting: list[Waiting], matters: Matters
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a sync answer, rooms first; a room that fails is skipped without affecting others."""
        for id, section in sections:
            whole = False
            with aside("section", room=id):
                async for event in self._in_room(id, section, since, waiting, matters):
                    yield event
                whole = True
            if not whole:
                self._missed.append(ChatRef(MessengerName.MATRIX, id))
        for invitation in self._invitations(answer, since):
            yield invitation

    async def _in_room(
        self, id: str, section: Raw, since: str, waiting: list[Waiting], matters: Matters
    ) -> AsyncGenerator[Event, None]:
        """Yield the events of a room's section of a sync answer, preceded by those in its gap.

        In a room for which `matters` returns false, a gap is skipped (trust: case 96).
        """
        was_in = self._rooms[id].joined if id in self._rooms else None
        room, answered = self.decoder.room(id), events_of(section.get("timeline"))
        goes_on = enters(answered, self._connection.me) and bool(predecessors(self._rooms, id))
        gap = gap_in(self._connection, id, section, "" if goes_on else since)
        if gap and not await matters(ChatRef(MessengerName.MATRIX, id)):
            log.info("a gap that does not matter", room=id)
            gap = None
        changes = await gap.changes() if gap else Changes()
        room.count(section.get("summary"))
        for event in events_of(section.get("state")):
            self.decoder.learn(room, event)
        room.rewind([changes.power] if changes.power else [])
        changes.note(answered, self._connection.me)
        attendance = Attendance(changes.own, self._connection.me, was_in=was_in, of_two=room.of_two, goes_on=goes_on)
        async for page in gap.pages() if gap else _no_pages():
            for event in objects(page.get("state")):
                self.decoder.learn(room, event)
            async for read in self.decoder.read_all(room, objects(page.get("chunk")), attendance, waiting):
                yield read
        if gap and gap.given_up:
            self._missed.append(ChatRef(MessengerName.MATRIX, id))
        async for read in self.decoder.read_all(room, answered, attendance, waiting):
            yield read

    def _invitations(self, answer: Raw, since: str) -> Iterator[Membership]:
        for id, section in _rooms(answer, "invite"):
            read = None
            with aside("invitation", room=id):
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
        room = self.decoder.room(id)
        room.inviter, room.zone = mine["sender"], ""
        room.asked_in_private = as_dict(mine.get("content")).get("is_direct") is True
        # Invitations have no event id, but each comes once after a given position, even after a crash.
        invitation = f"invitation:{id}:{since}"
        return EventReader(shown, me, self._clock()).membership({"unsigned": {}, **mine}, id=invitation)

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


async def _no_pages() -> AsyncGenerator[Raw, None]:
    for page in list[Raw]():
        yield page
