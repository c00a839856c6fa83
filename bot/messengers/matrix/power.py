"""Who may do what in a room, computed from its state (also of version 12, where creators stand above all)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CREATOR = 2**53
"""Power of a creator from room version 12 on: above every level that can be written down."""

ADMIN = 50
"""Power from which on someone steers a room: the default for its name, for inviting and for removing people."""

State = Mapping[tuple[str, str], Mapping[str, Any]]
"""State events by type and state key."""

_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*")


def power_of(state: State, user: str) -> int:
    """Give a user's power level."""
    create = state.get(("m.room.create", ""), {})
    content = _content(create)
    creators = {create.get("sender"), content.get("creator")}
    if _privileges_creators(content.get("room_version", "1")):
        additional = content.get("additional_creators")
        named = {each for each in additional if isinstance(each, str)} if isinstance(additional, list) else set()
        if user in {create.get("sender")} | named:
            return CREATOR
        creators = set()
    levels = state.get(("m.room.power_levels", ""))
    if levels is None:
        return 100 if user in creators else 0
    users = _content(levels).get("users")
    default = _level(_content(levels).get("users_default"), 0)
    return _level(users.get(user), default) if isinstance(users, Mapping) else default


def power_for_state(state: State, type: str) -> int:
    """Give the level that sending a state event of this type takes."""
    return _power_for(state, type, "state_default", 50)


def power_for_message(state: State, type: str) -> int:
    """Give the level that sending an event of this type takes that is no state."""
    return _power_for(state, type, "events_default", 0)


def power_to_redact(state: State) -> int:
    """Give the level that removing what others have said takes."""
    levels = _content(state.get(("m.room.power_levels", ""), {}))
    return max(_level(levels.get("redact"), 50), power_for_message(state, "m.room.redaction"))


def _power_for(state: State, type: str, default: str, otherwise: int) -> int:
    levels = _content(state.get(("m.room.power_levels", ""), {}))
    events = levels.get("events")
    level = _level(levels.get(default), otherwise)
    return _level(events.get(type), level) if isinstance(events, Mapping) else level


def _content(event: Mapping[str, Any]) -> Mapping[str, Any]:
    content = event.get("content")
    return content if isinstance(content, Mapping) else {}


def _level(value: object, default: int) -> int:
    """Read a level: rooms before version 10 may hold them as strings."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return default


def _privileges_creators(version: object) -> bool:
    """Tell rooms of version 12 and later; a version without a number is one that is still being tried out."""
    if not isinstance(version, str):
        return False
    return int(version) >= 12 if version.isascii() and version.isdigit() else True
