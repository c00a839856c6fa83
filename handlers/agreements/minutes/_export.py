"""The minutes of a dialogue as files; the JSON file has the whole history, which anybody can verify."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from bot.agreement import Entry, hashed
from bot.documents import BodyText, Document, Heading, Part
from bot.exports import Export, as_documents
from bot.text.catalogue import LocaleContext, _
from bot.text.tables import Cell, write_csv
from bot.voice import words
from handlers.agreements.minutes import _document, _record
from handlers.agreements.minutes._record import MinutesRecord
from storage import Database, Dialogue, LineKind

_COLUMNS = (
    _("minutes"),
    _("title"),
    _("began at"),
    _("ended at"),
    _("kind"),
    _("text"),
    _("second language"),
    _("action point"),
    _("check number"),
)
_KINDS = {
    LineKind.TOPIC: _("topic"),
    LineKind.AGREED: _("decision"),
    LineKind.INFO: _("information"),
    LineKind.IDEA: _("idea"),
    LineKind.LINK: _("link"),
    LineKind.ACTION: _("action point"),
    LineKind.CORRECTION: _("correction"),
}


class _Exported(NamedTuple):
    """Minutes that have ended, with their history."""

    record: MinutesRecord
    history: Sequence[Entry]


async def _read(database: Database, dialogue: Dialogue) -> list[_Exported]:
    """Return the minutes that have ended, by number."""
    async with database.begin() as store:
        every = await store.minutes.of_dialogue(dialogue.id)
    read = list[_Exported]()
    for each in reversed(every):
        async with database.begin() as store:
            if record := await _record.load(store, each):
                read.append(_Exported(record, await store.agreements.history(record.agreement.id)))
    return read


def _csv(_dialogue: Dialogue, every: Sequence[_Exported], reads: LocaleContext) -> bytes:
    kinds = {kind: words(name, reads) for kind, name in _KINDS.items()}
    rows = (
        (record.minutes.number, content["title"], started, ended, kinds[kind], *line, record.agreement.check_number)
        for record, _history in every
        for content, started, ended in [(record.content, *_times(record))]
        for kind, *line in _lines(record)
    )
    return write_csv([words(each, reads) for each in _COLUMNS], rows, reads.locale)


def _times(record: MinutesRecord) -> tuple[datetime, datetime]:
    started, ended = (datetime.fromisoformat(record.content[each]) for each in ("started", "ended"))
    return started.replace(microsecond=0), ended.replace(microsecond=0)


def _lines(record: MinutesRecord) -> Iterator[tuple[LineKind, Cell, Cell, Cell]]:
    for line in record.content["lines"]:
        yield LineKind(line["kind"]), line["text"], line["translation"], line["action"]
    for correction in record.content["corrections"]:
        yield LineKind.CORRECTION, correction["text"], None, None


def _json(_dialogue: Dialogue, every: Sequence[_Exported], _reads: LocaleContext) -> bytes:
    """Return a list of minutes with their histories; an entry has the fields of which its digest is made."""
    shown = [
        {
            "number": record.minutes.number,
            "state": record.agreement.state,
            "version": record.agreement.version,
            "in_force": record.agreement.in_force,
            "check_number": record.agreement.check_number,
            "minutes": record.content,
            "names": {"present": record.present, "owners": record.owners, "chair": record.chair},
            "history": [hashed(each) | {"digest": each.digest} for each in history],
        }
        for record, history in every
    ]
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()


def _together(dialogue: Dialogue, every: Sequence[_Exported], reads: LocaleContext) -> Document:
    parts = list[Part]()
    for record, _history in every:
        each = _document.document(record, dialogue.name, reads.locale)
        parts += [Heading(each.title), *map(_lower, each.parts)]
    title = words(_("Minutes of {dialogue}", dialogue=dialogue.name), reads)
    return Document(title, reads.locale, parts or [BodyText(words(_("There are none yet."), reads))])


def _lower(part: Part) -> Part:
    """Return a part of minutes as it is below a heading of theirs."""
    return replace(part, level=part.level + 1) if isinstance(part, Heading) else part


EXPORT = Export(
    name="minutes",
    words=("protokolle", "protokoll"),
    label=_("Minutes"),
    read=_read,
    formats={"csv": _csv, **as_documents(_together), "json": _json},
)
