"""The whole timeline of a room since our cursor, also where a sync answer leaves some of it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import structlog

from bot.messengers.matrix.api import Rejected, path
from bot.messengers.matrix.link import Link
from bot.messengers.matrix.raw import Raw, as_dict, events_of, objects

log = structlog.get_logger()

_PAGE = 200
"""Events of one request for older ones."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Events, oldest first, and the memberships of those who speak in the part that was filled in."""

    events: list[Raw]
    members: list[Raw] = field(default_factory=list)

    def with_presence(self, me: str, was_in: bool | None) -> Iterator[tuple[Raw, bool]]:
        """Give each event, and whether it counts: whether we were in the room, or entered or left it by this.

        `was_in` tells whether we were in the room before, None if this process does not know. Where
        we have come in, the server also sends what was said before, even what we have read once.
        """
        own = [index for index, event in enumerate(self.events) if is_own(event, me)]
        joins = [index for index in own if _joined(self.events[index].get("content"))]
        entered = [index for index in joins if not _was_joined(self.events[index])]
        left = [index for index in own if index not in joins]
        begin = entered[-1] if entered else (0 if was_in is not False else len(self.events))
        end = left[0] if was_in and left else -1
        for index, event in enumerate(self.events):
            yield event, index >= begin or index <= end or (index in own and not entered)


async def complete(link: Link, room: str, section: Raw, since: str) -> Timeline:
    """Give the timeline of a room's section of a sync answer, filled back to the token `since`."""
    timeline = as_dict(section.get("timeline"))
    events = events_of(timeline)
    if timeline.get("limited") is not True:
        return Timeline(events)
    older: list[Raw] = []
    members: list[Raw] = []
    token = timeline.get("prev_batch")
    while isinstance(token, str):
        page = await _page(link, room, token, since)
        chunk = objects(page.get("chunk"))
        older += chunk
        members += objects(page.get("state"))
        token = page.get("end") if chunk and page.get("end") != token else None
    if older:
        log.info("filled a gap", room=room, events=len(older))
    return Timeline([*reversed(older), *events], members)


async def _page(link: Link, room: str, token: str, since: str) -> Raw:
    query = {"dir": "b", "from": token, "to": since, "limit": str(_PAGE), "filter": '{"lazy_load_members":true}'}
    try:
        return await link.insist(lambda: link.api.call("GET", path("rooms", room, "messages"), query=query))
    except Rejected as error:  # we are not in the room any more
        log.warning("a gap that cannot be filled", room=room, error=str(error))
        return {}


def is_own(event: Raw, me: str) -> bool:
    """Tell an event about our own standing."""
    return event.get("type") == "m.room.member" and event.get("state_key") == me


def _was_joined(event: Raw) -> bool:
    return _joined(as_dict(event.get("unsigned")).get("prev_content"))


def _joined(content: object) -> bool:
    return as_dict(content).get("membership") == "join"
