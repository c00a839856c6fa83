"""The live card of an action point, one in every chat. Each version has its own."""

from __future__ import annotations

from bot.agreement import AgreementState
from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines
from bot.voice import Choice
from handlers.agreements import _proof, _signing
from handlers.agreements.actions import _clashes, _texts
from storage import ActionPoint

DONE = "done"
"""The action of the button that marks an action point as done: `done:AGREEMENT`."""


async def post(ctx: Context, point: ActionPoint) -> None:
    """Post the card of a new version in every chat; that of the last one loses its buttons."""
    if point.card_id is not None:
        await _signing.retire(ctx, point.card_id, _changed(point))
    chats = await ctx.store.chats.of_dialogue(point.dialogue_id)
    dialogue = await ctx.store.dialogues.get(point.dialogue_id)
    reply_to = point.source_id if point.version == 1 else None
    card = await ctx.post(chats, await _text(ctx, point), *buttons(point), reply_to=reply_to, dialogue=dialogue)
    await ctx.store.actions.link(point, card_id=card)


async def refresh(ctx: Context, point: ActionPoint) -> None:
    """Update the card in every chat; one that has joined gets it, as long as cities have to agree."""
    if point.card_id is not None:
        chats = await ctx.store.chats.of_dialogue(point.dialogue_id) if point.agreement.is_pending else ()
        await ctx.update(point.card_id, await _text(ctx, point), *buttons(point), everywhere=chats)


async def show(ctx: DialogueContext, point: ActionPoint) -> None:
    """Answer with an action point, its history in short with the proof, and its buttons."""
    await ctx.reply(lines(await _text(ctx, point), *await _proof.summary(ctx, point.agreement)), *buttons(point))


def buttons(point: ActionPoint) -> tuple[Choice, ...]:
    """Return what can be done with an action point by a press."""
    if point.state is AgreementState.AGREED:
        return (Choice(_("done"), "☑️", f"{DONE}:{point.id}"),)
    return _signing.buttons(point.agreement)


async def _text(ctx: Context, point: ActionPoint) -> LazyText:
    shown = lines(await _texts.shown(ctx, point), *await _clashes.rows(ctx, point))
    if not point.agreement.is_pending:
        return shown
    how = _(
        "*To answer:* press a button, or write `/action {number} agree` or `/action {number} object REASON`.",
        number=str(point.number),
    )
    return lines(shown, how)


def _changed(point: ActionPoint) -> LazyText:
    return _(
        "✏️ *Action point {number} has been changed:* the new version is below. This one can no longer be agreed to.",
        number=str(point.number),
    )
