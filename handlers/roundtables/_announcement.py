"""A new roundtable is announced in every chat."""

from __future__ import annotations

from bot.commands.context import Context
from handlers.roundtables import _card, _files, _invitations, _reminders
from storage import Roundtable


async def publish(ctx: Context, roundtable: Roundtable) -> Roundtable:
    """Invite everybody, plan the reminders, and post the card with its calendar file below; return the roundtable."""
    await _invitations.sync(ctx, roundtable)
    await _reminders.plan(ctx, roundtable)
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    chats = await ctx.store.chats.of_dialogue(dialogue.id)
    card = await ctx.post(chats, await _card.text(ctx, roundtable), *_card.buttons(roundtable), dialogue=dialogue)
    await _files.post(ctx, roundtable, chats, card)
    await _card.schedule_end(ctx, roundtable)
    announced = await ctx.store.roundtables.change(roundtable, card_id=card)
    await _invitations.send(ctx, announced)
    return announced
