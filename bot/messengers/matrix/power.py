"""Power levels in a room, computed from its state (including version 12, where creators rank above all levels)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

CREATOR = 2**53
"""The power of a creator from room version 12 on: above every level that can be set."""

ADMIN = 50
"""The power from which a user counts as an admin: the default for the room's name, for kicks and for bans."""

State = Mapping[tuple[str, str], Mapping[str, Any]]
"""The state events of a room by type and state key."""

_NUMBER = re.compile(r"\s*[+-]?\d{1,18}\s*")


def power_of(state: State, user: str) -> int:
    """Return a user's power level."""
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
    """Return the level required to send a state event of this type."""
    return _power_for(state, type, "state_default", 50)


def power_for_message(state: State, type: str) -> int:
    """Return the level required to send a non-state event of this type."""
    return _power_for(state, type, "events_default", 0)


def power_to_redact(state: State) -> int:
    """Return the level required to redact messages of others."""
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
    """Parse a level, which may be a string in rooms before version 10."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return int(value)
    return default


def _privileges_creators(version: object) -> bool:
    """Whether a room version is 12 or later; versions that are not numbers are experimental and count as later."""
    if not isinstance(version, str):
        return False
    return int(version) >= 12 if version.isascii() and version.isdigit() else True
