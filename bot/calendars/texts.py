"""Texts as calendar files can contain them, whatever people wrote (trust: case 71)."""

from __future__ import annotations

import re

ADDRESS = "mailto:{}@intercity.invalid"
"""Outlook reads people only from mail addresses. Nobody has one here; mail to this domain never arrives (RFC 6761)."""

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Also what turns the direction of text, and is invisible."""


def clean(text: str) -> str:
    """Return a text without control characters, which iCalendar cannot contain."""
    return text if text.isprintable() else _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def clean_line(text: str) -> str:
    """Return a text as one line."""
    return " ".join(clean(text).split())
