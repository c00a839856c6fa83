"""HTML cut into texts and tags. Linear for every input: no pattern can fail after a long look ahead."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

TAGS = 4000
"""Tags that count: more than 64 kB of serious HTML have, few enough to be read in some hundredths of a second."""

# Possessive repetitions, and the end of the input as a last alternative, so that what begins
# like a tag or a comment always is one, and its characters are looked at once.
_TOKEN = re.compile(
    r"""
    <(?:script|style)(?=[\s/>]) .*? (?:</(?:script|style)(?=[\s/>])[^>]*+>|\Z)
    |<!-(?:->|-.*?(?:-->|\Z))
    |<(?:[!?]|/(?![a-z]))[^>]*+(?:>|\Z)
    |<(?P<close>/?)(?P<tag>[a-z][^\s/>]*+)(?P<attributes>(?:=\s*+(?:"[^"]*+"|'[^']*+')|[^>])*+)(?P<end>>|\Z)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r"""([^\s/>=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s]++)))?+""")
_HUGE_NUMBER = re.compile(r"&#[0-9]{8,}+;?")


class Tag(NamedTuple):
    """A tag; `source` is what stands between its name and its end."""

    name: str
    closing: bool
    source: str

    def attributes(self) -> dict[str, str]:
        """Give the attributes, names in small letters, values without escapes; the first of a name counts."""
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.source):
            found.setdefault(name.lower(), unescape("".join(values)))
        return found


def tokens(source: str) -> Iterator[str | Tag]:
    """Give texts (still escaped) and tags. Comments, scripts and style sheets are left out.

    A tag that never ends is text; behind the first `TAGS` tags only the text counts.
    """
    at = count = 0
    for match in _TOKEN.finditer(source):
        start, end = match.span()
        if start > at:
            yield source[at:start]
        at = end
        closing, name, attributes, last = match.groups()
        if name is None:
            continue
        count += 1
        if count > TAGS:
            at = start
            break
        if last:
            yield Tag(name.lower(), bool(closing), attributes)
        else:
            yield source[start:]
    if at < len(source):
        yield _TOKEN.sub(" ", source[at:]) if count > TAGS else source[at:]


def unescape(text: str) -> str:
    """Resolve character references, as browsers do."""
    if "&" not in text:
        return text
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text))
