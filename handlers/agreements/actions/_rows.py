"""Action points as lists, reminders and overviews show them: one line each."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from bot.agreement import AgreementState
from bot.commands.context import Context
from bot.text.catalogue import ForReader, LazyText, LocaleContext, _, lines, n_
from bot.text.excerpts import shortened
from handlers.agreements.actions._terms import day, effective, written
from storage import ActionPoint, Dialogue

LONGEST = 80
"""Characters of a text in a list."""
MOST_OWNERS = 2
LONGEST_NAME = 40

STATES = {
    AgreementState.PROPOSED: _("proposed, not agreed yet"),
    AgreementState.OBJECTED: _("a city objects"),
    AgreementState.AGREED: _("agreed"),
    AgreementState.DONE: _("done"),
    AgreementState.WITHDRAWN: _("withdrawn"),
    AgreementState.SUPERSEDED: _("replaced"),
}
_CHANGING = {
    AgreementState.PROPOSED: _("agreed; a change has been proposed"),
    AgreementState.OBJECTED: _("agreed; a city objects to a change"),
}


def wording(point: ActionPoint, longest: int = LONGEST) -> ForReader:
    """Return the beginning of the text, in the reader's language if it was written or translated in that."""

    def text(reader: LocaleContext) -> LazyText:
        language = reader.locale.partition("_")[0]
        own = point.translation if point.translation and point.translation_language == language else point.text
        return written(shortened(own, longest))

    return text


def today(ctx: Context, zone: str) -> date:
    """Return the current day in a zone."""
    return ctx.now.astimezone(ZoneInfo(zone)).date()


def is_overdue(point: ActionPoint, today: date) -> bool:
    """Whether an action point should have been done before today."""
    due = point.effective_due
    return point.agreement.is_open and due is not None and due < today


def state(point: ActionPoint) -> LazyText:
    """Return where an action point is in its life; one that was agreed stays so while a change is proposed."""
    if point.agreement.is_open and point.agreement.effective_version != point.version:
        return _CHANGING[point.state]
    return STATES[point.state]


async def row(ctx: Context, dialogue: Dialogue, point: ActionPoint, today: date) -> LazyText:
    """Return a line: `3 Plant trees – Anna Weber (Köln) – due Tuesday, 15 December 2026, overdue – agreed`."""
    point = await effective(ctx, point)
    parts = [_("*{number}* {text}", number=str(point.number), text=wording(point)), await _owners(ctx, dialogue, point)]
    if point.due_on:
        due = day(point.due_on)
        parts.append(_("overdue since {day}", day=due) if is_overdue(point, today) else _("due {day}", day=due))
    return lines(*parts, state(point), by=" – ")


async def _owners(ctx: Context, dialogue: Dialogue, point: ActionPoint) -> LazyText:
    owners = await ctx.store.actions.owners(point, point.agreement.effective_version)
    if not owners:
        return _("nobody yet")
    cities = {each.id: each.name for each in dialogue.cities}
    names = []
    for each in owners[:MOST_OWNERS]:
        name = shortened((await ctx.store.people.get(each.person_id)).name, LONGEST_NAME)
        city = cities.get(each.city_id or 0)
        names.append(_("{name} ({city})", name=name, city=city) if city else LazyText("{name}", params={"name": name}))
    shown = lines(*names, by=", ")
    more = len(owners) - MOST_OWNERS
    return n_("{names} and {n} more", "{names} and {n} more", more, names=shown) if more > 0 else shown
