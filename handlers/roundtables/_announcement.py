"""A new roundtable is announced in every chat."""

from __future__ import annotations

from bot.commands.context import Context
from bot.text.catalogue import _
from handlers.roundtables import _card, _files, _invitations, _reminders
from storage import Roundtable


async def publish(ctx: Context, roundtable: Roundtable) -> Roundtable:
    """Invite everybody, plan the reminders, and post the card with its calendar file below; return the roundtable."""
    await _invitations.sync(ctx, roundtable)
    await _reminders.plan(ctx, roundtable)
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    chats = await ctx.store.chats.of_dialogue(dialogue.id)
    card = await ctx.post(chats, await _card.text(ctx, roundtable), *_card.buttons(roundtable), dialogue=dialogue)
    if files := _files.calendar(ctx, roundtable):
        # A post of its own: captions are short, and a card changes while its file stays.
        caption = _("For your calendar: roundtable {number}", number=str(roundtable.number))
        await ctx.post(chats, caption, files=files, reply_to=card, dialogue=dialogue)
    await _card.expect_end(ctx, roundtable)
    return await ctx.store.roundtables.change(roundtable, card_id=card)
