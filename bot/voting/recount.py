"""Reader of exported records of polls, also after a spreadsheet has rewritten them or if they are made by hand."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from bot.model import plain
from bot.text.catalogue import LocaleContext, UserError, render
from bot.text.tables import read_csv
from bot.voting.reading import read_ballot
from bot.voting.record import BETWEEN, PollRecord, RecordedBallot
from bot.voting.rules import Method, Weight
from bot.voting.writing import write_ballot

_YES = frozenset({"yes", "true", "ja", "wahr", "1"})
_NUMBER = re.compile(r"\A(\d{1,9})(?:[.,]0+)?\Z")
"""A whole number, which a spreadsheet may have given decimals."""
_MOST_TOPICS = 100

E = TypeVar("E", Method, Weight)


class RecordError(ValueError):
    """A file is no record of polls; the message is one line that says where and why."""


class _Line(NamedTuple):
    """A ballot and where it stands: `line 7` or `ballot 7`."""

    where: str
    ballot: RecordedBallot

    @property
    def text(self) -> str:
        """The ballot as typed, without the decimals that a spreadsheet may give a single number."""
        return _NUMBER.sub(r"\1", unicodedata.normalize("NFKC", self.ballot.ballot))


def read_records(data: bytes) -> list[PollRecord]:
    """Return the polls of an exported file (CSV or JSON), in its order. Raises RecordError.

    What a file made by hand leaves out is inferred: the method from the form of the ballots, the topics from their
    numbers, the cities from the ballots. Times are not read; the rest is as in `PollRecord`.
    """
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    records = _from_json(data) if start in {b"[", b"{"} else _from_csv(data)
    if not records:
        raise RecordError("it contains no poll")
    return records


def _from_csv(data: bytes) -> list[PollRecord]:
    try:
        rows = read_csv(data, ("city", "ballot"))
    except ValueError as error:
        raise RecordError(str(error)) from error
    polls: dict[str, list[tuple[int, dict[str, str]]]] = defaultdict(list)
    for line, row in rows:
        polls[row.get("poll", "")].append((line, row))
    return [_from_rows(each) for each in polls.values()]


def _from_rows(rows: Sequence[tuple[int, dict[str, str]]]) -> PollRecord:
    """Return the poll that lines with the same number are about."""
    rules: dict[str, str] = {}
    for line, row in rows:
        for name in row.keys() - {"city", "voter", "ballot"}:
            if row[name] and rules.setdefault(name, row[name]) != row[name]:
                raise RecordError(f"line {line} has another {name} than the lines before it")
    lines = [
        _Line(f"line {line}", RecordedBallot(row["city"], row.get("voter", ""), row["ballot"]))
        for line, row in rows
        if row["city"] or row["ballot"]
    ]
    topics = [_unnumbered(*each) for each in enumerate(_listed(rules.pop("topics", "")), 1)]
    return _record(rules, topics, _listed(rules.pop("cities", "")), lines)


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.split(BETWEEN.strip()) if each.strip()]


def _unnumbered(number: int, topic: str) -> str:
    return re.sub(rf"\A{number}\. ", "", topic)


def _from_json(data: bytes) -> list[PollRecord]:
    try:
        found = json.loads(data.decode("utf-8-sig"))
        return [_from_object(each) for each in (found if isinstance(found, list) else [found])]
    except RecordError:
        raise
    except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise RecordError("it is not the JSON of exported polls") from error


def _from_object(found: Mapping[str, Any]) -> PollRecord:
    lines = [
        _Line(f"ballot {number}", RecordedBallot(str(each["city"]), str(each.get("voter", "")), str(each["ballot"])))
        for number, each in enumerate(found["ballots"], 1)
    ]
    rules = {name: str(value) for name, value in found.items() if isinstance(value, str | int)}
    record = _record(rules, list(map(str, found.get("topics", []))), list(map(str, found.get("cities", []))), lines)
    return replace(record, result=found.get("result"))


def _record(rules: Mapping[str, str], topics: list[str], cities: list[str], lines: Sequence[_Line]) -> PollRecord:
    method = _one_of(Method, rules["method"]) if rules.get("method") else _inferred(lines)
    topics = topics or [f"Topic {number}" for number in range(1, _last_topic(lines, method) + 1)]
    ballots = tuple(each for line in lines if (each := _checked(line, method, len(topics), cities)))
    return PollRecord(
        poll=_whole(rules.get("poll") or "1", "poll"),
        question=rules.get("question", ""),
        method=method,
        weight=_one_of(Weight, rules.get("weight") or Weight.CITY),
        quorum=_whole(rules.get("quorum") or "1", "quorum"),
        topics=tuple(topics),
        cities=tuple(cities or dict.fromkeys(each.city for each in ballots)),
        voters=rules.get("voters", ""),
        secret=rules.get("secret", "").casefold() in _YES,
        ballots=ballots,
    )


def _checked(line: _Line, method: Method, topics: int, cities: Sequence[str]) -> RecordedBallot | None:
    """Return a ballot that can be counted, or None if it was taken back."""
    city = line.ballot.city
    if not city or (cities and city not in cities):
        raise RecordError(f"{line.where}: {city!r} is none of the cities" if city else f"{line.where} has no city")
    try:
        ballot = read_ballot(line.text, method, topics)
    except UserError as error:
        wrong = " ".join(plain(render(error.text, LocaleContext())).split())
        raise RecordError(f"{line.where}: {line.text!r} is no ballot. {wrong}") from error
    return line.ballot._replace(ballot=write_ballot(ballot, method)) if ballot else None


def _inferred(lines: Sequence[_Line]) -> Method:
    """Return the method whose form the ballots have; those that rank all topics alike look like points."""
    if any(">" in each.text or "→" in each.text for each in lines):
        return Method.RANK
    if any("=" in each.text or ":" in each.text for each in lines):
        return Method.SCORE
    return Method.APPROVAL if any(len(re.findall(r"\d+", each.text)) > 1 for each in lines) else Method.SINGLE


def _last_topic(lines: Sequence[_Line], method: Method) -> int:
    """Return the highest number of a topic in the ballots, at least 2."""
    topic = re.compile(r"(\d+)\s*[=:→]" if method is Method.SCORE else r"\d+")
    last = max((int(number) for each in lines for number in topic.findall(each.text)), default=2)
    if last > _MOST_TOPICS:
        raise RecordError(f"there is a topic {last} in its ballots, but a poll has {_MOST_TOPICS} at most")
    return max(last, 2)


def _one_of(kind: type[E], text: str) -> E:
    try:
        return kind(text.strip().casefold())
    except ValueError as error:
        raise RecordError(f"{text!r} is none of {', '.join(kind)}: write one of these") from error


def _whole(text: str, name: str) -> int:
    if found := _NUMBER.fullmatch(text.strip()):
        return int(found[1])
    raise RecordError(f"the {name} {text!r} is no whole number")
