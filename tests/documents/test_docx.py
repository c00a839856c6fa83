"""Documents as DOCX: what a reader of the format finds in them."""

from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordDocument
from docx.shared import Mm

from bot.documents import BodyText, Document, Table, to_docx
from bot.documents.word import write_docx
from tests.documents.samples import everything

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(document: Document) -> WordDocument:
    return docx.Document(BytesIO(write_docx(document)))


def part(document: Document, name: str) -> str:
    return ZipFile(BytesIO(write_docx(document))).read(name).decode()


def test_headings_lists_and_texts_have_the_styles_that_word_processors_know() -> None:
    styles = [(each.style.name if each.style else "", each.text) for each in opened(everything()).paragraphs]
    assert [each for each in styles if each[1]] == [
        ("Title", "Protokoll & <mehr>"),
        ("Remark", "Arbeitsfassung"),
        ("Heading 1", "Sitzung"),
        ("Heading 2", "Beschlüsse"),
        ("List Number", "Eins: Plant trees"),
        (
            "List Number",
            "gutpostanruf (tel:+491)https://bank.example (https://evil.example)kaputt (https://[x)MehmetAuflösung",
        ),
        ("List Number", "noch eins"),
        ("List Bullet", "abcd\ufffde\nf".replace("cd", "c\nd")),
    ]


def test_each_numbered_list_begins_at_1() -> None:
    numbers = [each.get(f"{W}val") for each in opened(everything()).element.body.iter(f"{W}numId")]
    assert numbers == ["2", "2", "3"]
    assert part(everything(), "word/numbering.xml").count("<w:startOverride") == 2


def test_tables_repeat_their_header_and_rows_stay_whole() -> None:
    fields, table = opened(everything()).tables
    assert [[cell.text for cell in row.cells] for row in fields.rows] == [
        ["Ort", "Rathaus\nZimmer 2"],
        ["Leitung", "Anna Köln"],
    ]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Nr.", "Was"],
        ["1", "=1+1"],
        ["2", "x|y\nso\na\nb\n"],
    ]
    assert [row._tr.find(f"{W}trPr/{W}tblHeader") is not None for row in table.rows] == [True, False, False]
    assert all(row._tr.find(f"{W}trPr/{W}cantSplit") is not None for row in table.rows)


@pytest.mark.parametrize(
    ("locale", "landscape", "size"),
    [
        ("de_DE", False, (210, 297)),
        ("en_GB", False, (210, 297)),
        ("en_US", False, (216, 279)),
        ("de_AT", True, (297, 210)),
    ],
)
def test_paper_is_that_of_the_territory(locale: str, landscape: bool, size: tuple[int, int]) -> None:
    (section,) = opened(everything(locale, landscape=landscape)).sections
    assert section.page_width
    assert section.page_height
    assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == size


@pytest.mark.parametrize(("locale", "language"), [("de_AT", "de-AT"), ("en_US", "en-US"), ("fr_FR", "en-GB")])
def test_spelling_is_checked_in_the_language_of_the_document(locale: str, language: str) -> None:
    document = everything(locale)
    assert f'<w:lang w:val="{language}"/>' in part(document, "word/styles.xml")
    assert opened(document).core_properties.language == language
    assert '<w:lang w:val="en"/></w:rPr><w:t xml:space="preserve">Plant trees' in part(document, "word/document.xml")


def test_pages_are_numbered_in_the_language_of_the_document() -> None:
    footer = opened(everything()).sections[0].footer.paragraphs[0]
    texts = [each.text or "" for each in footer._p.iter(f"{W}t")]
    assert "".join(texts) == "Köln – IndianapolisSeite 1 von 1"
    assert re.findall(r'w:instr=" (\w+) "', part(everything(), "word/footer1.xml")) == ["PAGE", "NUMPAGES"]


def test_only_addresses_that_word_accepts_are_linked() -> None:
    items = opened(everything()).paragraphs
    assert [link.address for each in items for link in each.hyperlinks] == [
        "https://xn--kln-sna.de/a%20b?c=%C3%A4",
        "mailto:a@b.example",
    ]


def test_properties_name_nobody_and_no_date() -> None:
    properties = opened(everything()).core_properties
    assert properties.title == "Protokoll & <mehr>"
    assert (properties.author, properties.last_modified_by, properties.comments, properties.created) == (
        "",
        "",
        "",
        None,
    )
    package = ZipFile(BytesIO(write_docx(everything())))
    assert not [each for each in package.namelist() if re.search("thumbnail|custom|app", each)]
    assert {each.date_time for each in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


async def test_the_same_document_has_the_same_bytes() -> None:
    assert await to_docx(everything()) == await to_docx(replace(everything()))


def test_large_tables_are_whole() -> None:
    rows = [(str(number), "Text") for number in range(1201)]
    xml = part(Document("T", "de_DE", (Table(("a", "b"), rows), BodyText(""))), "word/document.xml")
    assert xml.count("<w:tr>") == 1202
