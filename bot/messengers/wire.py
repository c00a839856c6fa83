"""JSON as messengers send it, with what strangers have put into it: it can always be read, stored and passed on."""

from __future__ import annotations

import json
import re

from bot.text.characters import utf8_safe

DEEPEST = 100
"""Levels of nesting that are kept; no event needs more than a dozen."""
_LONGEST_NUMBER = 400
"""Digits of a number that is kept; Python refuses to read a few thousand."""

_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""Escapes of NUL and of surrogates, lone or in pairs."""
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def read_json(payload: bytes) -> object:
    """Return the value of a JSON text; raises ValueError where it is none.

    Strings are UTF-8 safe. What is nested too deeply and numbers of too many digits become None, because Python's
    own limits would refuse the whole text, with everything in it that is sound.
    """
    text = payload.decode("utf-8", "replace")
    suspect = _SUSPECT.search(text) is not None
    try:
        value = json.loads(text)
        return safe(value) if suspect else value
    except (RecursionError, ValueError):
        return safe(json.loads(_shallow(text), parse_int=_number))


def safe(value: object) -> object:
    """Return a JSON value with every string, keys included, UTF-8 safe. Raises RecursionError on deep nesting."""
    match value:
        case str():
            return utf8_safe(value)
        case list():
            return [safe(each) for each in value]
        case dict():
            return {utf8_safe(key): safe(each) for key, each in value.items()}
    return value


def _shallow(text: str) -> str:
    """Put null in the place of what lies deeper than DEEPEST levels."""
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
