r"""Rich text as a tree, independent of any messenger.

A text is a tuple of nodes. Inline nodes contain their line breaks as "\n" in their
strings. `Pre` and `Quote` are blocks: the line break between a block and its
neighbour is *not* in the tree; the renderer adds it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bot.model.ids import Account


class Style(StrEnum):
    """The style of a `Span`."""

    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    SPOILER = "spoiler"


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text; never markup of any messenger."""

    text: str


@dataclass(frozen=True, slots=True)
class Span:
    """Styled inline text."""

    style: Style
    children: RichText


@dataclass(frozen=True, slots=True)
class Code:
    """Inline code."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Text linked to `url` (http, https, mailto, tel, tg or matrix)."""

    url: str
    children: RichText


@dataclass(frozen=True, slots=True)
class Mention:
    """An account mentioned in the text; `Post.mentions` determines who is notified."""

    account: Account
    children: RichText


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time (`unix`: seconds, UTC), with a text for clients that cannot localise it.

    `format`: how clients that can show it instead (Bot API, "Date-time entity formatting"); empty: as the text.
    """

    unix: int
    text: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class Pre:
    """A code block; `language` may be empty."""

    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quotation; a `folded` one shows its first lines until expanded."""

    children: RichText
    folded: bool = False


Node: TypeAlias = Text | Span | Code | Link | Mention | Moment | Pre | Quote
RichText: TypeAlias = tuple[Node, ...]


def rich(*parts: str | Node) -> RichText:
    """Build a text from strings and nodes: `rich("Hello ", bold("Anna"))`. Empty strings are dropped."""
    return tuple(Text(part) if isinstance(part, str) else part for part in parts if part != "")


def bold(*parts: str | Node) -> Span:
    """Return the parts in bold."""
    return Span(Style.BOLD, rich(*parts))


def plain(text: Iterable[Node]) -> str:
    """Return the plain text, with blocks separated by line breaks."""
    out = ""
    after_block = False
    for node in text:
        piece = node.text if isinstance(node, Text | Code | Moment | Pre) else plain(node.children)
        block = isinstance(node, Pre | Quote)
        out += ("\n" if out and (block or after_block) else "") + piece
        after_block = block
    return out
