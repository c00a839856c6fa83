"""The grammar of dates: every line of table.txt, as somebody types it in Berlin on Wednesday, 25 November 2026, 13:00.

What is expected is a moment, a day or a series in the zone of the text; `?` and the readings of an ambiguous text; or
`!` and what the refusal says. `[en_US]` is another writer's locale, with their zone if a comma follows.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from bot.dates import AmbiguousDate, DateContext, When, read_when, typed
from bot.model import plain
from bot.text.catalogue import LocaleContext, UserError, render

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
CITIES = (("Köln", "Europe/Berlin"), ("San Francisco", "America/Los_Angeles"))
_ROW = re.compile(r"(?:\[(?P<locale>\w+)(?:,(?P<zone>\S+))?\] )?(?P<text>.*?) *→ (?P<expected>.*)")


class TypedDate(NamedTuple):
    text: str
    context: DateContext
    expected: str


def rows() -> Iterator[TypedDate]:
    for line in Path(__file__).with_name("table.txt").read_text("utf-8").splitlines():
        if not line.startswith("#") and (found := _ROW.fullmatch(line)):
            context = DateContext(NOW, found["zone"] or "Europe/Berlin", found["locale"] or "de_DE", CITIES)
            yield TypedDate(found["text"], context, found["expected"])


ROWS = list(rows())


def shown(when: When, context: DateContext) -> str:
    start = when.start.astimezone(ZoneInfo(when.zone))
    clock = f"{start:%H:%M}" + (f"–{when.end.astimezone(start.tzinfo):%H:%M}" if when.end else "")
    is_twofold = start.replace(fold=0).utcoffset() != start.replace(fold=1).utcoffset()
    parts = [
        f"{start:%a %Y-%m-%d}",
        clock if when.timed else "",
        start.isoformat()[-6:] if is_twofold else "",
        when.zone if when.zone != context.zone else "",
        when.rule,
    ]
    return " ".join(part for part in parts if part)


def outcome(text: str, context: DateContext) -> str:
    try:
        return shown(read_when(text, context), context)
    except AmbiguousDate as error:
        return "? " + " / ".join(shown(when, context) for when in error.readings)
    except UserError as error:
        return "! " + plain(render(error.text, LocaleContext()))


def test_the_table_is_large() -> None:
    assert len(ROWS) >= 300


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.text)
def test_what_people_type(row: TypedDate) -> None:
    result = outcome(row.text, row.context)
    if row.expected.startswith("! "):
        assert result.startswith("! ")
        assert row.expected.removeprefix("! ") in result
    else:
        assert result == row.expected


def test_spelling_does_not_matter() -> None:
    for row in ROWS:
        for text in (row.text.upper(), row.text.lower(), f"  {row.text}  ", row.text.replace(" ", "\u202f")):
            assert outcome(text, row.context)[:2] == outcome(row.text, row.context)[:2], text


def test_what_is_understood_can_be_typed_again() -> None:
    for row in ROWS:
        if row.expected[0] not in "?!":
            when = read_when(row.text, row.context)
            assert read_when(typed(when, row.context), row.context) == when, row.text


def test_each_reading_can_be_typed() -> None:
    for row in ROWS:
        if row.expected.startswith("?"):
            with pytest.raises(AmbiguousDate) as found:
                read_when(row.text, row.context)
            for when in found.value.readings:
                if when.start > NOW:
                    assert read_when(typed(when, row.context), row.context) == when, row.text
