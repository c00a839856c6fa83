"""Tables of Matrix HTML as they are read on a phone."""

from __future__ import annotations

import pytest

from bot.model import Link, Pre, RichText, Span, Style, Text, bold, plain, rich
from bot.text.grid import WIDTH
from bot.text.html import parse
from bot.text.tree import normalise

HEAD = "<table><caption>Votes</caption><thead><tr><th>City</th><th>Votes</th><th>Share</th></tr></thead>"


def test_a_narrow_table_is_aligned() -> None:
    rows = "<tr><td>Köln<td>12<td>40 %</tr><tr><td>漢字<td>1,200<td>9 %</table>after"
    table = "City  Votes  Share\n──────────────────\nKöln     12   40 %\n漢字  1,200    9 %"
    assert parse(f"before{HEAD}{rows}") == rich("before\n\n", bold("Votes"), Pre(table), "after")


def test_a_wide_table_names_each_cell() -> None:
    rows = f"<tr><td>Köln<td>{'x' * WIDTH}<td></tr><tr><td>Bonn<td>7<td>1 %</table>after"
    assert parse(HEAD + rows) == rich(
        bold("Votes\nKöln"), f"\nVotes: {'x' * WIDTH}\n\n", bold("Bonn"), "\nVotes: 7\nShare: 1 %\n\nafter"
    )


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("<a href='https://example.org'>x</a>", Link("https://example.org", rich("x"))),
        ("<span data-mx-spoiler>x</span>", Span(Style.SPOILER, rich("x"))),
        ("<i>x</i>", Span(Style.ITALIC, rich("x"))),
        ("שלום", Text("שלום")),
    ],
)
def test_what_code_would_lose_is_kept(cell: str, shown: Link | Span | Text) -> None:
    table = parse(f"<table><tr><th>A<th>B<tr><td>a<td>{cell}</table>")
    assert table == normalise(rich(bold("a"), "\nB: ", shown))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<table><tr><td>a</table>", rich("a")),
        ("<table></table>a", rich("a")),
        ("<table><tr><th>A<th>B</table>", rich(Pre("A  B"))),
        ("<table><tr><td>a<td>b<tr><td>c</table>", rich(Pre("a  b\nc"))),
        ("<table><tr><th><th>B<tr><td>a<td>b</table>", rich(Pre("   B\n────\na  b"))),
        (f"<table><tr><td>{'x' * WIDTH}<td>b<tr><td>c<td>d</table>", rich(f"{'x' * WIDTH} | b\nc | d")),
        ("<table><tr><td>a<br>b<ul><li>c</ul><pre>d\ne</pre><hr><td>f</table>", rich(Pre("a b • c d e  f"))),
        ("<table><tr><td>a<table><tr><td>b<td>c</table>d<td>e</table>f", rich(Pre("a b c d  e"), "f")),
        ("<td>a</td><tr>b</tr><caption>c</caption>", rich("a\nb\nc")),
    ],
)
def test_tables_of_all_sorts(html: str, text: RichText) -> None:
    assert parse(html) == text


def test_nothing_in_a_table_is_lost() -> None:
    words = [f"w{number}" for number in range(60)]
    cells = "".join(f"<td>{word}</td>" + "</tr><tr>" * (number % 7 == 6) for number, word in enumerate(words))
    assert plain(parse(f"<table><tr>{cells}</tr></table>")).replace("|", " ").split() == words
