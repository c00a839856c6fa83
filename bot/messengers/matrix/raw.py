"""JSON that others wrote: any type may stand anywhere, and nothing here raises over it (trust: case 80)."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

Raw: TypeAlias = dict[str, Any]
"""A JSON object as the server gives it."""


def as_dict(value: object) -> Raw:
    """Give an object, or an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Raw]:
    """Give the objects of a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def events_of(section: object) -> list[Raw]:
    """Give the events of a section of a sync answer."""
    return objects(as_dict(section).get("events"))


def is_state(event: object) -> TypeGuard[Raw]:
    """Tell a state event whose outer form can be relied upon."""
    return (
        isinstance(event, dict)
        and all(isinstance(event.get(key), str) for key in ("type", "state_key", "sender"))
        and isinstance(event.get("content"), dict)
    )


def clean(text: str) -> str:
    """Repair what no database takes: lone surrogates and NUL."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def size(value: object) -> int | None:
    """Give a whole number that JSON can carry exactly, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
