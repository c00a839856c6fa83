"""Convert Matrix HTML to rich text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote, urljoin

from bot.model import Account, RichText, Style
from bot.text.addresses import clean_url
from bot.text.characters import utf8_safe
from bot.text.flat import PLAIN, Look
from bot.text.html.layout import Layout
from bot.text.html.tokens import Tag, tokens, unescape
from bot.text.tree import nest

DEPTH = 100
"""Maximum nesting of elements, as the Matrix specification recommends; of deeper ones only the text is kept."""

STYLES = 500
"""Maximum number of elements that style, link, quote or hold code; of any more, which nobody writes by hand, only the
text is kept. Processing 64 kB of text then takes some hundredths of a second (trust: case 97)."""

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_STYLES = {
    **dict.fromkeys(("b", "strong", "th", "summary", *_HEADINGS), Style.BOLD),
    **dict.fromkeys(("i", "em"), Style.ITALIC),
    **dict.fromkeys(("u", "ins"), Style.UNDERLINE),
    **dict.fromkeys(("s", "del", "strike"), Style.STRIKE),
}
_LISTS = frozenset({"ul", "ol", "li", "dt", "dd"})
_TABLES = frozenset({"table", "caption", "thead", "tbody", "tr"})
_LINES = _HEADINGS | _LISTS | _TABLES | {"div", "details", "summary", "section", "article"}
_VOID = frozenset({"br", "hr", "img", "wbr", "input", "meta", "link", "area", "col", "source"})
_STYLED = frozenset({*_STYLES, "a", "span", "code", "tt", "pre", "blockquote"})
_HIDDEN = frozenset({"mx-reply", "head", "title", "template", "select", "textarea", "object", "iframe", "svg"})
_ENDS = {
    **{tag: frozenset({tag}) for tag in ("li", "p")},
    **dict.fromkeys(("td", "th"), frozenset({"td", "th"})),
    **dict.fromkeys(("dt", "dd"), frozenset({"dt", "dd"})),
    "tr": frozenset({"td", "th", "tr"}),
}
"""Open elements that are implicitly closed by the start of one with this name."""

_BULLETS = "•◦▪"
_RAISED = {
    "sup": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "sub": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}
_USER = re.compile(r"(?:https?://matrix\.to/#/(?:@|%40)|matrix:u/)([^/?#]+)", re.IGNORECASE)
_LANGUAGE = re.compile(r"(?:^|\s)language-(\S+)")


def parse(html: str, base: str = "") -> RichText:
    """Return the tree in normal form. Never raises; runs in linear time.

    `base`: the address against which links are resolved; without one, those that are relative become text.
    """
    reader = _Reader(base)
    reader.read(utf8_safe(html))
    return nest(reader.layout.end())


@dataclass(slots=True)
class _Element:
    """An open element. Its children inherit everything except `inert`, which marks an element without effect."""

    tag: str
    look: Look
    hidden: bool = False
    cell: bool = False
    inert: bool = False

    def child(self, tag: str, *, inert: bool) -> _Element:
        return _Element(tag, self.look, self.hidden, self.cell, inert)


class _Reader:
    """Walks the elements of a source and lays out their text."""

    def __init__(self, base: str = "") -> None:
        self.layout = Layout()
        self._base = base
        self._open = [_Element("", PLAIN)]
        self._count: Counter[str] = Counter()
        self._styled = 0
        self._numbers: list[int | None] = []
        """The number of the next item for each open list; None for bullets."""
        self._rows = [False]
        """Whether each open table row already has a cell."""
        self._pre: list[str] | None = None
        self._language = ""

    def read(self, source: str) -> None:
        for token in tokens(source):
            if isinstance(token, str):
                self._text(unescape(token))
            elif token.closing:
                self._close(token.name)
            else:
                self._start(token)
        while len(self._open) > 1:
            self._pop()

    def _text(self, text: str) -> None:
        top = self._open[-1]
        if top.hidden:
            return
        if self._pre is not None:
            self._pre.append(text)
        elif top.look.code and not top.cell:
            self.layout.verbatim(text, top.look)
        else:
            self.layout.words(_raised(text, top.tag), top.look)

    def _line(self, tag: str, *, closing: bool) -> None:
        top = self._open[-1]
        if self._pre is not None or top.hidden or not (tag in _LINES or tag == "p"):
            return
        if top.cell:
            self.layout.space(top.look)
        elif tag != "p":
            self.layout.line()
        elif closing:
            self.layout.end_paragraph()
        else:
            self.layout.paragraph()

    def _start(self, tag: Tag) -> None:
        while self._open[-1].tag in _ENDS.get(tag.name, ()):
            self._pop()
        self._line(tag.name, closing=False)
        if tag.name in _VOID:
            self._void(tag)
            return
        self._styled += tag.name in _STYLED
        inert = len(self._open) > DEPTH or (tag.name in _STYLED and self._styled > STYLES)
        element = self._open[-1].child(tag.name, inert=inert)
        if not element.inert and not element.hidden:
            self._begin(element, tag)
        self._open.append(element)
        self._count[tag.name] += 1

    def _begin(self, element: _Element, tag: Tag) -> None:
        if style := _STYLES.get(tag.name):
            element.look = element.look._replace(styles=element.look.styles | {style})
        if begin := _BEGIN.get(tag.name):
            begin(self, element, tag)
        element.hidden = tag.name in _HIDDEN

    def _close(self, tag: str) -> None:
        if self._count[tag]:
            while self._pop() != tag:
                pass

    def _pop(self) -> str:
        element = self._open.pop()
        self._count[element.tag] -= 1
        if not element.inert and not self._open[-1].hidden and (end := _END.get(element.tag)):
            end(self, element)
        self._line(element.tag, closing=True)
        return element.tag

    def _void(self, tag: Tag) -> None:
        top = self._open[-1]
        match tag.name:
            case "img":
                attributes = tag.attributes()
                self._text(attributes.get("alt") or attributes.get("title", ""))
            case "br" if top.hidden or top.cell or self._pre is not None:
                self._text("\n")
            case "br":
                self.layout.line_break(top.look)
            case "hr" if not top.hidden:
                self.layout.line()
                self._text("———")
                self.layout.line()

    def begin_link(self, element: _Element, tag: Tag) -> None:
        target = _target(tag.attributes().get("href", ""), self._base)
        if target:
            element.look = element.look._replace(target=target)

    def begin_span(self, element: _Element, tag: Tag) -> None:
        reason = tag.attributes().get("data-mx-spoiler")
        if reason is None:
            return
        if reason.strip():
            self._text(f"({reason.strip()}) ")
        element.look = element.look._replace(styles=element.look.styles | {Style.SPOILER})

    def begin_code(self, element: _Element, tag: Tag) -> None:
        if self._pre is None:
            element.look = element.look._replace(code=True)
        else:
            self._language = self._language or _language(tag)

    def begin_pre(self, element: _Element, tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None
        if not element.inert:
            self._pre, self._language = [], _language(tag)

    def end_pre(self, element: _Element) -> None:
        self.layout.pre("".join(self._pre or ()), self._language, element.look)
        self._pre = None

    def begin_quote(self, element: _Element, _tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None
        if not element.inert:
            self.layout.open_quote()

    def end_quote(self, _element: _Element) -> None:
        self.layout.close_quote()

    def begin_list(self, _element: _Element, tag: Tag) -> None:
        self._numbers.append(_start_number(tag) if tag.name == "ol" else None)

    def end_list(self, _element: _Element) -> None:
        self._numbers.pop()

    def begin_item(self, _element: _Element, _tag: Tag) -> None:
        if self._pre is not None:
            return
        level = max(len(self._numbers) - 1, 0)
        number = self._numbers[-1] if self._numbers else None
        if number is not None:
            self._numbers[-1] = number + 1
        sign = _BULLETS[min(level, len(_BULLETS) - 1)] if number is None else f"{number}."
        self.layout.item("  " * level + sign + " ")

    def begin_row(self, _element: _Element, _tag: Tag) -> None:
        self._rows.append(False)

    def end_row(self, _element: _Element) -> None:
        self._rows.pop()

    def begin_cell(self, element: _Element, _tag: Tag) -> None:
        if self._rows[-1]:
            self._text(" | ")
        self._rows[-1] = element.cell = True


def _raised(text: str, tag: str) -> str:
    table = _RAISED.get(tag)
    return text.translate(table) if table and all(ord(char) in table for char in text) else text


def _target(href: str, base: str) -> str | Account:
    """Return the account that a link mentions, otherwise its address, or "" if its scheme is not supported."""
    if match := _USER.match(href):
        try:
            return Account.parse("matrix:@" + unquote(match[1]))
        except ValueError:
            pass  # not a valid account, but it may still be a usable link
    try:
        return clean_url(urljoin(base, href.strip()) if base else href)
    except ValueError:
        return ""


def _language(tag: Tag) -> str:
    match = _LANGUAGE.search(tag.attributes().get("class", ""))
    return match[1] if match else ""


def _start_number(tag: Tag) -> int:
    start = tag.attributes().get("start", "").strip()
    return int(start) if re.fullmatch(r"-?[0-9]{1,9}", start) else 1


_BEGIN: dict[str, Callable[[_Reader, _Element, Tag], None]] = {
    "a": _Reader.begin_link,
    "span": _Reader.begin_span,
    "code": _Reader.begin_code,
    "tt": _Reader.begin_code,
    "pre": _Reader.begin_pre,
    "blockquote": _Reader.begin_quote,
    "ol": _Reader.begin_list,
    "ul": _Reader.begin_list,
    "li": _Reader.begin_item,
    "tr": _Reader.begin_row,
    "td": _Reader.begin_cell,
    "th": _Reader.begin_cell,
}
_END: dict[str, Callable[[_Reader, _Element], None]] = {
    "pre": _Reader.end_pre,
    "blockquote": _Reader.end_quote,
    "ol": _Reader.end_list,
    "ul": _Reader.end_list,
    "tr": _Reader.end_row,
}
