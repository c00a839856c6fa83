"""What follows when cities confirm an action point, object to it, or agree."""

from __future__ import annotations

from bot.agreement import Step
from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from handlers.agreements import _signing
from handlers.agreements._authority import signatory
from handlers.agreements.actions import _card, _reminders, _texts
from storage import BY_ITSELF, ActionPoint, AgreementRecord


async def changed(ctx: Context, agreement: AgreementRecord) -> None:
    """Bring the card and the reminders into step with an action point."""
    point = await ctx.store.actions.get(agreement.id)
    await _card.refresh(ctx, point)
    await _reminders.plan(ctx, point)


async def agreed(ctx: Context, agreement: AgreementRecord) -> None:
    """Announce that all cities agree; an action point that this one replaces is superseded."""
    await changed(ctx, agreement)
    point = await ctx.store.actions.get(agreement.id)
    await _supersede(ctx, point)
    dialogue = await ctx.store.dialogues.get(point.dialogue_id)
    how = _("It is the same in every chat; `/action {number}` shows the history.", number=str(point.number))
    number = _("{check}. {how}", check=_signing.check_number(agreement), how=how)
    await ctx.announce(dialogue, lines(await _texts.shown(ctx, point), number))


async def _supersede(ctx: Context, point: ActionPoint) -> None:
    """End the action point that an agreed one replaces."""
    old = await ctx.store.actions.numbered(point.dialogue_id, point.replaces) if point.replaces else None
    if old and not old.state.is_final:
        by = signatory(ctx) if isinstance(ctx, DialogueContext) else BY_ITSELF
        await changed(
            ctx, await ctx.store.agreements.take(old.agreement, Step.SUPERSEDED, by, ctx.now, {"by": point.number})
        )


def _advice(agreement: AgreementRecord) -> LazyText:
    return _(
        "The text can be changed: `/action {number} edit TEXT`; all cities then agree again.",
        number=str(agreement.number),
    )


async def _present_card(ctx: Context, agreement: AgreementRecord) -> int | None:
    return (await ctx.store.actions.get(agreement.id)).card_id


KIND = _signing.Kind(
    feature="actions",
    word="action",
    label=_texts.label,
    advice=_advice,
    card=_present_card,
    changed=changed,
    agreed=agreed,
)
