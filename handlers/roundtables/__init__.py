"""The mayors' roundtables: scheduling, invitations and answers, reminders, and the meeting itself."""

from __future__ import annotations

from bot.commands import calendar_links
from bot.commands.context import Context
from bot.features import Feature
from bot.jobs.kinds import JobKind
from handlers.roundtables import (
    _agenda,
    _calendar,
    _card,
    _catchup,
    _invitations,
    _meeting,
    _reminders,
    _series,
    _timekeeping,
)
from handlers.roundtables._answers import react
from handlers.roundtables._answers import router as answers
from handlers.roundtables._commands import router as commands
from handlers.roundtables._correction import on_edit, on_reply
from handlers.roundtables._correction import router as correction
from handlers.roundtables._unanswered import UNANSWERED, tell_coordinators
from storage import AGENDA, Chat, StoredMessage


async def _refused(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Reach somebody otherwise whose private chat will never get a post."""
    if not await _reminders.fall_back(ctx, chat, post):
        await _invitations.fall_back(ctx, chat, post)


feature = Feature(
    name="roundtables",
    routers=(commands, answers, correction, _meeting.router, calendar_links.router),
    jobs=(
        JobKind(name=_card.END, apply=_card.end),
        JobKind(name=_series.NEXT, apply=_series.create_next),
        JobKind(name=AGENDA, apply=_agenda.follow),
        JobKind(name=UNANSWERED, apply=tell_coordinators),
        _timekeeping.KIND,
        JobKind(name=_reminders.REMINDERS, apply=_reminders.send_due),
        JobKind(name=_catchup.CATCH_UP, apply=_catchup.report),
    ),
    on_reaction=react,
    on_edit=on_edit,
    on_reply=on_reply,
    calendar=_calendar.subscribed,
    on_refusal=_refused,
    on_roster=_invitations.follow_roles,
)
