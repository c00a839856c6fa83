"""The news of a dialogue as files."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from typing import NamedTuple

from bot.features import Export
from bot.model import RichText, plain
from bot.text import html, markdown
from bot.text.catalogue import _
from bot.text.pages import write_page
from bot.text.tables import write_csv
from storage import Dialogue, Store

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

    @property
    def byline(self) -> str:
        """When it was posted, by whom, and when it was corrected last."""
        who = ", ".join(filter(None, (self.author, self.city)))
        corrected = f"corrected {_time(self.corrected)}" if self.corrected else ""
        return " · ".join(filter(None, (_time(self.posted), who, corrected)))


async def _rows(store: Store, dialogue: Dialogue) -> list[_Row]:
    rows = []
    for each in await store.news.of_dialogue(dialogue.id):
        author = (await store.people.get(each.person_id)).name if each.person_id else ""
        shown = (each.posted_at, each.city, author, each.headline, each.text, each.corrected_at, each.corrections)
        rows.append(_Row(*shown))
    return rows


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


async def _csv(store: Store, dialogue: Dialogue) -> bytes:
    rows = [(*each[:4], plain(each.text), each.corrected, each.corrections) for each in await _rows(store, dialogue)]
    return write_csv(_HEADER, rows)


async def _json(store: Store, dialogue: Dialogue) -> bytes:
    shown = [
        each._asdict()
        | {"text": plain(each.text), "html": html.render(each.text)}
        | {"posted": each.posted.isoformat(), "corrected": each.corrected and each.corrected.isoformat()}
        for each in await _rows(store, dialogue)
    ]
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()


async def _markdown(store: Store, dialogue: Dialogue) -> bytes:
    parts = [f"# {markdown.escape(dialogue.name)}\n"]
    for each in await _rows(store, dialogue):
        parts.append(f"## {markdown.escape(each.headline)}\n\n{markdown.escape(each.byline)}\n")
        parts += [f"{markdown.write(each.text)}\n"] if each.text else []
    return "\n".join(parts).encode()


async def _html(store: Store, dialogue: Dialogue) -> bytes:
    """Return a page to print."""
    articles = [
        f"<article><h2>{escape(each.headline)}</h2><p><small>{escape(each.byline)}</small></p>"
        f"<div>{html.render(each.text)}</div></article>"
        for each in await _rows(store, dialogue)
    ]
    return write_page(dialogue.name, articles)


NEWS = Export(
    name="news",
    words=("meldungen", "meldung", "nachrichten"),
    label=_("News"),
    formats={"csv": _csv, "md": _markdown, "json": _json, "html": _html},
)
