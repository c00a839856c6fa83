"""What a document consists of, for every format."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from bot.model import Node, RichText
from bot.text.catalogue import LocaleContext, _, render
from bot.text.languages import cldr

_LETTER = frozenset({"BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"})
"""Territories whose paper is US Letter (CLDR); the others use A4."""
_PAGE, _PAGES = "\ue000", "\ue001"


class Phrase(NamedTuple):
    """Text in another language than its document: `language` is a tag, `de` or `de-DE`."""

    text: RichText
    language: str


Content: TypeAlias = str | tuple[Node | Phrase, ...]
"""Plain text, or rich text in which there may be phrases. A line break is one."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of what follows; `level` 1 is the highest below the title."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class BodyText:
    """A paragraph; a `small` one is a remark."""

    text: Content
    small: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    """A list, numbered from 1 or with bullets."""

    items: Sequence[Content]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Labels, each with what belongs to it."""

    rows: Sequence[tuple[str, Content]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each row has as many cells as the header. `widths`: of the columns, in proportion; empty: all alike."""

    header: Sequence[str]
    rows: Iterable[Sequence[Content]]
    widths: Sequence[int] = ()


Part: TypeAlias = Heading | BodyText | Items | Fields | Table


@dataclass(frozen=True, slots=True)
class Document:
    """A document for readers of a locale (`de_DE`), which determines its language and the size of the paper.

    `footer` is shown at the bottom of each page beside its number. `landscape`: for wide tables.
    """

    title: str
    locale: str
    parts: Sequence[Part]
    footer: str = ""
    landscape: bool = False

    @property
    def language(self) -> str:
        """The tag of the language that its own words are in, with a territory: `de-DE`."""
        return str(cldr(self.locale)).replace("_", "-")

    @property
    def on_letter(self) -> bool:
        """Whether it is printed on US Letter instead of A4."""
        return self.locale.replace("-", "_").rpartition("_")[2].upper() in _LETTER

    def numbering(self, page: str, pages: str) -> list[str]:
        """Return the words around the number of a page, with `page` and `pages` in the place of the numbers."""
        pattern = _("Page {page} of {pages}", page=_PAGE, pages=_PAGES)
        words = "".join(each.text for each in render(pattern, LocaleContext(self.locale)) if hasattr(each, "text"))
        return [{_PAGE: page, _PAGES: pages}.get(each, each) for each in _split(words)]


def _split(words: str) -> list[str]:
    return [each for each in words.replace(_PAGE, f"\0{_PAGE}\0").replace(_PAGES, f"\0{_PAGES}\0").split("\0") if each]
