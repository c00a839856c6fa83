"""The Sustainable Development Goals of the United Nations, as tags on topics and action points; never ranked."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.text.catalogue import LazyText, UserError, _

GOALS = (
    _("No Poverty"),
    _("Zero Hunger"),
    _("Good Health and Well-being"),
    _("Quality Education"),
    _("Gender Equality"),
    _("Clean Water and Sanitation"),
    _("Affordable and Clean Energy"),
    _("Decent Work and Economic Growth"),
    _("Industry, Innovation and Infrastructure"),
    _("Reduced Inequalities"),
    _("Sustainable Cities and Communities"),
    _("Responsible Consumption and Production"),
    _("Climate Action"),
    _("Life Below Water"),
    _("Life on Land"),
    _("Peace, Justice and Strong Institutions"),
    _("Partnerships for the Goals"),
)
"""Their names as the United Nations write them, the first goal first."""

_NUMBERS = r"\d{1,3}(?:\s*(?:[,;/&+]|\b(?:und|and)\b)\s*#?(?:sdg\s*)?\d{1,3})*"
_LIST = rf"#?sdgs?[\s:_-]*#?{_NUMBERS}"
_TAG = re.compile(
    rf"[(\[]\s*{_LIST}\s*[)\]]"
    rf"|(?<!\S){_LIST}\s*$"
    rf"|^\s*{_LIST}\s*[:–-]\s"
    r"|(?<!\w)#sdg[\s_-]?\d{1,3}\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"\s*(?:#?sdgs?[\s:_-]*)?#?{_NUMBERS}\s*", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")


def split(typed: str) -> tuple[str, tuple[int, ...]]:
    """Return a text without its tags, and the numbers of its goals: `Trees (SDG 11, 13)`, `Trees #SDG11`.

    Raises UserError for a goal that does not exist.
    """
    numbers = {int(number) for tag in _TAG.finditer(typed) for number in _NUMBER.findall(tag[0])}
    return " ".join(_TAG.sub(" ", typed).split()).strip(" ,;:–-"), _checked(numbers)


def read(typed: str) -> tuple[int, ...]:
    """Return the numbers of the goals in a list: `11, 13`, `SDG 11`. Raises UserError for any other text."""
    if not _WHOLE.fullmatch(typed):
        raise UserError(_("Which goals do you mean? Please write their numbers, for example: `sdg: 11, 13`"))
    return _checked({int(number) for number in _NUMBER.findall(typed)})


def _checked(numbers: set[int]) -> tuple[int, ...]:
    if wrong := [each for each in sorted(numbers) if not 1 <= each <= len(GOALS)]:
        raise UserError(_("There is no SDG {number}: they are numbered from 1 to 17.", number=str(wrong[0])))
    return tuple(sorted(numbers))


def names(sdgs: Sequence[int]) -> list[LazyText]:
    """Return goals with their numbers: `SDG 13 Climate Action`."""
    return [_("SDG {number} {name}", number=str(each), name=GOALS[each - 1]) for each in sdgs]
