"""What people have begun and what follows later: where a live location has moved, and how a poll has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

from bot.messengers.matrix.memory import Memory, Recent
from bot.messengers.matrix.power import power_of, power_to_redact
from bot.messengers.matrix.raw import Raw, as_dict, objects, size
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.messengers.matrix.things import (
    BEACON_INFOS,
    BEACONS,
    STARTS,
    answer_id,
    beacon_location,
    live_location,
    poll_of,
    poll_start,
)
from bot.messengers.matrix.votes import RESPONSES, chosen_in, referenced_id, sent_at
from bot.model import Edit, Location


class Followed:
    """Finds out what later events change: the content of those that they refer to is fetched."""

    def __init__(self, me: str, memory: Memory) -> None:
        """Fetch through `memory`."""
        self._me = me
        self._memory = memory
        self._shares = Recent[tuple[str, str], Raw](1_000)
        """Recent beginnings of live locations, by room and event id."""

    async def moved(self, reader: EventReader, event: Raw) -> Edit | None:
        """Return the change of a live location by a beacon; None if it is of nobody who shares one."""
        id, location = referenced_id(event), beacon_location(as_dict(event.get("content")))
        begun = await self._share(reader.room, id) if id and location else {}
        if begun.get("type") not in BEACON_INFOS or begun.get("sender") != event.get("sender"):
            return None
        shared = live_location(as_dict(begun.get("content")), reader.now, location)
        return reader.follow_up(event, id, shared)

    async def stopped(self, reader: EventReader, event: Raw) -> Edit | None:
        """Return the end of a live location, with its last place; None if the one before it is not known."""
        id = as_dict(event.get("unsigned")).get("replaces_state")
        if not isinstance(id, str):
            return None
        begun = await self._share(reader.room, id)
        if begun.get("sender") != event.get("sender") or as_dict(begun.get("content")).get("live") is not True:
            return None
        last = await self._last_place(reader.room, id, event.get("sender"))
        return reader.follow_up(event, id, live_location(as_dict(event.get("content")), reader.now, last))

    async def closed(self, reader: EventReader, event: Raw) -> Edit | None:
        """Return the end of somebody's poll with its result; None if it is ours, or for whoever may not end it."""
        id, by = referenced_id(event), str(event.get("sender"))
        poll = await self._memory.clear_event(reader.room.id, id) if id else {}
        author = poll.get("sender")
        may = by == author or power_of(reader.room.state, by) >= power_to_redact(reader.room.state)
        if poll.get("type") not in STARTS or author == self._me or not may:
            return None
        content = as_dict(poll.get("content"))
        votes = [each async for each in self._votes(reader.room, id, content, until=sent_at(event))]
        result = Counter(answer for answers in votes for answer in answers)
        closed = poll_of(content, votes=result, voters=len(votes))
        return reader.follow_up({**event, "sender": author}, id, closed)

    async def _share(self, room: Room, id: str) -> Raw:
        if (room.id, id) not in self._shares:
            self._shares.note((room.id, id), await self._memory.clear_event(room.id, id))
        return self._shares[room.id, id]

    async def _last_place(self, room: Room, id: str, sender: object) -> Location | None:
        async for each in self._memory.references(room.id, id):
            if each.get("type") in BEACONS and each.get("sender") == sender:
                return beacon_location(as_dict(each.get("content")))
        return None

    async def _votes(self, room: Room, id: str, content: Raw, *, until: int) -> AsyncIterator[list[str]]:
        """Yield the answers of each voter: those of their last vote in time; none if it is spoiled."""
        start = poll_start(content)
        known, most = set(map(answer_id, objects(start.get("answers")))), size(start.get("max_selections")) or 1
        last: dict[object, Raw] = {}
        async for each in self._memory.references(room.id, id):
            before = last.get(each.get("sender"))
            late = sent_at(each) > until or (before is not None and sent_at(before) >= sent_at(each))
            if each.get("type") in RESPONSES and not late:
                last[each.get("sender")] = each
        for vote in last.values():
            chosen = chosen_in(as_dict(vote.get("content")))
            if isinstance(chosen, list) and chosen and all(isinstance(each, str) and each in known for each in chosen):
                yield list(dict.fromkeys(chosen[:most]))
