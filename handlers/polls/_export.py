"""The polls of a dialogue as files: the record, from which they can be counted again (`intercity count`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.documents import BodyText, Document, Heading, Part, Table
from bot.exports import Export, as_documents
from bot.text.catalogue import LocaleContext, _
from bot.voice import words
from bot.voting import CityKey, PollRecord, RecordedBallot, Result, report, to_csv, to_json
from storage import Database, Dialogue, Poll, PollState, Store, Topic


async def records(database: Database, dialogue: Dialogue) -> list[PollRecord]:
    """Return the published polls of a dialogue; secret ones, and those that show no count, once they are closed.

    The order of the ballots tells nothing of when they were cast.
    """
    async with database.begin() as store:
        polls = [each for each in reversed(await store.polls.of_dialogue(dialogue.id)) if _is_public(each)]
        return [await _record(store, dialogue, each) for each in polls]


def _is_public(poll: Poll) -> bool:
    return poll.state is PollState.CLOSED or (poll.is_open and poll.live and not poll.secret)


async def _record(store: Store, dialogue: Dialogue, poll: Poll) -> PollRecord:
    cast = await store.ballots.all(poll)
    names: dict[CityKey, str] = {city.id: city.name for city in await store.cities.all()}
    taking_part = dict.fromkeys([*(city.id for city in dialogue.cities), *(each.city_id for each in cast)])
    cities: Iterable[object] = [names[id] for id in taking_part]
    result = None
    if poll.result:
        stored = Result.from_json(poll.result)
        result = stored.renamed({id: str(id) for id in stored.turnout} | names)  # a city may be gone
        cities = result.turnout
    return PollRecord(
        poll=poll.number,
        question=poll.question,
        method=poll.method,
        weight=poll.weight,
        quorum=poll.quorum,
        topics=tuple(map(_topic, await store.polls.topics(poll.id))),
        cities=tuple(map(str, cities)),
        voters=poll.voters,
        secret=poll.secret,
        opened=_to_the_second(poll.opened_at),
        closed=_to_the_second(poll.closed_at),
        ballots=tuple(sorted(RecordedBallot(names[each.city_id], each.name, each.ballot) for each in cast)),
        result=result.to_json() if result else None,
    )


def _to_the_second(at: datetime | None) -> datetime | None:
    return at and at.replace(microsecond=0)


def _topic(topic: Topic) -> str:
    goals = ", ".join(map(str, topic.sdgs))
    return f"{topic.text} (SDG {goals})" if goals else topic.text


def _csv(_dialogue: Dialogue, polls: Sequence[PollRecord], reads: LocaleContext) -> bytes:
    return to_csv(polls, reads.locale)


def _json(_dialogue: Dialogue, polls: Sequence[PollRecord], _reads: LocaleContext) -> bytes:
    return to_json(polls)


def _document(dialogue: Dialogue, polls: Sequence[PollRecord], reads: LocaleContext) -> Document:
    parts: list[Part] = []
    for each in polls:
        parts += [Heading(words(report.title(each), reads)), *_parts(each, reads)]
    return Document(dialogue.name, reads.locale, parts)


def _parts(record: PollRecord, reads: LocaleContext) -> Iterator[Part]:
    """Yield the texts and tables that show a poll."""
    result = report.outcome(record)
    yield BodyText(words(report.rules(record), reads))
    yield _table(report.result_table(record, result), reads)
    for remark in report.remarks(record, result):
        yield BodyText(words(remark, reads))
    if result.pairwise:
        yield _table(report.pairwise_table(result), reads)
    if record.ballots:
        yield _table([(_("city"), _("voter"), _("ballot")), *record.ballots], reads)


def _table(table: report.Table, reads: LocaleContext) -> Table:
    header, *rows = [[words(cell, reads) for cell in row] for row in table]
    return Table(header, rows)


POLLS = Export(
    name="polls",
    words=("umfragen", "umfrage", "poll"),
    label=_("Polls"),
    note=_("Secret polls, and those whose count is shown after the close, are included once they are closed."),
    read=records,
    formats={"csv": _csv, **as_documents(_document), "json": _json},
)
