"""Convert Matrix HTML to rich text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.model import RichText, Style
from bot.text.characters import utf8_safe
from bot.text.flat import PLAIN, Look
from bot.text.html.attributes import Marks, address, language, shown_instead, start_number, target
from bot.text.html.elements import CODES, ENDS, HEADINGS, HIDDEN, LINES, LOOKS, STYLED, VOID
from bot.text.html.parts import CodeBlock, ListNumbers, TableReader
from bot.text.html.tokens import Tag, tokens, unescape
from bot.text.layout import Layout
from bot.text.maths import raised, readable
from bot.text.tree import nest

DEPTH = 100
"""Maximum nesting of elements, as the Matrix specification recommends; of deeper ones only the text is kept."""

STYLES = 500
"""Maximum number of elements that style, link, quote or hold code; of any more, which nobody writes by hand, only the
text is kept. Processing 64 kB of text then takes some hundredths of a second (trust: case 97)."""


def parse(html: str, base: str = "", marks: Marks | None = None) -> RichText:
    """Return the tree in normal form. Never raises; runs in linear time.

    `base`: the address against which links are resolved; without one, those that are relative become text. `marks`:
    what an address stands for that is none.
    """
    reader = _Reader(base, marks)
    reader.read(utf8_safe(html))
    return nest(reader.layout.end())


@dataclass(slots=True)
class _Element:
    """An open element. Its children inherit everything except `inert`, which marks an element without effect."""

    tag: str
    look: Look
    hidden: bool = False
    cell: bool = False
    raised: str = ""
    inert: bool = False

    def child(self, tag: str, *, inert: bool) -> _Element:
        return replace(self, tag=tag, inert=inert)


class _Reader:
    """Walks the elements of a source and lays out their text."""

    def __init__(self, base: str, marks: Marks | None) -> None:
        self.layout = Layout()
        self._base = base
        self._marks = marks
        self._open = [_Element("", PLAIN)]
        self._count: Counter[str] = Counter()
        self._styled = 0
        self._lists = ListNumbers()
        self._details: list[bool] = []
        """Whether what each of the open details hides has begun."""
        self._table: TableReader | None = None
        self._outside = self.layout
        """The layout of what is around the current cell."""
        self._pre: CodeBlock | None = None

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
            self._pre.add(text)
        elif top.look.code and not top.cell:
            self.layout.verbatim(text, top.look)
        else:
            self.layout.words(raised(text, top.raised) if top.raised else text, top.look)

    def _line(self, tag: str, *, closing: bool) -> None:
        top = self._open[-1]
        if self._pre is not None or top.hidden or not (tag in LINES or tag == "p" or tag in HEADINGS):
            return
        if top.cell:
            self.layout.space(top.look)
        elif tag in HEADINGS and not closing:
            self.layout.heading()
        elif tag != "p":
            self.layout.line()
        elif closing:
            self.layout.end_paragraph()
        else:
            self.layout.paragraph()

    def _start(self, tag: Tag) -> None:
        while self._open[-1].tag in ENDS.get(tag.name, ()):
            self._pop()
        self._line(tag.name, closing=False)
        if tag.name in VOID:
            self._void(tag)
            return
        self._styled += tag.name in STYLED
        inert = len(self._open) > DEPTH or (tag.name in STYLED and self._styled > STYLES)
        element = self._open[-1].child(tag.name, inert=inert)
        if not element.inert and not element.hidden:
            self._begin(element, tag)
        self._open.append(element)
        self._count[tag.name] += 1

    def _begin(self, element: _Element, tag: Tag) -> None:
        if style := LOOKS.get(tag.name):
            element.look = element.look._replace(styles=element.look.styles | {style})
        if begin := _BEGIN.get(tag.name):
            begin(self, element, tag)
        element.hidden = element.hidden or tag.name in HIDDEN

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
                self._text(shown_instead(tag))
            case "br" if top.hidden or top.cell or self._pre is not None:
                self._text("\n")
            case "br":
                self.layout.line_break(top.look)
            case "hr" if not (top.hidden or top.cell):
                self.layout.line()
                self._text("———")
                self.layout.line()

    def begin_link(self, element: _Element, tag: Tag) -> None:
        mark = self._marks(address(tag)) if self._marks else None
        if isinstance(mark, tuple):
            element.look = element.look._replace(moment=mark)
        elif found := mark or target(tag, self._base):
            element.look = element.look._replace(target=found)

    def begin_span(self, element: _Element, tag: Tag) -> None:
        attributes = tag.attributes()
        if (reason := attributes.get("data-mx-spoiler")) is not None:
            if reason.strip():
                self._text(f"({reason.strip()}) ")
            element.look = element.look._replace(styles=element.look.styles | {Style.SPOILER})
        if formula := attributes.get("data-mx-maths", "").strip():
            self._formula(element, formula)

    def _formula(self, element: _Element, latex: str) -> None:
        """Write a formula instead of what the element contains for clients that cannot show it."""
        text = readable(latex)
        if self._pre is None and not element.hidden:
            self.layout.verbatim(text or " ".join(latex.split()), element.look._replace(code=not text))
            element.hidden = True

    def begin_raised(self, element: _Element, tag: Tag) -> None:
        element.raised = tag.name

    def begin_code(self, element: _Element, tag: Tag) -> None:
        if self._pre is None:
            element.look = element.look._replace(code=True)
        else:
            self._pre.begin_code(language(tag))

    def end_code(self, _element: _Element) -> None:
        if self._pre is not None:
            self._pre.end_code()

    def begin_pre(self, element: _Element, tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None
        if not element.inert:
            self._pre = CodeBlock(language(tag))

    def end_pre(self, element: _Element) -> None:
        if self._pre is not None:
            self.layout.pre(self._pre.text, self._pre.language, element.look)
        self._pre = None

    def begin_quote(self, element: _Element, _tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None
        if not element.inert:
            self.layout.open_quote()

    def end_quote(self, _element: _Element) -> None:
        self.layout.close_quote()

    def begin_details(self, element: _Element, _tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None
        if not element.inert:
            self._details.append(False)

    def end_summary(self, element: _Element) -> None:
        if self._details and not self._details[-1] and self._pre is None and not element.cell:
            self.layout.open_quote(folded=True)
            self._details[-1] = True

    def end_details(self, _element: _Element) -> None:
        if self._details.pop():
            self.layout.close_quote()

    def begin_list(self, _element: _Element, tag: Tag) -> None:
        self._lists.begin(start_number(tag) if tag.name == "ol" else None)

    def end_list(self, _element: _Element) -> None:
        self._lists.end()
        self.layout.indent = self._lists.indent

    def begin_item(self, _element: _Element, _tag: Tag) -> None:
        if self._pre is None:
            self.layout.item(self._lists.item())
            self.layout.indent = self._lists.indent

    def end_item(self, _element: _Element) -> None:
        self.layout.indent = self._lists.indent[2:]

    def begin_table(self, element: _Element, _tag: Tag) -> None:
        element.inert = element.cell or self._pre is not None or self._table is not None
        if not element.inert:
            self._table = TableReader()

    def end_table(self, _element: _Element) -> None:
        if self._table is not None:
            self.layout.table(self._table.end())
        self._table = None

    def begin_row(self, element: _Element, _tag: Tag) -> None:
        if self._table is not None and not element.cell:
            self._table.begin_row()

    def begin_cell(self, element: _Element, _tag: Tag) -> None:
        element.inert = element.cell or self._table is None
        if element.cell:
            self.layout.space(element.look)
        elif not element.inert:
            element.cell = True
            self._outside, self.layout = self.layout, Layout()

    def end_cell(self, element: _Element) -> None:
        content, self.layout = self.layout.end(), self._outside
        if self._table is None:
            return
        if element.tag == "caption":
            self._table.set_caption(content)
        else:
            self._table.add_cell(content, head=element.tag == "th")


_BEGIN: dict[str, Callable[[_Reader, _Element, Tag], None]] = {
    **dict.fromkeys(("div", "span"), _Reader.begin_span),
    **dict.fromkeys(CODES, _Reader.begin_code),
    **dict.fromkeys(("ol", "ul"), _Reader.begin_list),
    **dict.fromkeys(("td", "th", "caption"), _Reader.begin_cell),
    **dict.fromkeys(("sup", "sub"), _Reader.begin_raised),
    "a": _Reader.begin_link,
    "pre": _Reader.begin_pre,
    "blockquote": _Reader.begin_quote,
    "details": _Reader.begin_details,
    "li": _Reader.begin_item,
    "table": _Reader.begin_table,
    "tr": _Reader.begin_row,
}
_END: dict[str, Callable[[_Reader, _Element], None]] = {
    **dict.fromkeys(CODES, _Reader.end_code),
    **dict.fromkeys(("ol", "ul"), _Reader.end_list),
    **dict.fromkeys(("td", "th", "caption"), _Reader.end_cell),
    "pre": _Reader.end_pre,
    "blockquote": _Reader.end_quote,
    "summary": _Reader.end_summary,
    "details": _Reader.end_details,
    "li": _Reader.end_item,
    "table": _Reader.end_table,
}
