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
    """Events, oldest first: those that were filled in, and those of the answer, before which its state stands.

    `members` are the memberships of those who speak in the part that was filled in.
    """

    filled: list[Raw]
    answered: list[Raw]
    members: list[Raw] = field(default_factory=list)

    @property
    def events(self) -> list[Raw]:
        """All of them."""
        return [*self.filled, *self.answered]

    def with_presence(self, me: str, *, was_in: bool | None, of_two: bool) -> Iterator[tuple[Raw, bool]]:
        """Give each event, and whether it counts: whether we were in the room, or entered or left it by this.

        `was_in` tells whether we were in the room before, None if this process does not know. Where
        we have come in, the server also sends what was said before, even what we have read once.
        In a direct room `of_two` what was said since our invitation was said to us: it counts.
        """
        events = self.events
        own = [index for index, event in enumerate(events) if is_own(event, me)]
        joins = [index for index in own if _membership(events[index].get("content")) == "join"]
        entered = [index for index in joins if _membership(_before(events[index])) != "join"]
        left = [index for index in own if index not in joins]
        begin = entered[-1] if entered else (0 if was_in is not False else len(events))
        end = left[0] if was_in and left else -1
        asked = [index for index in left if index < begin] if of_two and entered else []
        if asked and _asks_in_private(events[asked[-1]]):
            begin = asked[-1] + 1
        for index, event in enumerate(events):
            yield event, index >= begin or index <= end or (index in own and not entered)


async def complete(link: Link, room: str, section: Raw, since: str) -> Timeline:
    """Give the timeline of a room's section of a sync answer, filled back to the token `since`."""
    timeline = as_dict(section.get("timeline"))
    events = events_of(timeline)
    if timeline.get("limited") is not True:
        return Timeline([], events)
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
    return Timeline([*reversed(older)], events, members)


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


def _before(event: Raw) -> object:
    return as_dict(event.get("unsigned")).get("prev_content")


def _membership(content: object) -> object:
    return as_dict(content).get("membership")


def _asks_in_private(event: Raw) -> bool:
    content = as_dict(event.get("content"))
    return _membership(content) == "invite" and content.get("is_direct") is True
