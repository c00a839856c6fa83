"""Sanitise strings from messenger events for use in the bot's own sentences."""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from bot.model import Account, ChatRef, MessageRef
from bot.text.addresses import looks_like_address
from bot.text.names import clean_line

T = TypeVar("T")

LONGEST_LABEL = 100
"""Maximum length of a title, file name and the like, in characters."""
IDS = frozenset(
    {"id", "action", "query", "key", "poll", "language", "zone", "username", "via"}
    | {"source", "unique", "thumbnail", "blurhash", "mime", "filename"}
)
"""Event fields that are compared, looked up or about bytes, and shown in no sentence.

Usernames (including that of `via`) have a restricted form anyway.
"""

_TOKEN = re.compile(r"[^\s<>()\[\]{}\"'«»„“”,;|]+")
_COMMAND = re.compile(r"(?<![\w/])/(?=\w)")
_DOT, _SLASH, _COLON = "․", "⁄", "ː"
"""Lookalikes of the characters they replace that form no address or command."""
_FILE = re.compile(
    r"[^/]+\.(?:avi|csv|docx?|dwg|dxf|eml|geojson|gif|gpx|heic|html?|ics|jpe?g|json|kml|m4a|mkv|mp[34]|msg|od[pst]"
    r"|og[ag]|opus|pdf|png|pptx?|rtf|svg|tgs|txt|vcf|wav|web[mp]|xlsx?|xml)",
    re.IGNORECASE,
)
"""File names whose extensions are not top-level domains."""


def harmless(value: T) -> T:
    """Return an event whose strings, except ids, are each one short line without links (trust: case 109).

    Every field, including any added later, is cleaned unless it is declared an id. Rich text is guarded separately
    (`names.guard`).
    """
    if not is_dataclass(value) or isinstance(value, type | Account | ChatRef | MessageRef):
        return value
    parts = {each.name: getattr(value, each.name) for each in fields(value)}
    kept = {name for name, part in parts.items() if name in IDS and type(part) is str}
    return replace(value, **{name: part if name in kept else _clean(part) for name, part in parts.items()})


def _clean(part: Any) -> Any:  # noqa: ANN401 - a field of any type
    if type(part) is str:
        return _line(part)
    if isinstance(part, tuple) and all(type(each) is str for each in part):
        return tuple(map(_line, part))
    return harmless(part)


def _line(text: str) -> str:
    return unlinked(clean_line(text, LONGEST_LABEL))


def unlinked(line: str) -> str:
    """Return a line that no client turns into a link or a command."""
    return _TOKEN.sub(_token, _COMMAND.sub(_SLASH, line))


def _token(match: re.Match[str]) -> str:
    token = match[0]
    if not looks_like_address(token) or _FILE.fullmatch(token):
        return token
    return token.replace("://", f"{_COLON}//").replace(".", _DOT)
