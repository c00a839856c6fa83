"""Documents as HTML and Markdown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from bot.documents import to_html, to_markdown
from tests.documents.samples import everything


class Elements(HTMLParser):
    """The start tags of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def page(locale: str = "de_DE") -> str:
    return to_html(everything(locale)).decode()


def test_a_page_loads_and_runs_nothing() -> None:
    tags = Elements(page()).found
    assert {tag for tag, _attributes in tags}.isdisjoint({"script", "img", "link", "iframe", "form"})
    assert "default-src 'none'; style-src 'unsafe-inline'" in page()
    links = [attributes["href"] for tag, attributes in tags if tag == "a"]
    assert links == ["https://xn--kln-sna.de/a%20b?c=%C3%A4", "mailto:a@b.example"]


def test_a_page_is_read_aloud_well() -> None:
    tags = Elements(page("de_AT")).found
    assert ("html", {"lang": "de-AT"}) in tags
    assert ("span", {"lang": "en"}) in tags
    assert [tag for tag, _attributes in tags if re.fullmatch("h[1-6]", tag)] == ["h1", "h2", "h3"]
    assert [attributes for tag, attributes in tags if tag == "th"] == [{"scope": "col"}] * 2
    assert {"data-label": "Nr."} in [attributes for tag, attributes in tags if tag == "td"]


@pytest.mark.parametrize(("locale", "size"), [("de_DE", "A4"), ("en_US", "letter")])
def test_a_page_is_printed_on_the_paper_of_its_readers(locale: str, size: str) -> None:
    assert f"@page{{size:{size};" in page(locale)


def test_nothing_that_people_typed_is_markup() -> None:
    assert "<h1>Protokoll &amp; &lt;mehr&gt;</h1>" in page()
    assert "abc<br>d\ufffde<br>f</li>" in page()


def test_markdown() -> None:
    assert to_markdown(everything()).decode() == (
        "# Protokoll \\& \\<mehr\\>\n\n"
        "Arbeitsfassung\n\n"
        "## Sitzung\n\n"
        "- **Ort:** Rathaus\\\n  Zimmer 2\n- **Leitung:** Anna **Köln**\n\n"
        "### Beschlüsse\n\n"
        "1. **Eins:** Plant trees\n"
        "2. [gut](<https://xn--kln-sna.de/a%20b?c=%C3%A4>)[post](<mailto:a@b.example>)anruf \\(tel:\\+491\\)"
        "https://bank\\.example \\(https://evil\\.example\\)kaputt \\(https://\\[x\\)MehmetAuflösung\n\n"
        "1. noch eins\n\n"
        "- abc\\\n  d\ufffde\\\n  f\n\n"
        "| Nr\\. | Was |\n| --- | --- |\n| 1 | \\=1\\+1 |\n| 2 | ` x|y `<br>*so*<br>a<br>b<br> |\n\n"
        "---\n\nKöln – Indianapolis\n"
    )
