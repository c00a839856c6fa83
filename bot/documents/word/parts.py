"""The parts of a document as elements of WordprocessingML. The order of the elements is that of the schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import islice

from bot.documents.inline import Piece, pieces, safe
from bot.documents.model import BodyText, Content, Fields, Heading, Items, Part, Table
from bot.model import Style

_STYLES = ((Style.BOLD, "<w:b/>"), (Style.ITALIC, "<w:i/>"), (Style.STRIKE, "<w:strike/>"))
_CODE = '<w:rFonts w:ascii="Courier New" w:hAnsi="Courier New" w:cs="Courier New"/>'
_BREAKS = re.compile(r"([\n\t])")
_ROWS = 500
"""Rows that are written at once."""
_TABLE_END = '<w:p><w:pPr><w:pStyle w:val="TableEnd"/></w:pPr></w:p>'


def runs(content: Content) -> str:
    """Return content as runs, without links."""
    if isinstance(content, str):
        text = safe(content)
        return f"<w:r>{_characters(text)}</w:r>" if text else ""
    return "".join(map(_run, pieces(content)))


def _run(piece: Piece) -> str:
    properties = '<w:rStyle w:val="Hyperlink"/>' if piece.url else ""
    properties += _CODE if piece.code else ""
    properties += "".join(mark for style, mark in _STYLES if style in piece.styles)
    properties += '<w:u w:val="single"/>' if Style.UNDERLINE in piece.styles else ""
    properties += f'<w:lang w:val="{escape(piece.language)}"/>' if piece.language else ""
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{properties}{_characters(piece.text)}</w:r>"


def _characters(text: str) -> str:
    if "\n" not in text and "\t" not in text:
        return f'<w:t xml:space="preserve">{escape(text, quote=False)}</w:t>'
    signs = {"\n": "<w:br/>", "\t": "<w:tab/>"}
    return "".join(signs.get(each) or _characters(each) for each in _BREAKS.split(text) if each)


class Body:
    """Writes the parts, and remembers what the package has to declare besides."""

    def __init__(self, width: int) -> None:
        """`width` of the text, in twentieths of a point."""
        self.links: dict[str, str] = {}
        """The ids of the addresses that are linked."""
        self._width = width
        self._lists = 1

    def write(self, part: Part) -> Iterator[str]:
        """Yield the elements of a part."""
        match part:
            case Heading():
                yield self.paragraph(f"Heading{part.level}", part.text)
            case BodyText():
                yield self.paragraph("Remark" if part.small else "Normal", part.text)
            case Items():
                yield from self._items(part)
            case Fields():
                rows = ([(label, "TableHeading"), (content, "TableText")] for label, content in part.rows)
                yield from self._table(rows, (27, 73), "FieldTable")
            case Table():
                yield from self._full_table(part)

    def paragraph(self, style: str, content: Content, properties: str = "") -> str:
        """Return a paragraph; `properties`: more elements that follow its style."""
        inner = runs(content) if isinstance(content, str) else "".join(map(self._linked, pieces(content)))
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{inner}</w:p>'

    def numbers(self) -> str:
        """Return the numbered lists that were written: each begins at 1."""
        again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
        return "".join(
            f'<w:num w:numId="{id}"><w:abstractNumId w:val="1"/>{again}</w:num>' for id in range(2, self._lists + 1)
        )

    def _items(self, part: Items) -> Iterator[str]:
        style, number = "ListBullet", ""
        if part.numbered:
            self._lists += 1
            style, number = "ListNumber", f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{self._lists}"/></w:numPr>'
        for item in part.items:
            yield self.paragraph(style, item, number)

    def _full_table(self, part: Table) -> Iterator[str]:
        header = [[(each, "TableHeading") for each in part.header]]
        rows = ([(each, "TableText") for each in row] for row in part.rows)
        yield from self._table(rows, part.widths or [1] * len(part.header), "TableGrid", header)

    def _table(
        self,
        rows: Iterable[Sequence[tuple[Content, str]]],
        widths: Sequence[int],
        style: str,
        header: Sequence[Sequence[tuple[Content, str]]] = (),
    ) -> Iterator[str]:
        """Yield a table of cells with the styles of their paragraphs; `header`: rows that each page repeats."""
        columns = [self._width * each // sum(widths) for each in widths]
        grid = "".join(f'<w:gridCol w:w="{each}"/>' for each in columns)
        look = f'<w:tblLook w:firstRow="{int(bool(header))}" w:noHBand="1" w:noVBand="1"/>'
        yield (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(columns)}" w:type="dxa"/>'
            f'<w:tblLayout w:type="fixed"/>{look}</w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
        )
        begins = [f'<w:tc><w:tcPr><w:tcW w:w="{each}" w:type="dxa"/></w:tcPr>' for each in columns]
        for row in header:
            yield self._row(row, begins, "<w:cantSplit/><w:tblHeader/>")
        written = (self._row(row, begins, "<w:cantSplit/>") for row in rows)
        while some := "".join(islice(written, _ROWS)):
            yield some
        yield f"</w:tbl>{_TABLE_END}"

    def _row(self, row: Sequence[tuple[Content, str]], begins: Sequence[str], properties: str) -> str:
        cells = (
            f"{begin}{self.paragraph(style, content)}</w:tc>"
            for begin, (content, style) in zip(begins, row, strict=True)
        )
        return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"

    def _linked(self, piece: Piece) -> str:
        if not piece.url:
            return _run(piece)
        id = self.links.setdefault(piece.url, f"link{len(self.links) + 1}")
        return f'<w:hyperlink r:id="{id}">{_run(piece)}</w:hyperlink>'
