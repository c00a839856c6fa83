"""How series are written: `every Monday`, `jeden ersten Dienstag im Monat`, `alle 14 Tage`, `RRULE:FREQ=…`."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.dates.pieces import Piece, Repeat, Rule, Times, rule
from bot.dates.spans import ORDINAL, ORDINALS
from bot.dates.words import NUMBER, WEEKDAY, number, weekday

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The weekdays of an RRULE, from Monday."""

_EVERY = r"(?:every|each|jede[nrsm]?|alle|immer)"
_WEEKDAYS = rf"(?P<weekdays>{WEEKDAY}s?(?:(?:, ?| (?:and|und|&) )(?:on |am )?{WEEKDAY}s?)*)"
_OF_MONTH = (
    r"(?: (?:of|in|im|eines|des|jeden|jedes|every|each))+(?: (?:the|a|each|every|jeden|jedes|des))* (?:month|monate?s?)"
)
_UNITS = {"d": "DAILY", "t": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY", "j": "YEARLY"}
_UNIT = r"(?P<unit>days?|weeks?|months?|years?|tage?|wochen?|monate?|jahre?)"

_ADVERBS = {
    "FREQ=DAILY": r"daily|taeglich",
    "FREQ=WEEKLY": r"weekly|woechentlich|once a week|einmal (?:in der|pro) woche",
    "FREQ=WEEKLY;INTERVAL=2": r"fortnightly|every fortnight|zweiwoechentlich|(?:vierzehn|14-?)taeg(?:lich|ig)",
    "FREQ=MONTHLY": r"monthly|monatlich|once a month|einmal (?:im|pro) monat",
    "FREQ=MONTHLY;INTERVAL=3": r"quarterly|every quarter|vierteljaehrlich|quartalsweise|jedes quartal|pro quartal",
    "FREQ=MONTHLY;INTERVAL=6": r"half[ -]yearly|twice a year|halbjaehrlich|jedes halbjahr",
    "FREQ=YEARLY": r"yearly|annually|jaehrlich|once a year|einmal (?:im|pro) jahr",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": rf"werktags|on weekdays|{_EVERY} (?:weekday|working day|werktag|arbeitstag)",
}


def _always(*rules: str) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: Repeat(rules)


def _codes(text: str) -> str:
    names = re.findall(WEEKDAY, text)
    return ",".join(CODES[number] for number in sorted({weekday(name) for name in names}))


def _weekly(match: re.Match[str]) -> Piece:
    return Repeat((f"FREQ=WEEKLY;BYDAY={_codes(match['weekdays'])}",))


def _plural(match: re.Match[str]) -> Piece | None:
    """Read `montags`; `montag` is a single day."""
    each = re.findall(rf"{WEEKDAY}s\b", match["weekdays"])
    return _weekly(match) if each else None


def _second(match: re.Match[str]) -> Piece:
    """Read `every second Monday`, which may be every other one, or the second of each month."""
    codes = _codes(match["weekdays"])
    return Repeat((f"FREQ=WEEKLY;INTERVAL=2;BYDAY={codes}", f"FREQ=MONTHLY;BYDAY=2{codes}"))


def _other(match: re.Match[str]) -> Piece:
    return Repeat((f"FREQ=WEEKLY;INTERVAL=2;BYDAY={_codes(match['weekdays'])}",))


def _every(match: re.Match[str]) -> Piece | None:
    count = number(match["number"]) if match["number"] else 1
    unit = match["unit"]
    if unit.startswith(("tag", "day")) and count % 7 == 0 and count:
        return Repeat((_interval("WEEKLY", count // 7),))  # `alle 14 Tage`
    return Repeat((_interval(_UNITS[unit[0]], count),)) if count else None


def _interval(frequency: str, count: int) -> str:
    return f"FREQ={frequency};INTERVAL={count}" if count > 1 else f"FREQ={frequency}"


def _nth(match: re.Match[str]) -> Piece:
    return Repeat((f"FREQ=MONTHLY;BYDAY={ORDINALS[match['nth']]}{_codes(match['weekday'])}",))


def _two(match: re.Match[str]) -> Piece:
    """Read `first and third Tuesday of the month`."""
    code = _codes(match["weekday"])
    return Repeat((f"FREQ=MONTHLY;BYDAY={ORDINALS[match['nth']]}{code},{ORDINALS[match['other']]}{code}",))


def _nth_of_every(match: re.Match[str]) -> Piece | None:
    """Read `every third Thursday`; `every second Thursday` has two meanings."""
    return _nth(match) if ORDINALS[match["nth"]] != 2 else None


def _nth_apart(match: re.Match[str]) -> Piece:
    """Read `first Tuesday`, which makes a rule only together with `monthly`."""
    return Repeat((f"BYDAY={ORDINALS[match['nth']]}{_codes(match['weekday'])}",))


def _month_day(match: re.Match[str]) -> Piece | None:
    day = int(match["day"])
    return Repeat((f"FREQ=MONTHLY;BYMONTHDAY={day}",)) if 1 <= day <= 31 else None


def _raw(match: re.Match[str]) -> Piece:
    return Repeat((match["rule"].upper(),))


_MONTHLY_ON = rf"(?:monthly on|monatlich am|{_EVERY} mon(?:at|th) (?:am|on))"
_TWO_ORDINALS = rf"{ORDINAL} (?:and|und|&) (?:the |den |dem )?{ORDINAL.replace('<nth>', '<other>')}"
_TIMES = rf"(?:for )?(?P<number>{NUMBER}) ?(?:x|times|mal|termine|meetings|occurrences)"
_DAY_OF_MONTH = r"(?P<day>[0-9]{1,2})(?:\.|st|nd|rd|th)"

RULES: tuple[Rule, ...] = (
    *(rule(pattern, _always(text)) for text, pattern in _ADVERBS.items()),
    rule(rf"(?:weekly |woechentlich )?{_EVERY} {_WEEKDAYS}", _weekly),
    rule(rf"(?:weekly|woechentlich) (?:on |am |jeden )?{_WEEKDAYS}", _weekly),
    rule(rf"(?:on |immer )?{_WEEKDAYS}", _plural),
    rule(rf"{_EVERY} (?:second|2nd|zweiten?|2\.) {_WEEKDAYS}", _second),
    rule(rf"every other {_WEEKDAYS}", _other),
    rule(rf"{_EVERY} (?:(?P<number>{NUMBER}) )?{_UNIT}", _every),
    rule(rf"(?:{_EVERY} |am |on )?(?:the |den |dem )?{ORDINAL} (?P<weekday>{WEEKDAY}){_OF_MONTH}", _nth),
    rule(rf"(?:{_EVERY} |am |on )?(?:the |den |dem )?{_TWO_ORDINALS} (?P<weekday>{WEEKDAY}){_OF_MONTH}", _two),
    rule(rf"{_EVERY} {ORDINAL} (?P<weekday>{WEEKDAY})", _nth_of_every),
    rule(rf"(?:on |am )?(?:the )?{ORDINAL} (?P<weekday>{WEEKDAY})", _nth_apart),
    rule(rf"(?:{_EVERY} |am |on )?(?:the |den |dem )?{_DAY_OF_MONTH}{_OF_MONTH}", _month_day),
    rule(rf"(?:{_MONTHLY_ON}|every|jeden) (?:the )?{_DAY_OF_MONTH}", _month_day),
    rule(r"(?:rrule:)?(?P<rule>freq=[a-z0-9=;,+-]+)", _raw),
    rule(_TIMES, lambda match: Times(number(match["number"]))),
)
