"""The record of a poll: what is exported of it, as CSV and as JSON, and all that it takes to count it again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, NamedTuple

from bot.text.tables import Cell, write_csv
from bot.voting.counting import count
from bot.voting.reading import read_profile
from bot.voting.result import Result
from bot.voting.rules import Method, Weight

COLUMNS = (
    "poll", "city", "voter", "ballot",
    "question", "method", "weight", "quorum", "topics", "cities", "voters", "secret", "opened", "closed",
)  # fmt: skip
"""The columns of the CSV file. It has a line for each ballot, and one for a poll without ballots.

From `question` on, all lines of a poll say the same. `topics` and `cities`, in their order, have `|` between them;
`cities` are all that take part. `secret` is yes or no.
"""
BETWEEN = " | "


class RecordedBallot(NamedTuple):
    """A ballot as typed (`write_ballot`). The voter is empty if it is secret, or if they are forgotten."""

    city: str
    voter: str
    ballot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollRecord:
    """A poll as it is exported; `poll` is its number.

    `voters`: who could vote. `result`: how it ended, if it is closed, as in `Result.to_json` and by names of cities.
    """

    poll: int = 1
    question: str = ""
    method: Method
    weight: Weight = Weight.CITY
    quorum: int = 1
    topics: tuple[str, ...]
    cities: tuple[str, ...]
    voters: str = ""
    secret: bool = False
    opened: datetime | None = None
    closed: datetime | None = None
    ballots: tuple[RecordedBallot, ...] = ()
    result: Mapping[str, Any] | None = None

    def count(self) -> Result:
        """Count the ballots again."""
        texts = {city: Counter(each.ballot for each in self.ballots if each.city == city) for city in self.cities}
        profile = read_profile(
            self.method,
            self.weight,
            topics=len(self.topics),
            quorum=self.quorum,
            cities=self.cities,
            texts=texts,
        )
        return count(profile)


def to_csv(records: Iterable[PollRecord], locale: str = "en_GB") -> bytes:
    """Return records as a CSV file for readers of a locale; the names of its columns are the same for all."""
    return write_csv(COLUMNS, (row for each in records for row in _rows(each)), locale)


def _rows(record: PollRecord) -> Iterator[Sequence[Cell]]:
    topics = (f"{number}. {_unbroken(each)}" for number, each in enumerate(record.topics, 1))
    rules = (
        record.question,
        record.method.value,
        record.weight.value,
        record.quorum,
        BETWEEN.join(topics),
        BETWEEN.join(map(_unbroken, record.cities)),
        record.voters,
        "yes" if record.secret else "no",
        record.opened,
        record.closed,
    )
    for each in record.ballots or [RecordedBallot("", "", "")]:
        yield (record.poll, _unbroken(each.city), each.voter, each.ballot, *rules)


def _unbroken(text: str) -> str:
    """Return a text without what stands between texts."""
    return text.replace("|", "/")


def to_json(records: Iterable[PollRecord]) -> bytes:
    """Return records as a JSON file: a list of the fields of `PollRecord`."""
    shown = [
        asdict(each) | {"ballots": [ballot._asdict() for ballot in each.ballots]} | _times(each) for each in records
    ]
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()


def _times(record: PollRecord) -> dict[str, str | None]:
    return {name: at.isoformat() if at else None for name, at in (("opened", record.opened), ("closed", record.closed))}
