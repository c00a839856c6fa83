"""An HTML tokenizer that runs in linear time on any input: no pattern can fail after a long look-ahead."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

TAGS = 4000
"""Maximum number of tags parsed: more than 64 kB of real HTML contain, yet parsed in some hundredths of a second."""

# Possessive quantifiers, with end of input as the last alternative: whatever starts like a tag or a comment always
# matches as one, so each character is scanned only once.
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
    """An opening or closing tag; `source` is the text between its name and its end."""

    name: str
    closing: bool
    source: str

    def attributes(self) -> dict[str, str]:
        """Return the attributes, with lower-case names and unescaped values; the first of duplicates wins."""
        found: dict[str, str] = {}
        for name, *values in _ATTRIBUTE.findall(self.source):
            found.setdefault(name.lower(), unescape("".join(values)))
        return found


def tokens(source: str) -> Iterator[str | Tag]:
    """Yield text (still escaped) and tags. Comments, scripts and style sheets are skipped.

    An unterminated tag is yielded as text; after the first `TAGS` tags, only text is yielded.
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
    """Resolve character references as browsers do."""
    if "&" not in text:
        return text
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text))
