"""The guards of dates, each taken away as in `guards`."""

from __future__ import annotations

from datetime import date, datetime

from bot.dates import days, found, moments, planning, reading
from tests.trust import test_dates as dates
from tests.trust.guards import instead


def _first(day: date, minutes: int, zone: str) -> list[datetime]:
    return [moments.moments(day, minutes, zone)[0]]


def _as_it_comes(rule: str) -> str:
    return rule


def _any_day(year: int, month: int, day: int) -> date:
    return date(max(year, 1), month, min(day, 28))


every_rule = instead(planning, "checked", _as_it_comes)
first_moment = instead(reading, "moments", _first)
days_made_to_fit = instead(days, "calendar_day", _any_day)
texts_of_any_length = instead(found, "LONGEST", 10**9)

GUARDS = [
    (dates.test_case_74_a_meeting_repeats_at_most_daily_and_again_and_again, every_rule, {"rule": "FREQ=MINUTELY"}),
    (
        dates.test_case_74_a_time_that_the_clocks_skip_or_show_twice_is_not_guessed,
        first_moment,
        {"text": "31.10.2027 2:30"},
    ),
    (dates.test_case_74_days_and_zones_that_do_not_exist_are_refused, days_made_to_fit, {"text": "29.2.2027"}),
    (
        dates.test_case_78_reading_a_date_takes_no_longer_for_a_long_text,
        texts_of_any_length,
        {"bait": "dezembar freitog "},
    ),
]
