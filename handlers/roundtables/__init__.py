"""The mayors' roundtables: scheduling, invitations and answers, reminders, and the meeting itself."""

from __future__ import annotations

from bot.features import Feature
from bot.jobs.kinds import JobKind
from handlers.roundtables import _card, _meeting, _series, _timekeeping
from handlers.roundtables._commands import router as commands

feature = Feature(
    name="roundtables",
    routers=(commands, _meeting.router),
    jobs=(
        JobKind(name=_card.END, apply=_card.end),
        JobKind(name=_series.NEXT, apply=_series.make_next),
        _timekeeping.KIND,
    ),
)
