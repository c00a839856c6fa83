"""Ask which of several readings of a date is meant."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.dates.echo import brief
from bot.dates.typed import typed
from bot.dates.when import AmbiguousDate, DateContext, When
from bot.text.catalogue import LazyText, _, lines
from bot.text.excerpts import shortened


def several(text: str, readings: Sequence[When], context: DateContext) -> AmbiguousDate:
    """Create the error for a text with several readings."""
    question = _("“{text}” can be read in two ways. Which do you mean?", text=shortened(text))
    return _error(question, [brief(when) for when in readings], readings, context)


def skipped(readings: Sequence[When], context: DateContext) -> AmbiguousDate:
    """Create the error for a time that the clocks skip."""
    question = _("That time does not exist: the clocks are put forward that night. Which do you mean?")
    return _error(question, [brief(when) for when in readings], readings, context)


def repeated(readings: Sequence[When], context: DateContext) -> AmbiguousDate:
    """Create the error for a time that the clocks show twice."""
    question = _("That time comes twice: the clocks are put back that night. Which do you mean?")
    is_end = len({when.start for when in readings}) == 1
    shown = [_("{when} (UTC{offset})", when=brief(when), offset=_offset(when, is_end=is_end)) for when in readings]
    return _error(question, shown, readings, context)


def _error(
    question: LazyText, shown: Sequence[LazyText], readings: Sequence[When], context: DateContext
) -> AmbiguousDate:
    each = [
        _("• {when}: write `{typed}`", when=text, typed=typed(when, context))
        for text, when in zip(shown, readings, strict=True)
    ]
    return AmbiguousDate(lines(question, *each), readings)


def _offset(when: When, *, is_end: bool) -> str:
    at = when.end if is_end and when.end else when.start
    return at.astimezone(ZoneInfo(when.zone)).isoformat()[-6:]
