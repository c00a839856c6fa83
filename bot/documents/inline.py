"""Rich text as every format shows it: one paragraph of pieces, with the plainest of looks.

Quotations are in italics, mentions are names, spoilers are shown. Only http, https and mailto addresses are linked, and
none behind a text that shows another one. Characters that XML does not allow are removed (trust: case 150).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from yarl import URL

from bot.documents.model import Content, Phrase
from bot.model import Code, Link, Mention, Moment, Node, Pre, Quote, Span, Style, Text, plain
from bot.text.addresses import clean_url, misleads, same_address
from bot.text.characters import clean_text

_LINKED = re.compile(r"https?://[\w.-]+(:\d{1,5})?([/?#].*)?|mailto:[^@/]+@[\w.-]+(\?.*)?", re.ASCII)
_NONCHARACTERS = re.compile("[\ufffe\uffff]")


class Piece(NamedTuple):
    r"""Characters that look alike; "\n" is a line break. `url`: what they link to; `language`: as in `Phrase`."""

    text: str
    styles: frozenset[Style] = frozenset()
    code: bool = False
    url: str = ""
    language: str = ""


def pieces(content: Content) -> Iterator[Piece]:
    """Yield the pieces of a content."""
    nodes = (Text(content),) if isinstance(content, str) else content
    ended = True
    for piece in _pieces(nodes, Piece("")):
        text = safe(piece.text)
        if text == "\n" and ended:
            continue  # between two blocks, or before the first one
        if text:
            yield piece._replace(text=text)
            ended = text.endswith("\n")


def safe(text: str) -> str:
    """Return a text without the characters that XML does not allow, and with plain line breaks."""
    return text if text.isprintable() else _NONCHARACTERS.sub("", clean_text(text))


def _pieces(nodes: Iterable[Node | Phrase], like: Piece) -> Iterator[Piece]:
    for node in nodes:
        match node:
            case Phrase():
                yield from _pieces(node.text, like._replace(language=node.language))
            case Text() | Moment():
                yield like._replace(text=node.text)
            case Code():
                yield like._replace(text=node.text, code=True)
            case Pre():
                yield from _block([like._replace(text=node.text, code=True)])
            case Quote():
                yield from _block(_pieces(node.children, _styled(like, Style.ITALIC)))
            case Span():
                yield from _pieces(node.children, _styled(like, node.style))
            case Mention():
                yield from _pieces(node.children, like)
            case Link():
                yield from _linked(node, like)


def _block(inside: Iterable[Piece]) -> Iterator[Piece]:
    yield Piece("\n")
    yield from inside
    yield Piece("\n")


def _styled(piece: Piece, style: Style) -> Piece:
    return piece if style is Style.SPOILER else piece._replace(styles=piece.styles | {style})


def _linked(link: Link, like: Piece) -> Iterator[Piece]:
    url, shown = _address(link.url), plain(link.children)
    if url and not misleads(shown, link.url):
        yield from _pieces(link.children, like._replace(url=url))
        return
    yield from _pieces(link.children, like)
    if not same_address(shown, link.url):
        yield like._replace(text=f" ({link.url})")


def _address(url: str) -> str:
    """Return an address in ASCII, or nothing if it is not one that Word accepts: it takes the whole file for broken."""
    try:
        encoded = str(URL(clean_url(url)))
    except ValueError:
        return ""
    return encoded if _LINKED.fullmatch(encoded) else ""
