"""The files of which a DOCX file consists, written piece by piece, so that large tables take little time and memory.

The same document has the same bytes: there are no names, no dates, and nothing that others have left in a template.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from html import escape
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from bot.documents.inline import safe
from bot.documents.model import Document
from bot.documents.word.parts import Body, runs

_TEMPLATE = files("bot.documents.word") / "template"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = f'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="{_OFFICE}"'
_OWN = ("styles", "numbering", "settings")
_MARGIN = 1134
"""Twentieths of a point, as all lengths here: 2 cm."""


class Paper(NamedTuple):
    """The size of a page."""

    width: int
    height: int

    @property
    def text_width(self) -> int:
        """The width between the margins."""
        return self.width - 2 * _MARGIN


_A4, _LETTER = Paper(11906, 16838), Paper(12240, 15840)


async def to_docx(document: Document) -> bytes:
    """Return a document as a DOCX file, written in a thread."""
    return await asyncio.to_thread(write_docx, document)


def write_docx(document: Document) -> bytes:
    """Return a document as a DOCX file."""
    paper = _LETTER if document.on_letter else _A4
    if document.landscape:
        paper = Paper(paper.height, paper.width)
    words = {"title": escape(safe(document.title)), "language": document.language}
    body, file = Body(paper.text_width), BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as package:
        _add(package, "[Content_Types].xml", [_template("content_types")])
        _add(package, "_rels/.rels", [_template("rels")])
        _add(package, "docProps/core.xml", [_template("core", words)])
        _add(package, "word/document.xml", _document(document, body, paper))
        _add(package, "word/styles.xml", [_template("styles", words)])
        _add(package, "word/settings.xml", [_template("settings", words)])
        _add(package, "word/footer1.xml", [_footer(document, paper)])
        _add(package, "word/numbering.xml", [_template("numbering", {"numbers": body.numbers()})])
        _add(package, "word/_rels/document.xml.rels", [_relationships(body)])
    return file.getvalue()


def _add(package: ZipFile, name: str, texts: Iterator[str] | list[str]) -> None:
    info = ZipInfo(name)  # dated 1980
    info.compress_type = ZIP_DEFLATED
    with package.open(info, "w") as part:
        for text in texts:
            part.write(text.encode())


def _template(name: str, words: Mapping[str, str] | None = None) -> str:
    text = (_TEMPLATE / f"{name}.xml").read_text(encoding="utf-8")
    for key, value in (words or {}).items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _document(document: Document, body: Body, paper: Paper) -> Iterator[str]:
    yield f"{_HEAD}<w:document {_NAMESPACES}><w:body>"
    yield body.paragraph("Title", document.title)
    for part in document.parts:
        yield from body.write(part)
    turned = ' w:orient="landscape"' if document.landscape else ""
    sides = " ".join(f'w:{side}="{_MARGIN}"' for side in ("top", "right", "bottom", "left"))
    yield (
        f'<w:sectPr><w:footerReference w:type="default" r:id="footer"/>'
        f'<w:pgSz w:w="{paper.width}" w:h="{paper.height}"{turned}/>'
        f'<w:pgMar {sides} w:header="567" w:footer="567" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def _footer(document: Document, paper: Paper) -> str:
    words = document.numbering(_field("PAGE"), _field("NUMPAGES"))
    numbers = "".join(each if each.startswith("<") else runs(each) for each in words)
    return (
        f'{_HEAD}<w:ftr {_NAMESPACES}><w:p><w:pPr><w:pStyle w:val="Footer"/><w:tabs>'
        f'<w:tab w:val="right" w:pos="{paper.text_width}"/></w:tabs></w:pPr>'
        f"{runs(document.footer)}<w:r><w:tab/></w:r>{numbers}</w:p></w:ftr>"
    )


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _relationships(body: Body) -> str:
    own = (f'<Relationship Id="{name}" Type="{_OFFICE}/{name}" Target="{name}.xml"/>' for name in _OWN)
    links = (
        f'<Relationship Id="{id}" Type="{_OFFICE}/hyperlink" Target="{escape(url)}" TargetMode="External"/>'
        for url, id in body.links.items()
    )
    footer = f'<Relationship Id="footer" Type="{_OFFICE}/footer" Target="footer1.xml"/>'
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{_HEAD}<Relationships xmlns="{namespace}">{"".join(own)}{footer}{"".join(links)}</Relationships>'
