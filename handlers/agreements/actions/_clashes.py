"""Due dates on public holidays of the cities, or on a weekend."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from bot.clashes import holiday_warnings, holidays_in
from bot.commands.context import Context
from bot.text.catalogue import LazyText, _
from bot.text.localtimes import LocalDate
from storage import ActionPoint

_WEEKEND = {5, 6}


async def rows(ctx: Context, point: ActionPoint) -> list[LazyText]:
    """Return a line if the due date is on a weekend, and one for each public holiday of a city on it."""
    due = point.due_on
    if due is None or due < ctx.now.date() or not point.agreement.is_open:
        return []
    found = [_("📆 The due date is a {weekday}.", weekday=_weekday(due))] if due.weekday() in _WEEKEND else []
    cities = (await ctx.store.dialogues.get(point.dialogue_id)).cities
    holidays = {each.name: await holidays_in(ctx.places, each, due, due) for each in cities}
    return [*found, *holiday_warnings(holidays)]


def _weekday(day: date) -> LocalDate:
    return LocalDate(datetime.combine(day, time(12), UTC), "UTC", weekday_only=True)
