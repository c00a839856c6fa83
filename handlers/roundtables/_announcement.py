"""A new roundtable is announced in every chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.text.catalogue import _
from handlers.roundtables import _card, _files, _invitations, _reminders
from storage import Chat, Roundtable


async def publish(ctx: Context, roundtable: Roundtable) -> Roundtable:
    """Invite everybody, plan the reminders, and post the card with its calendar file below; return the roundtable."""
    await _invitations.sync(ctx, roundtable)
    await _reminders.plan(ctx, roundtable)
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    chats = await ctx.store.chats.of_dialogue(dialogue.id)
    card = await ctx.post(chats, await _card.text(ctx, roundtable), *_card.buttons(roundtable), dialogue=dialogue)
    await post_calendar(ctx, roundtable, chats, card)
    await _card.expect_end(ctx, roundtable)
    announced = await ctx.store.roundtables.change(roundtable, card_id=card)
    await _invitations.send(ctx, announced)
    return announced


async def post_calendar(ctx: Context, roundtable: Roundtable, chats: Sequence[Chat], below: int) -> None:
    """Post the calendar file of a roundtable below a post about it."""
    if files := _files.calendar(ctx, roundtable):
        # A post of its own: captions are short, and a card changes while its file stays.
        caption = _("For your calendar: roundtable {number}", number=str(roundtable.number))
        dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
        await ctx.post(chats, caption, files=files, reply_to=below, dialogue=dialogue)
