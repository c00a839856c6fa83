"""A document with everything in it."""

from __future__ import annotations

from bot.documents import BodyText, Document, Fields, Heading, Items, Phrase, Table
from bot.model import Account, Code, Link, Mention, Pre, Quote, Span, Style, bold, rich

ODD = "a\x01b\ufffec\x85d\udc00e\r\nf\x1b"
"""What XML does not allow, and how messengers may end lines."""


def everything(locale: str = "de_DE", *, landscape: bool = False) -> Document:
    return Document(
        "Protokoll & <mehr>",
        locale,
        (
            BodyText("Arbeitsfassung", small=True),
            Heading("Sitzung"),
            Fields((("Ort", "Rathaus\nZimmer 2"), ("Leitung", rich("Anna ", bold("Köln"))))),
            Heading("Beschlüsse", 2),
            Items(((bold("Eins: "), Phrase(rich("Plant trees"), "en")), links()), numbered=True),
            Items(("noch eins",), numbered=True),
            Items((ODD,)),
            Table(("Nr.", "Was"), [("1", "=1+1"), ("2", rich(Code("x|y"), Quote(rich("so")), Pre("a\nb")))], (1, 4)),
        ),
        footer="Köln – Indianapolis",
        landscape=landscape,
    )


def links() -> tuple[Link | Mention | Span, ...]:
    return (
        Link("https://köln.de/a b?c=ä", rich("gut")),
        Link("mailto:a@b.example", rich("post")),
        Link("tel:+491", rich("anruf")),
        Link("https://evil.example", rich("https://bank.example")),
        Link("https://[x", rich("kaputt")),
        Mention(Account.parse("telegram:7"), rich("Mehmet")),
        Span(Style.SPOILER, rich("Auflösung")),
    )
