"""What a year of reminders should be, computed minute by minute and knowing nothing of how the bot does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.model import ChatRef

MINUTE = timedelta(minutes=1)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Addressee:
    """A chat, or a person in private. `own`: hours before the start that a person has chosen."""

    chat: ChatRef
    dialogue: int
    zone: str
    private: bool = False
    own: tuple[int, ...] | None = None


@dataclass
class Appointed:
    """A roundtable as it was announced, moved and cancelled. `versions`: since when, and the start."""

    dialogue: int
    title: str
    hours: tuple[int, ...]
    versions: list[tuple[datetime, datetime]] = field(default_factory=list)
    cancelled: datetime = NEVER


Bell = tuple[ChatRef, str, int, datetime]
"""A reminder: where, the title, the start in seconds since 1970, and the minute at which it is posted."""


def expected(roundtables: Iterable[Appointed], addressees: Sequence[Addressee], end: datetime) -> Counter[Bell]:
    """Return all reminders that should have been posted before `end`."""
    found: Counter[Bell] = Counter()
    for roundtable in roundtables:
        until = [since for since, _start in roundtable.versions[1:]] + [roundtable.cancelled]
        for (since, start), over in zip(roundtable.versions, until, strict=False):
            for each in addressees:
                if each.dialogue == roundtable.dialogue:
                    hours = roundtable.hours if each.own is None else each.own
                    moments = {_moment(start, before, each) for before in hours}
                    kept = [moment for moment in moments if since < moment < min(over, start, end)]
                    found.update((each.chat, roundtable.title, int(start.timestamp()), moment) for moment in kept)
    return found


def _moment(start: datetime, hours: int, to: Addressee) -> datetime:
    """Return when somebody is reminded, by looking at their clock minute by minute."""
    if hours % 24:
        moment = start - timedelta(hours=hours)
    else:
        wall = _wall(start, to.zone) - timedelta(hours=hours)
        around = start - timedelta(hours=hours + 3)
        minutes = (around + number * MINUTE for number in range(6 * 60))
        moment = next(each for each in minutes if _wall(each, to.zone) == wall)
    if not to.private or _awake(moment, to.zone):
        return moment
    morning = moment
    while not _awake(morning, to.zone):
        morning += MINUTE
    if morning < start:
        return morning
    while _wall(moment, to.zone).strftime("%H:%M") != "20:00":
        moment -= MINUTE
    return moment


def _wall(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _awake(moment: datetime, zone: str) -> bool:
    return "07:00" <= _wall(moment, zone).strftime("%H:%M") < "21:00"
