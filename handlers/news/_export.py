"""The news of a dialogue as files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from bot.documents import BodyText, Document, Heading, Part
from bot.exports import Export, as_documents
from bot.model import RichText, plain
from bot.text import html
from bot.text.catalogue import LazyText, LocaleContext, _
from bot.text.tables import write_csv
from bot.voice import words
from storage import Database, Dialogue

_HEADER = ("posted", "city", "author", "headline", "text", "corrected", "corrections")


class _Row(NamedTuple):
    """One item, with its author's name, which is empty once they are forgotten."""

    posted: datetime
    city: str
    author: str
    headline: str
    text: RichText
    corrected: datetime | None
    corrections: int

    def byline(self, reads: LocaleContext) -> str:
        """Return when it was posted, by whom, and when it was corrected last."""
        parts: list[LazyText | str] = [LazyText("{when}", params={"when": self.posted})]
        parts += filter(None, (self.author, self.city))
        parts += [_("corrected {when}", when=self.corrected)] if self.corrected else []
        return " · ".join(words(each, reads) for each in parts)


async def _rows(database: Database, dialogue: Dialogue) -> list[_Row]:
    rows = []
    async with database.begin() as store:
        for each in await store.news.of_dialogue(dialogue.id):
            author = (await store.people.get(each.person_id)).name if each.person_id else ""
            shown = (each.posted_at, each.city, author, each.headline, each.text, each.corrected_at, each.corrections)
            rows.append(_Row(*shown))
    return rows


def _csv(_dialogue: Dialogue, items: Sequence[_Row], reads: LocaleContext) -> bytes:
    rows = [(*each[:4], plain(each.text), each.corrected, each.corrections) for each in items]
    return write_csv(_HEADER, rows, reads.locale)


def _json(_dialogue: Dialogue, items: Sequence[_Row], _reads: LocaleContext) -> bytes:
    shown = [
        each._asdict()
        | {"text": plain(each.text), "html": html.render(each.text)}
        | {"posted": each.posted.isoformat(), "corrected": each.corrected and each.corrected.isoformat()}
        for each in items
    ]
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()


def _document(dialogue: Dialogue, items: Sequence[_Row], reads: LocaleContext) -> Document:
    parts: list[Part] = []
    for each in items:
        parts += [Heading(each.headline), BodyText(each.byline(reads), small=True)]
        parts += [BodyText(each.text)] if each.text else []
    return Document(dialogue.name, reads.locale, parts)


NEWS = Export(
    name="news",
    words=("meldungen", "meldung", "nachrichten"),
    label=_("News"),
    read=_rows,
    formats={"csv": _csv, **as_documents(_document), "json": _json},
)
