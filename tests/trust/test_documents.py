"""Documents: what people write is text in every format, and links lead where they say (case 150)."""

from __future__ import annotations

import re
from io import BytesIO
from xml.etree import ElementTree as ET
from zipfile import ZipFile

from bot.documents import BodyText, Document, Fields, Heading, Items, Table, to_html, to_markdown
from bot.documents.word import write_docx
from bot.model import Link, RichText, rich

WORDS = '<script>x</script>]]>&amp; | `#` \x00\x0b\x1b\ud800\uffff " onload=x \r\n# Title\n| a | b |'
LINKS: RichText = (
    Link("javascript:alert(1)", rich("click")),
    Link("file:///etc/passwd", rich("file")),
    Link('https://evil.test/"><script>', rich("https://bank.test")),
    Link("https://good.test/a?b=1&c=2", rich("good")),
)


def document() -> Document:
    everywhere = (Heading(WORDS), BodyText(WORDS), Items((WORDS, LINKS)), Fields([(WORDS, WORDS)]))
    return Document(WORDS, "en_GB", (*everywhere, Table((WORDS,), [(WORDS,), (LINKS,)])), footer=WORDS)


def is_well_formed(xml: bytes) -> bool:
    try:
        ET.fromstring(xml)  # noqa: S314 - our own, and there are no entities
    except ET.ParseError:
        return False
    return True


async def test_case_150_a_docx_is_well_formed_whatever_people_write() -> None:
    package = ZipFile(BytesIO(write_docx(document())))
    assert [name for name in package.namelist() if not is_well_formed(package.read(name))] == []
    assert b"<!" not in b"".join(map(package.read, package.namelist()))


async def test_case_150_links_of_a_docx_lead_where_they_say() -> None:
    relations = ZipFile(BytesIO(write_docx(document()))).read("word/_rels/document.xml.rels").decode()
    assert re.findall('Target="([^"]*)" TargetMode="External"', relations) == ["https://good.test/a?b=1&amp;c=2"]


async def test_case_150_a_page_has_no_markup_of_people() -> None:
    page = to_html(document()).decode()
    assert set(re.findall(r"<(script|a|img)\b[^>]*>", page)) == {"a"}
    assert set(re.findall('href="([^"]*)"', page)) == {"https://good.test/a?b=1&amp;c=2"}
    assert not re.search("[\x00-\x08\x0b-\x1f\ud800-\udfff\uffff]", page)


async def test_case_150_markdown_has_no_markup_of_people() -> None:
    text = to_markdown(document()).decode()
    assert "<script" not in text.replace("\\<script", "")
    assert re.findall(r"\]\(<([^>]*)>\)", text) == ["https://good.test/a?b=1&c=2"] * 2
