"""The action points of a dialogue as files; the JSON file has the whole history, which anybody can verify."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.agreement import AgreementState, hashed
from bot.calendars import write_calendar
from bot.documents import BodyText, Content, Document, Heading, Part, Phrase, Table
from bot.exports import Export, as_documents
from bot.model import Text
from bot.text.catalogue import LazyText, LocaleContext, _
from bot.text.localtimes import ShortDate
from bot.text.tables import Cell, write_csv
from bot.voice import words
from handlers.agreements._states import STATE_NAMES
from handlers.agreements.actions import _terms
from handlers.agreements.actions._calendar import TaskWriter
from storage import ActionPoint, Database, Dialogue, RecordedAction

_VALUE = "\ue000"
_SECTIONS = (
    (_("Agreed"), {AgreementState.AGREED}),
    (_("Proposed, not agreed"), {AgreementState.PROPOSED, AgreementState.OBJECTED}),
    (_("Done"), {AgreementState.DONE}),
    (_("Withdrawn or replaced"), {AgreementState.WITHDRAWN, AgreementState.SUPERSEDED}),
)
_COLUMNS = (
    _("number"),
    _("action point"),
    _("second language"),
    _("owners"),
    _("lead"),
    _("due"),
    _("state"),
    _("confirmed by"),
    _("agreed on"),
    _("version"),
    _("version in force"),
    _("text in force"),
    _("due date in force"),
    _("goals"),
    _("roundtable"),
    _("poll"),
    _("minutes"),
    _("proposed on"),
    _("changed on"),
    _("check number"),
)
_WIDTHS = (5, 38, 21, 13, 23)


async def _read(database: Database, dialogue: Dialogue) -> list[RecordedAction]:
    """Return the action points by number, read in slices: others need not wait for the last one."""
    records = list[RecordedAction]()
    while True:
        async with database.begin() as store:
            some = await store.action_records.slice(dialogue.id, after=records[-1].number if records else 0)
        if not some:
            return records
        records += some


def _csv(_dialogue: Dialogue, records: Sequence[RecordedAction], reads: LocaleContext) -> bytes:
    states, zone = _states(reads), ZoneInfo(reads.zone)
    header = [words(each, reads) for each in _COLUMNS]
    return write_csv(header, (_row(each, states, zone) for each in records), reads.locale)


def _row(record: RecordedAction, states: Mapping[AgreementState, str], zone: ZoneInfo) -> tuple[Cell, ...]:
    point = record.point
    agreement, (confirmed, _objections) = point.agreement, record.answers(point.version)
    return (
        point.number,
        point.text,
        point.translation,
        ", ".join(_owners(record)),
        record.lead,
        point.due_on,
        states[point.state],
        ", ".join(confirmed),
        agreement.agreed_at and agreement.agreed_at.astimezone(zone).date(),
        point.version,
        agreement.in_force,
        _still_in_force(record, point),
        point.effective_due if point.agreement.effective_version != point.version else None,
        ", ".join(map(str, point.sdgs)),
        point.roundtable,
        point.poll,
        point.minutes,
        point.proposed_at.astimezone(zone).date(),
        agreement.changed_at.astimezone(zone).date(),
        agreement.check_number,
    )


def _calendar(dialogue: Dialogue, records: Sequence[RecordedAction], reads: LocaleContext) -> bytes:
    return write_calendar(map(TaskWriter(dialogue, reads).recorded, records), None)


def _json(_dialogue: Dialogue, records: Sequence[RecordedAction], _reads: LocaleContext) -> bytes:
    """Return a list of action points with their histories; an entry has the fields of which its digest is made."""
    rows = (json.dumps(_fields(each), ensure_ascii=False) for each in records)
    return ("[" + ",".join(f"\n{row}" for row in rows) + "\n]\n").encode()


def _fields(record: RecordedAction) -> dict[str, Any]:
    point = record.point
    return {
        "number": point.number,
        "state": point.state,
        "version": point.version,
        "in_force": point.agreement.in_force,
        "text": point.text,
        "language": point.language,
        "translation": point.translation,
        "translation_language": point.translation_language,
        "due": point.due_on and point.due_on.isoformat(),
        "owners": [{"name": each.name, "city": each.city, "who": each.pseudonym} for each in record.owners],
        "sdgs": point.sdgs,
        "roundtable": point.roundtable,
        "poll": point.poll,
        "minutes": point.minutes,
        "replaces": point.replaces,
        "check_number": point.agreement.check_number,
        "history": [hashed(each) | {"digest": each.digest} for each in record.history],
    }


def _document(dialogue: Dialogue, records: Sequence[RecordedAction], reads: LocaleContext) -> Document:
    writer = _TableWriter(reads)
    parts = list[Part]()
    for heading, states in _SECTIONS:
        if some := [each for each in records if each.state in states]:
            parts += [Heading(words(heading, reads)), writer.table(some)]
    title = words(_("Action points of {dialogue}", dialogue=dialogue.name), reads)
    return Document(title, reads.locale, parts or [BodyText(words(_("There are none yet."), reads))], landscape=True)


class _TableWriter:
    """Writes tables of action points for a reader. What is the same in many rows is rendered once."""

    def __init__(self, reads: LocaleContext) -> None:
        self._reads = reads
        self._states = _states(reads)
        self._day = cache(lambda day: words(LazyText("{day}", params={"day": ShortDate(day)}), reads))
        self._zone = ZoneInfo(reads.zone)
        self._lead = words(_("Lead: {city}", city=_VALUE), reads)
        self._confirmed = words(_("Confirmed by {cities}", cities=_VALUE), reads)
        self._check = words(_("Check number: {number}", number=_VALUE), reads)

    def table(self, records: Sequence[RecordedAction]) -> Table:
        columns = (_("No."), _("Who does what"), _("Owners"), _("Due"), _("State"))
        return Table([words(each, self._reads) for each in columns], map(self._row, records), _WIDTHS)

    def _row(self, record: RecordedAction) -> tuple[Content, ...]:
        point, owners = record.point, _owners(record)
        if record.lead:
            owners.append(self._lead.replace(_VALUE, record.lead))
        due = self._day(point.due_on) if point.due_on else "–"
        return (str(point.number), self._what(record, point), "\n".join(owners) or "–", due, self._state(record, point))

    def _what(self, record: RecordedAction, point: ActionPoint) -> Content:
        parts: list[Text | Phrase] = [Phrase((Text(point.text),), point.language)]
        if point.translation:
            parts += [Text("\n"), Phrase((Text(point.translation),), point.translation_language or "")]
        if text := _still_in_force(record, point):
            still = _("Version {version} stays in force: {text}", version=str(point.agreement.in_force), text=text)
            if (due := point.effective_due) != point.due_on:
                still = _("{text} (due: {day})", text=still, day=due or _terms.NO_DATE)
            parts += [Text("\n"), Text(words(still, self._reads))]
        if point.sdgs:
            parts.append(Text(f"\nSDG {', '.join(map(str, point.sdgs))}"))
        return tuple(parts)

    def _state(self, record: RecordedAction, point: ActionPoint) -> str:
        confirmed, objections = record.answers(point.version)
        rows = [self._states[point.state], self._day(point.agreement.changed_at.astimezone(self._zone).date())]
        if confirmed:
            rows.append(self._confirmed.replace(_VALUE, ", ".join(confirmed)))
        for city, reason in objections.items():
            rows.append(words(_("{city} objects: {reason}", city=city, reason=reason), self._reads))
        return "\n".join([*rows, self._check.replace(_VALUE, point.agreement.check_number)])


def _states(reads: LocaleContext) -> Mapping[AgreementState, str]:
    return {state: words(name, reads) for state, name in STATE_NAMES.items()}


def _owners(record: RecordedAction) -> list[str]:
    return [f"{each.name} ({each.city})" if each.city else each.name for each in record.owners]


def _still_in_force(record: RecordedAction, point: ActionPoint) -> str:
    """Return the text of an earlier version that is in force for as long as the present one is not."""
    version = point.agreement.in_force
    return record.text_of(version) if version is not None and version != point.version else ""


ACTIONS = Export(
    name="actions",
    words=("aufgaben", "aufgabe", "action"),
    label=_("Action points"),
    read=_read,
    formats={"csv": _csv, **as_documents(_document), "ics": _calendar, "json": _json},
)
