"""A room's timeline since our cursor: which events count, and which ones a sync answer has left out."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

import structlog

from bot.messengers.matrix.api import path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.raw import Raw, as_dict, events_of, is_state, objects

log = structlog.get_logger()

_PAGE = 200
"""Events per request for missed ones."""
_PAGE_ATTEMPTS = 20
"""Attempts at one page while the server answers other requests: about a minute."""


@dataclass(slots=True)
class Gap:
    """The events of a room that a sync answer leaves out, between two of the server's tokens.

    An empty `since` means from the creation of the room. Read forwards in pages, as a gap may have any length.
    """

    connection: MatrixConnection
    room: str
    since: str
    until: str
    answered: Sequence[object] = ()
    """Ids of the events after the gap, to be skipped: servers may ignore `until` when reading from the beginning."""
    given_up: bool = False
    """Whether the server has refused a page, so that the rest of the gap stays unknown."""

    async def pages(self, types: Sequence[str] = ()) -> AsyncGenerator[Raw, None]:
        """Yield pages of /messages, oldest first, limited to events of these `types` if given."""
        chosen = {"lazy_load_members": True} | ({"types": list(types)} if types else {})
        query = {"dir": "f", "to": self.until, "limit": str(_PAGE), "filter": json.dumps(chosen)}
        token: object = self.since
        while isinstance(token, str):
            where = path("rooms", self.room, "messages")
            begin = {"from": token} if token else {}
            page = await self.connection.look_up(where, query=query | begin, attempts=_PAGE_ATTEMPTS)
            self.given_up = self.given_up or "chunk" not in page
            missed = [each for each in objects(page.get("chunk")) if each.get("event_id") not in self.answered]
            yield page | {"chunk": missed}
            # A page may be empty although more follow: the server filters what we may not see.
            token = page.get("end") if page.get("end") != token else None

    async def changes(self) -> Changes:
        """Return the changes that have to be known before the first event is read."""
        found = Changes()
        async for page in self.pages(["m.room.member", "m.room.power_levels"]):
            found.note(objects(page.get("chunk")), self.connection.me)
        return found


@dataclass(slots=True)
class Changes:
    """Changes of our own membership, in order, and the first change of the power levels."""

    own: list[Raw] = field(default_factory=list)
    power: Raw | None = None

    def note(self, events: Sequence[Raw], me: str) -> None:
        """Add the changes in further events, in order."""
        self.own += [event for event in events if is_own(event, me)]
        levels = (event for event in events if event.get("type") == "m.room.power_levels")
        self.power = self.power or next(levels, None)


class Attendance:
    """Decides which events of a timeline count: those while we were in the room, and our entering and leaving."""

    def __init__(
        self, own: Sequence[Raw], me: str, *, was_in: bool | None, of_two: bool, goes_on: bool = False
    ) -> None:
        """Create the filter for a timeline of which `own` are all changes of our membership.

        `was_in`: whether we were in the room before, None if this process does not know. After we join, the
        server also sends earlier messages, even some that we have read already. In a direct room `of_two`,
        messages since our invitation were addressed to us and count. If another room of ours `goes_on` in this
        one, messages from before we first joined count too, but not state.
        """
        joins = [event for event in own if _membership(event.get("content")) == "join"]
        entered = [event for event in joins if _membership(_before(event)) != "join"]
        left = [event for event in own if event not in joins]
        before = own[: own.index(entered[-1])] if entered else ()
        asked = next((event for event in reversed(before) if event in left), {})
        self._me = me
        self._enters = entered[-1].get("event_id") if entered else None
        self._leaves = left[0].get("event_id") if left else None
        self._asks = asked.get("event_id") if of_two and _asks_in_private(asked) else None
        self._still = bool(was_in and left)
        self._again = was_in is not False and not entered
        self._earlier = goes_on and len(entered) == 1 and entered[0] is joins[0]

    def counts(self, event: Raw) -> bool:
        """Return whether the next event of the timeline counts; call for each event, in order."""
        id = event.get("event_id")
        self._again = self._again or (id is not None and id == self._enters)
        self._earlier = self._earlier and not self._again
        earlier = self._earlier and not is_state(event)
        counts = self._again or self._still or earlier or (self._enters is None and is_own(event, self._me))
        self._again = self._again or (id is not None and id == self._asks)
        self._still = self._still and id != self._leaves
        return counts


def gap_in(connection: MatrixConnection, room: str, section: Raw, since: str) -> Gap | None:
    """Return the gap in a room's section of the answer to a sync from `since`, or None."""
    timeline = as_dict(section.get("timeline"))
    until = timeline.get("prev_batch")
    if timeline.get("limited") is not True or not isinstance(until, str):
        return None
    return Gap(connection, room, since, until, [event.get("event_id") for event in events_of(timeline)])


def enters(events: Sequence[Raw], me: str) -> bool:
    """Return whether we join the room in one of these events."""
    own = [event for event in events if is_own(event, me)]
    return any(_membership(each.get("content")) == "join" and _membership(_before(each)) != "join" for each in own)


def is_own(event: Raw, me: str) -> bool:
    """Return whether an event is about our own membership."""
    return event.get("type") == "m.room.member" and event.get("state_key") == me


def _before(event: Raw) -> object:
    return as_dict(event.get("unsigned")).get("prev_content")


def _membership(content: object) -> object:
    return as_dict(content).get("membership")


def _asks_in_private(event: Raw) -> bool:
    content = as_dict(event.get("content"))
    return _membership(content) == "invite" and content.get("is_direct") is True
