"""Action points as each reader sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.agreement import AgreementState, Entry, Step
from bot.commands.context import Context
from bot.text.catalogue import LazyText, Param, _, lines
from handlers.agreements import _confirmations
from handlers.agreements._proof import local_day
from handlers.agreements.actions import _terms
from storage import ActionPoint, AgreementRecord


def label(agreement: AgreementRecord) -> LazyText:
    """Return what an action point is called: `Action point 3`."""
    return _("Action point {number}", number=str(agreement.number))


async def shown(ctx: Context, point: ActionPoint) -> LazyText:
    """Return an action point: its number and state, what is to be agreed on, and which cities agree."""
    history = await ctx.store.agreements.history(point.id)
    pending = point.agreement.is_pending
    before = _terms.versions(history)[-2] if pending and point.version > 1 else None
    point = point if pending else await _terms.effective(ctx, point)
    rows = [_title(point, history), *_terms.text(point, before), *await _terms.rows(ctx, point, before)]
    rows += [*await _origin(ctx, point, history), *_in_force(point, history)] if pending else _since(point, history)
    if pending or point.state is AgreementState.AGREED:
        rows += await _confirmations.rows(ctx, point.agreement)
    return lines(*rows)


_TITLES: Mapping[AgreementState, Callable[[Mapping[str, Param]], LazyText]] = {
    AgreementState.PROPOSED: lambda values: _("📌 *Action point {number}: proposed*", **values),
    AgreementState.OBJECTED: lambda values: _("✋ *Action point {number}: a city objects*", **values),
    AgreementState.AGREED: lambda values: _("🤝 *Action point {number}: agreed*", **values),
    AgreementState.DONE: lambda values: _("☑️ *Action point {number}: done*", **values),
    AgreementState.WITHDRAWN: lambda values: _("❌ *Action point {number}: withdrawn*", **values),
    AgreementState.SUPERSEDED: lambda values: _(
        "❌ *Action point {number}: replaced by action point {other}*", **values
    ),
}


def _title(point: ActionPoint, history: Sequence[Entry]) -> LazyText:
    number = str(point.number)
    if point.state is AgreementState.PROPOSED and point.version > 1:
        version = str(point.version)
        return _("📌 *Action point {number}: proposed, version {version}*", number=number, version=version)
    return _TITLES[point.state]({"number": number, "other": str(history[-1].content.get("by", ""))})


async def _origin(ctx: Context, point: ActionPoint, history: Sequence[Entry]) -> list[LazyText]:
    """Return who has proposed a point, or changed it last."""
    entry = next(each for each in reversed(history) if each.step in {Step.PROPOSED, Step.EDITED})
    who = await _confirmations.signer(ctx, entry, await ctx.store.agreements.people(point.id))
    who = _("{name} ({city})", name=who, city=entry.city) if entry.city else who
    return [_("Proposed by {who}", who=who) if entry.step is Step.PROPOSED else _("Changed by {who}", who=who)]


def _in_force(point: ActionPoint, history: Sequence[Entry]) -> list[LazyText]:
    """Return which version stays in force until all cities agree to the present one."""
    version = point.agreement.in_force
    if version is None:
        return []
    if version == point.version - 1:
        return [_("Until all cities agree, version {version} stays in force.", version=str(version))]
    text = _terms.written(_terms.versions(history)[version - 1]["text"])
    return [_("Until all cities agree, version {version} stays in force: {text}", version=str(version), text=text)]


def _since(point: ActionPoint, history: Sequence[Entry]) -> list[LazyText]:
    """Return since when a point is agreed and done, and why it was withdrawn."""
    rows = []
    if point.agreement.agreed_at:
        rows.append(_("Agreed on {day}", day=local_day(point.agreement.agreed_at)))
    if point.state is AgreementState.DONE:
        rows.append(_("Done on {day}", day=local_day(history[-1].at)))
    if point.state is AgreementState.WITHDRAWN and history[-1].content.get("reason"):
        rows.append(_("*Remark:* {text}", text=_terms.written(history[-1].content["reason"])))
    return rows
