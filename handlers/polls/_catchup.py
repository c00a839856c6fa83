"""After a downtime longer than a messenger keeps what happens, ballots may be missing: the coordinators are told."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.model import MessengerName
from bot.text.catalogue import _, lines
from handlers.polls import _card
from storage import Chat, Poll


async def warn(ctx: Context, chats: Sequence[Chat]) -> None:
    """Mark the open polls of the dialogues of chats in which events are missing, and tell the coordinators."""
    for dialogue_id in dict.fromkeys(each.dialogue_id for each in chats if each.dialogue_id is not None):
        theirs = [each for each in await ctx.store.polls.of_dialogue(dialogue_id) if each.is_open]
        for poll in theirs:
            await _card.changed(ctx, await ctx.store.polls.change(poll, warned_at=ctx.now))
        if theirs:
            messengers = {each.ref.messenger for each in chats if each.dialogue_id == dialogue_id}
            await _tell(ctx, dialogue_id, theirs, sorted(messengers))


async def _tell(ctx: Context, dialogue_id: int, polls: Sequence[Poll], messengers: Sequence[MessengerName]) -> None:
    dialogue = await ctx.store.dialogues.get(dialogue_id)
    text = lines(
        _(
            "⚠️ *{dialogue}*: I was not connected for a while and have missed messages on {messengers}: ballots cast"
            " there meanwhile may be missing.",
            dialogue=dialogue.name,
            messengers=[each.title() for each in messengers],
        ),
        _("Open polls: {numbers}", numbers=[str(each.number) for each in reversed(polls)]),
        _(
            "Please ask people to vote again. Ballots count once, so voting again does no harm. `/poll {number} remind`"
            " reminds those whose ballots I do not have.",
            number=str(polls[0].number),
        ),
    )
    await ctx.tell_coordinators(dialogue, text)
