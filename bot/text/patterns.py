"""The patterns of translatable texts, as trees.

A pattern has `{name}` placeholders, `*bold*` and `` `code` ``; escape `*`, `` ` `` and backslashes with a backslash,
and double a brace.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{name}` in a pattern."""

    name: str


@dataclass(frozen=True, slots=True)
class Bold:
    """`*…*` in a pattern."""

    parts: Pattern


@dataclass(frozen=True, slots=True)
class Fixed:
    """Code in a pattern."""

    parts: Pattern


Part: TypeAlias = str | Placeholder | Bold | Fixed
Pattern: TypeAlias = tuple[Part, ...]

_PIECE = re.compile(
    r"""
      \\(?P<escaped>[*`\\])
    | (?P<brace>\{\{|\}\})
    | \{(?P<name>[a-z][a-z0-9_]*)\}
    | `(?P<code>[^`]+)`
    | \*(?P<bold>(?:\\.|`[^`]+`|[^*`\\])+)\*
    | (?P<text>[^\\{}`*]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_BARE = re.compile(r"(?P<brace>\{\{|\}\})|\{(?P<name>[a-z][a-z0-9_]*)\}|(?P<text>[^{}]+)")


@lru_cache(maxsize=4096)
def parse(pattern: str) -> Pattern:
    """Parse a pattern. Raises ValueError for unbalanced braces or marks."""
    return tuple(_pieces(pattern, _PIECE))


def placeholders(pattern: str) -> frozenset[str]:
    """Return the names of a pattern's placeholders. Raises ValueError."""
    return frozenset(_names(parse(pattern)))


def _names(parts: Pattern) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Placeholder):
            yield part.name
        elif isinstance(part, Bold | Fixed):
            yield from _names(part.parts)


def _pieces(pattern: str, grammar: re.Pattern[str]) -> Iterator[Part]:
    at = 0
    while at < len(pattern):
        piece = grammar.match(pattern, at)
        if piece is None:
            raise ValueError(f"{pattern[at]!r} at {at} has no partner in {pattern!r}")
        at = piece.end()
        yield _piece(str(piece.lastgroup), piece[str(piece.lastgroup)])


def _piece(kind: str, inner: str) -> Part:
    match kind:
        case "name":
            return Placeholder(inner)
        case "bold":
            return Bold(parse(inner))
        case "code":
            return Fixed(tuple(_pieces(inner, _BARE)))
        case "brace":
            return inner[0]
        case _:
            return inner
