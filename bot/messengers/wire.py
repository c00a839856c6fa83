"""Tolerant JSON parsing for untrusted input: whatever is returned can be stored and passed on."""

from __future__ import annotations

import json
import re

from bot.text.characters import utf8_safe

DEEPEST = 100
"""Maximum levels of nesting; no event needs more than a dozen."""
_LONGEST_NUMBER = 400
"""Maximum digits of a number; Python refuses to parse a few thousand."""

_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes of NUL and of surrogates, lone or paired."""
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def read_json(payload: bytes) -> object:
    """Parse a JSON text. Raises ValueError if it is not JSON.

    Strings are UTF-8 safe. Values nested too deeply and numbers with too many digits become None, because Python's
    own limits would otherwise reject the whole text, including everything valid in it.
    """
    text = payload.decode("utf-8", "replace")
    suspect = _SUSPECT.search(text) is not None
    try:
        value = json.loads(text)
        return safe(value) if suspect else value
    except (RecursionError, ValueError):
        return safe(json.loads(_shallow(text), parse_int=_number))


def safe(value: object) -> object:
    """Return a JSON value with all strings, keys included, made UTF-8 safe. Raises RecursionError on deep nesting."""
    match value:
        case str():
            return utf8_safe(value)
        case list():
            return [safe(each) for each in value]
        case dict():
            return {utf8_safe(key): safe(each) for key, each in value.items()}
    return value


def _shallow(text: str) -> str:
    """Replace values nested deeper than DEEPEST levels with null."""
    kept: list[str] = []
    depth = copied = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept += (text[copied : token.start()], "null")
        elif token[0] in "]}":
            if depth == DEEPEST + 1:
                copied = token.end()
            depth -= 1
    return "".join((*kept, text[copied:]))


def _number(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None
