"""What is told of the changes in a chat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.model import ChatChangeKind
from bot.text.catalogue import LazyText, _, n_
from storage import Chat

_MOST = 3
"""People who are named in one line."""


def notice_lines(chat: Chat, changes: Mapping[str, Any]) -> Iterator[LazyText]:
    """Yield a line for each sort of change."""
    city = chat.city.name if chat.city else chat.title
    if people := changes.get(ChatChangeKind.JOINED):
        yield n_(
            "{people} has joined the chat in {city}.",
            "{people} have joined the chat in {city}.",
            len(people),
            people=_names(people),
            city=city,
        )
    if people := changes.get(ChatChangeKind.LEFT):
        yield n_(
            "{people} has left the chat in {city}.",
            "{people} have left the chat in {city}.",
            len(people),
            people=_names(people),
            city=city,
        )
    if people := changes.get(ChatChangeKind.REMOVED):
        yield n_(
            "{people} was removed from the chat in {city}.",
            "{people} were removed from the chat in {city}.",
            len(people),
            people=_names(people),
            city=city,
        )
    if title := changes.get("title"):
        yield _("The chat in {city} is now called “{title}”.", city=city, title=title)
    if changes.get("photo"):
        yield _("The chat in {city} has a new picture.", city=city)


def _names(people: Sequence[Mapping[str, Any]]) -> list[LazyText]:
    """Return the names of the first people, and how many more there are."""
    shown = people if len(people) <= _MOST else people[: _MOST - 1]
    named = [_("{name} (⚠️ not verified)", name=each["name"]) if each["alike"] else _name(each) for each in shown]
    more = len(people) - len(shown)
    return [*named, n_("one other", "{n} others", more)] if more else named


def _name(person: Mapping[str, Any]) -> LazyText:
    return _("{name}", name=person["name"])
