"""What happens in our rooms, as batches: nothing is left out, and a crash repeats the same events.

Our cursor holds the server's token and what still waits for its key. A batch is built from one
sync answer in which every gap has been filled; only its last part carries the next cursor.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.messengers.base import AccountError
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.link import Link
from bot.messengers.matrix.memory import Memory
from bot.messengers.matrix.position import Position, Waiting
from bot.messengers.matrix.raw import Raw, as_dict, events_of
from bot.messengers.matrix.reading import Malformed, Reader, as_edit
from bot.messengers.matrix.rooms import KEPT, Room
from bot.messengers.matrix.timeline import complete, is_own
from bot.model import Batch, Edit, Event, Membership, Message, MessageRef

log = structlog.get_logger()

POLL = 30.0
"""Seconds for which the server holds a sync open."""
WAITING = 200
"""Messages without a key that we remember."""
CHUNK = 100
"""Events of one batch."""
QUIET = 20.0
"""Seconds for which syncs that brought nothing are not worth a transaction."""
ECHOES, BREATH = 3, 0.1
"""After so many syncs in a row that brought nothing but our own words we are busy writing: the next one is
asked for so many seconds later, so that the server does not spend on echoes what it needs for sending."""

_NONE: dict[str, list[str]] = {"types": []}
_TIMELINE = {"limit": 100, "lazy_load_members": True}
_STATE = {"types": list(KEPT), "lazy_load_members": True, "include_redundant_members": True}
_FILTER = json.dumps(
    {
        "room": {"timeline": _TIMELINE, "state": _STATE, "ephemeral": _NONE, "account_data": _NONE},
        "presence": _NONE,
        "account_data": _NONE,
    }
)
_NO_ROOMS = json.dumps({"room": {"rooms": []}, "presence": _NONE, "account_data": _NONE})


class Intake:
    """Reads what the server sends us."""

    def __init__(self, link: Link, rooms: dict[str, Room], clock: Clock) -> None:
        """`rooms` are kept up to date, for those who write."""
        self._link = link
        self._rooms = rooms
        self._clock = clock
        self._origin = ""
        self._memory = Memory(link)
        self._tending: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Note this moment: a first start reads what comes behind it. Raises Rejected or Unreachable."""
        answer = await self._link.api.call("GET", path("sync"), query={"timeout": "0", "filter": _fresh(_NO_ROOMS)})
        self._origin = str(answer["next_batch"])

    async def close(self) -> None:
        """End the care for the keys."""
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.wait([self._tending])

    async def events(self, cursor: str | None) -> AsyncGenerator[Batch, None]:
        """Give batches for ever; raises AccountError only."""
        if cursor is None:
            position = Position(self._origin)
            first = await self._sync("", full=False)
            yield Batch(tuple([event async for event in self._first(first)]), str(position))
        else:
            position = Position.parse(cursor)
            self._rooms.clear()  # what we know is newer than the cursor
        loop = asyncio.get_running_loop()
        full, keys, yielded = cursor is not None, self._link.crypto.sessions, loop.time()
        echoes = 0
        while True:
            self._tend()
            answer = await self._sync(position.since, full=full)
            before = position.waiting
            events, position = await self._take(answer, position, keys)
            full, keys = False, set()
            if events or position.waiting != before or loop.time() - yielded > QUIET:
                for start in range(0, max(1, len(events)), CHUNK):
                    last = start + CHUNK >= len(events)
                    yield Batch(tuple(events[start : start + CHUNK]), str(position) if last else None)
                yielded = loop.time()
            echoes = 0 if events else echoes + 1
            if echoes > ECHOES:
                await asyncio.sleep(BREATH)

    # one sync

    async def _sync(self, since: str, *, full: bool) -> Raw:
        query = {"timeout": str(int(POLL * 1000)) if since else "0", "filter": _FILTER if since else _fresh(_FILTER)}
        query |= {"since": since} if since else {}
        query |= {"full_state": "true"} if full else {}

        async def ask() -> Raw:
            answer = await self._link.api.call("GET", path("sync"), query=query, limit=POLL + 30)
            if not isinstance(answer.get("next_batch"), str):
                raise Unreachable("the Matrix homeserver gave no answer to a sync", perhaps_done=False)
            return answer

        try:
            return await self._link.insist(ask)
        except Rejected as error:
            raise AccountError(f"the Matrix homeserver does not let the bot read: {error}") from error

    async def _first(self, answer: Raw) -> AsyncGenerator[Event, None]:
        """Learn the rooms that we are in; give the invitations alone."""
        self._link.crypto.receive(answer)
        for id, section in _rooms(answer, "join"):
            room = self._room(id)
            room.count(section.get("summary"))
            for event in (*events_of(section.get("state")), *events_of(section.get("timeline"))):
                self._learn(room, event)
        for id, section in _rooms(answer, "invite"):
            if invitation := await self._invited(id, section, "first"):
                yield invitation

    async def _take(self, answer: Raw, position: Position, keys: set[str]) -> tuple[list[Event], Position]:
        """Read one sync answer; `keys` are sessions that became readable before it."""
        sections = [*_rooms(answer, "join"), *_rooms(answer, "leave")]
        were_in = {id: self._rooms[id].joined for id, _ in sections if id in self._rooms}
        timelines = [await complete(self._link, id, section, position.since) for id, section in sections]
        fresh = keys | self._link.crypto.receive(answer)
        waiting = list(position.waiting)
        events: list[Event] = []
        for (id, section), timeline in zip(sections, timelines, strict=True):
            room = self._room(id)
            room.count(section.get("summary"))
            for event in (*events_of(section.get("state")), *timeline.members):
                self._learn(room, event)
            room.rewind(timeline.filled)
            counted = timeline.with_presence(self._link.me, was_in=were_in.get(id), of_two=room.of_two)
            events += [event async for event in self._read_all(room, counted, waiting)]
        for id, section in _rooms(answer, "invite"):
            if invitation := await self._invited(id, section, position.since):
                events.append(invitation)
        events += [edit async for edit in self._late(waiting, fresh)]
        return events, Position(answer["next_batch"], tuple(waiting[-WAITING:]))

    # one room

    async def _read_all(
        self, room: Room, timeline: Iterable[tuple[Raw, bool]], waiting: list[Waiting]
    ) -> AsyncGenerator[Event, None]:
        """Read those events of a timeline that count."""
        for event, counts in timeline:
            self._learn(room, event)
            if not counts:
                continue
            try:
                read = await self._read(room, event, waiting)
            except Malformed as error:
                log.warning("malformed event", room=room.id, id=str(event.get("event_id"))[:100], error=str(error))
                continue
            if read is not None:
                yield read

    async def _read(self, room: Room, event: Raw, waiting: list[Waiting]) -> Event | None:
        reader = Reader(room, self._link.me, self._clock())
        await self._introduce(room, event.get("sender"))
        self._memory.note(room.id, event)
        if event.get("type") == "m.room.encrypted":
            clear = self._decrypted(room, event)
            if clear is None:
                return self._remember(reader, event, waiting)
            event = clear
        return await self._settled(reader, event)

    async def _settled(self, reader: Reader, event: Raw) -> Event | None:
        """Read an event in the clear, with what only our memory or the server knows of it."""
        answered = await self._memory.answered(reader.room.id, event)
        return await self._memory.settled(replace(reader, answered=answered).read(event))

    def _decrypted(self, room: Room, event: Raw) -> Raw | None:
        """Give the event in the clear; our own and removed ones, which say nothing more, as they are."""
        if event.get("sender") == self._link.me or not event.get("content"):
            return event
        try:
            return self._link.crypto.decrypt(room.id, event)
        except ValueError as error:
            raise Malformed(str(error)) from error

    @staticmethod
    def _remember(reader: Reader, event: Raw, waiting: list[Waiting]) -> Message | None:
        """Let a message wait for its key; of an edit there is nothing to show yet."""
        message = reader.unreadable(event)
        waiting.append(Waiting(reader.room.id, message.id, str(event["content"].get("session_id"))))
        is_edit = as_dict(event["content"].get("m.relates_to")).get("rel_type") == "m.replace"
        return None if is_edit else message

    async def _late(self, waiting: list[Waiting], sessions: set[str]) -> AsyncGenerator[Edit, None]:
        """Give what can be read by now, and take it off the list."""
        for entry in [entry for entry in waiting if entry.session in sessions]:
            room = self._room(entry.room)
            event = await self._memory.fetch(entry.room, entry.event)
            await self._introduce(room, event.get("sender"))
            reader = Reader(room, self._link.me, self._clock())
            try:
                clear = self._decrypted(room, event) if event else {}
                if clear is None:
                    continue
                waiting.remove(entry)
                read = await self._settled(reader, clear)
            except Malformed as error:
                log.warning("malformed event", room=room.id, error=str(error))
                continue
            if isinstance(read, Message | Edit):
                source = read.source if isinstance(read, Edit) else ""
                yield as_edit(read, id=f"{entry.event}:decrypted", source=source)

    async def present(self, message: MessageRef) -> Edit | None:
        """Return what a message says now, as `Messenger.present` does.

        The server names the edit that is in force in the bundle of the message (Matrix 1.4 and later, m.replace).
        """
        room = self._room(message.chat.id)
        event = await self._memory.fetch(room.id, message.id)
        bundle = as_dict(as_dict(event.get("unsigned")).get("m.relations"))
        edit = as_dict(bundle.get("m.replace")).get("event_id")
        event = await self._memory.fetch(room.id, edit) if isinstance(edit, str) else event
        await self._introduce(room, event.get("sender"))
        reader = Reader(room, self._link.me, self._clock())
        try:
            clear = self._decrypted(room, event) if event.get("type") == "m.room.encrypted" else event
            read = reader.unreadable(event) if clear is None else await self._settled(reader, clear)
        except Malformed as error:
            log.warning("malformed event", room=room.id, error=str(error))
            return None
        if not isinstance(read, Message | Edit):
            return None
        return replace(as_edit(read, id=read.id, source=read.id), ref=message)

    async def _invited(self, id: str, section: Raw, since: str) -> Membership | None:
        me = self._link.me
        shown = Room(id, me)  # what we are shown from outside is not the state of the room
        stripped = events_of(section.get("invite_state"))
        for event in stripped:
            shown.update(event)
        mine = next((each for each in stripped if is_own(each, me)), None)
        if mine is None or not isinstance(mine.get("sender"), str):
            return None
        self._room(id).inviter = mine["sender"]
        await self._introduce(shown, mine["sender"])
        # An invitation comes without an id of its own; but it comes once behind each position, also after a crash.
        invitation = f"invitation:{id}:{since}"
        try:
            read = Reader(shown, me, self._clock()).membership({"unsigned": {}, **mine}, id=invitation)
        except Malformed as error:
            log.warning("malformed invitation", room=id, error=str(error))
            return None
        return await self._memory.with_zone(read) if read else None

    async def _introduce(self, room: Room, user: object) -> None:
        """Learn the name of someone whose membership no sync has told us."""
        if not isinstance(user, str) or not user or ("m.room.member", user) in room.state:
            return
        known = await (self._memory.member(room.id, user) if room.joined else self._memory.profile(user))
        room.update({"type": "m.room.member", "state_key": user, "sender": user, "content": known})

    def _learn(self, room: Room, event: Raw) -> None:
        room.update(event)
        self._link.crypto.observe(room, event)

    def _room(self, id: str) -> Room:
        if id not in self._rooms:
            self._rooms[id] = Room(id, self._link.me, encrypted=self._link.crypto.is_encrypted(id))
        return self._rooms[id]

    def _tend(self) -> None:
        """See to the keys beside the sync, one round at a time."""
        if self._tending is not None:
            if not self._tending.done():
                return
            if error := self._tending.exception():
                log.error("matrix keys", exc_info=error)
        self._tending = asyncio.create_task(self._link.crypto.tend())


def _fresh(filter: str) -> str:
    """Return a filter that does the same, and to which no answer can be cached (Synapse: for two minutes).

    A sync that does not say since when is to tell what is now.
    """
    return json.dumps(json.loads(filter) | {"presence": {"types": [secrets.token_hex(8)]}})


def _rooms(answer: Raw, kind: str) -> list[tuple[str, Raw]]:
    section = as_dict(as_dict(answer.get("rooms")).get(kind))
    return [(id, room) for id, room in section.items() if isinstance(room, dict)]
