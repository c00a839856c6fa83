"""Accessors for untrusted JSON: any value may have any type, and nothing here raises (trust: case 80)."""

from __future__ import annotations

from typing import Any, TypeAlias, TypeGuard

Raw: TypeAlias = dict[str, Any]
"""A JSON object as received from the server."""


def as_dict(value: object) -> Raw:
    """Return the value if it is an object, otherwise an empty one."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[Raw]:
    """Return the objects in a list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def events_of(section: object) -> list[Raw]:
    """Return the events in a section of a sync answer."""
    return objects(as_dict(section).get("events"))


def is_state(event: object) -> TypeGuard[Raw]:
    """Whether this is a state event with well-formed top-level fields."""
    return (
        isinstance(event, dict)
        and all(isinstance(event.get(key), str) for key in ("type", "state_key", "sender"))
        and isinstance(event.get("content"), dict)
    )


def clean(text: str) -> str:
    """Replace lone surrogates and remove NUL, which databases reject."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")


def size(value: object) -> int | None:
    """Return the value if it is a non-negative integer that JSON represents exactly, otherwise None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def line(value: object) -> str:
    """Return a string as one line of at most 255 characters; empty for anything else."""
    return " ".join(clean(value).split())[:255] if isinstance(value, str) else ""


TEXTS = ("m.text", "org.matrix.msc1767.text", "body")
"""The keys of the text of an extensible event (MSC1767), or of what it replaces."""


def words(value: object, keys: tuple[str, ...] = TEXTS) -> str:
    """Return a text of an extensible event as one line; see `text_in`."""
    return line(text_in(value, keys))


def text_in(value: object, keys: tuple[str, ...] = TEXTS) -> str:
    """Return a text of an extensible event: a string or a list of `{"body": …}`, under the first of the `keys`."""
    for key in keys:
        text = as_dict(value).get(key)
        first = text[0] if isinstance(text, list) and text else text
        found = as_dict(first).get("body") if isinstance(first, dict) else first
        if isinstance(found, str) and found.strip():
            return clean(found).strip()
    return ""
