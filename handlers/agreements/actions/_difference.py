"""What has changed in a text, word by word, short enough for a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from bot.model import Node, RichText, Span, Style, Text, rich

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
_ALIKE = 0.4
"""Below this ratio (`SequenceMatcher.ratio`), another text was written: no word is marked."""
_CONTEXT = 12
"""Tokens that are shown on each side of a change; spaces count."""


_Part: TypeAlias = tuple[list[str], list[str], bool]
"""Tokens of both texts, and whether they are the same."""


def difference(before: str, after: str) -> tuple[RichText, RichText]:
    """Return two texts with the words struck that only the first one has, and bold that only the second one has.

    The second one is whole. What the first one has in common with it is left out where that is far from any change.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return rich(before), rich(after)
    spans = _joined([(old[a:b], new[c:d], tag == "equal") for tag, a, b, c, d in matcher.get_opcodes()])
    was: list[Node] = []
    now: list[Node] = []
    for number, (gone, new_words, same) in enumerate(spans):
        edge = number == 0, number == len(spans) - 1
        was += _shown(gone, *edge) if same else _marked(gone, Style.STRIKE)
        now += rich("".join(new_words)) if same else _marked(new_words, Style.BOLD)
    return tuple(was), tuple(now)


def _joined(spans: Sequence[_Part]) -> list[_Part]:
    """Join changes that are parted by nothing but white space."""
    joined: list[_Part] = []
    for number, (old, new, same) in enumerate(spans):
        is_gap = same and number < len(spans) - 1 and not "".join(old).strip()
        if joined and not joined[-1][2] and (is_gap or not same):
            before = joined.pop()
            joined.append((before[0] + old, before[1] + new, False))
        else:
            joined.append((old, new, same))
    return joined


def _shown(tokens: Sequence[str], first: bool, last: bool) -> RichText:
    """Return what has not changed, without its middle, or its outer end, if it is long."""
    head = 0 if first else _CONTEXT
    tail = 0 if last else _CONTEXT
    if len(tokens) <= head + tail + _CONTEXT:
        return rich("".join(tokens))
    start, end = "".join(tokens[:head]).rstrip(), "".join(tokens[len(tokens) - tail :]).lstrip()
    return rich(f"{start} … {end}" if start and end else f"… {end}" if end else f"{start} …")


def _marked(tokens: Sequence[str], style: Style) -> RichText:
    text = "".join(tokens)
    inner = text.strip()
    if not inner:
        return rich(text)
    before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
    return rich(before, Span(style, (Text(inner),)), after)
