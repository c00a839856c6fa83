"""The history of an agreement as people read it, and the proof that nobody has changed it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.agreement import Entry, Step
from bot.commands.context import Context
from bot.text.catalogue import ForReader, LazyText, LocaleContext, Param, UserError, _, n_
from handlers.agreements._confirmations import signer
from storage import AgreementRecord

MOST_STEPS = 8
"""Steps of a history in short."""


async def check(ctx: Context, agreement: AgreementRecord) -> None:
    """Raise UserError if the history of an agreement is damaged: nothing is built on it (trust: case 127)."""
    if fault := await ctx.store.agreements.fault(agreement):
        raise UserError(
            _(
                "⚠️ *The history of this has been changed or is damaged*, at step {position}. Nothing can be recorded"
                " there any more. Please tell the operator: `intercity check` says more.",
                position=str(fault.position),
            )
        )


async def summary(ctx: Context, agreement: AgreementRecord, most: int | None = MOST_STEPS) -> list[LazyText]:
    """Return the history, a line for each step (`most`: the last ones), which is verified at this moment.

    Raises UserError if it is damaged.
    """
    await check(ctx, agreement)
    history = await ctx.store.agreements.history(agreement.id)
    people = await ctx.store.agreements.people(agreement.id)
    shown = history[-most:] if most else history
    rows = [_("*History*")]
    if left_out := len(history) - len(shown):
        rows.append(n_("… {n} earlier step", "… {n} earlier steps", left_out))
    rows += [await _row(ctx, each, people) for each in shown]
    checked = n_(
        "🔒 Checked just now: the history ({n} step) is complete and unchanged.",
        "🔒 Checked just now: the history ({n} steps) is complete and unchanged.",
        len(history),
    )
    return [*rows, checked, _("Check number: *{number}*, the same in every chat.", number=agreement.check_number)]


def local_day(at: datetime) -> ForReader:
    """Return the day of a moment in the reader's zone."""

    def day(reader: LocaleContext) -> LazyText:
        return LazyText("{day}", params={"day": at.astimezone(ZoneInfo(reader.zone)).date()})

    return day


_STEPS: Mapping[Step, Callable[[Mapping[str, Param]], LazyText]] = {
    Step.PROPOSED: lambda values: _("proposed by {who}", **values),
    Step.EDITED: lambda values: _("changed by {who}: version {version}", **values),
    Step.CONFIRMED: lambda values: _("{city} agrees: {who}", **values),
    Step.OBJECTED: lambda values: _("{city} objects: {who}", **values),
    Step.AGREED: lambda values: _("*all cities agree to version {version}*", **values),
    Step.WITHDRAWN: lambda values: _("withdrawn by {who}", **values),
    Step.SUPERSEDED: lambda values: _("replaced by number {number}", **values),
    Step.DONE: lambda values: _("marked as done by {who}", **values),
    Step.REOPENED: lambda values: _("opened again by {who}", **values),
}


async def _row(ctx: Context, entry: Entry, people: Mapping[int, int]) -> LazyText:
    params: dict[str, Param] = {"who": await signer(ctx, entry, people), "city": entry.city}
    params |= {"version": str(entry.version), "number": str(entry.content.get("by", ""))}
    what = _STEPS[entry.step](params)
    return _("• {day}: {what}", day=local_day(entry.at), what=what)
