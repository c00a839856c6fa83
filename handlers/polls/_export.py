"""The polls of a dialogue as files: the record, from which they can be counted again (`intercity count`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape

from bot.features import Export
from bot.text import markdown
from bot.text.catalogue import _
from bot.text.pages import html_table, write_page
from bot.voting import CityKey, PollRecord, RecordedBallot, Result, report, to_csv, to_json
from storage import Dialogue, Poll, PollState, Store, Topic


async def records(store: Store, dialogue: Dialogue) -> list[PollRecord]:
    """Return the published polls of a dialogue; secret ones, and those that show no count, once they are closed.

    The order of the ballots tells nothing of when they were cast.
    """
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


async def _csv(store: Store, dialogue: Dialogue) -> bytes:
    return to_csv(await records(store, dialogue))


async def _json(store: Store, dialogue: Dialogue) -> bytes:
    return to_json(await records(store, dialogue))


async def _markdown(store: Store, dialogue: Dialogue) -> bytes:
    parts = [f"# {markdown.escape(dialogue.name)}"]
    for each in await records(store, dialogue):
        parts.append(f"## {markdown.escape(report.title(each))}")
        parts += [_markdown_table(part) if isinstance(part, list) else markdown.escape(part) for part in _parts(each)]
    return ("\n\n".join(parts) + "\n").encode()


def _markdown_table(rows: Sequence[Sequence[str]]) -> str:
    header, *others = ["| " + " | ".join(map(markdown.escape, row)) + " |" for row in rows]
    return "\n".join((header, "|" + " --- |" * len(rows[0]), *others))


async def _html(store: Store, dialogue: Dialogue) -> bytes:
    """Return a page to print."""
    return write_page(dialogue.name, [_article(each) for each in await records(store, dialogue)])


def _article(record: PollRecord) -> str:
    parts = (_html_part(part) for part in _parts(record))
    return f"<article><h2>{escape(report.title(record))}</h2>{''.join(parts)}</article>"


def _html_part(part: str | list[tuple[str, ...]]) -> str:
    if isinstance(part, str):
        return f"<p>{escape(part)}</p>"
    header, *rows = [[escape(cell) for cell in row] for row in part]
    return html_table(header, rows)


def _parts(record: PollRecord) -> Iterator[str | list[tuple[str, ...]]]:
    """Yield the texts and tables that show a poll."""
    result = report.outcome(record)
    yield report.rules(record)
    yield report.result_table(record, result)
    yield from report.remarks(record, result)
    if result.pairwise:
        yield report.pairwise_table(result)
    if record.ballots:
        yield [("city", "voter", "ballot"), *record.ballots]


POLLS = Export(
    name="polls",
    words=("umfragen", "umfrage", "poll"),
    label=_("Polls"),
    note=_("Secret polls, and those whose count is shown after the close, are included once they are closed."),
    formats={"csv": _csv, "md": _markdown, "json": _json, "html": _html},
)
