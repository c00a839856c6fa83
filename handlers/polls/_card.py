"""The live card of a poll, one in every chat of the dialogue."""

from __future__ import annotations

from bot.commands.context import Context
from bot.text.catalogue import LazyText
from bot.voice import Choice
from handlers.polls import _choices
from storage import Poll


async def post(ctx: Context, poll: Poll) -> None:
    """Post the card in every chat."""


async def changed(ctx: Context, poll: Poll) -> None:
    """Schedule that the card is drawn anew."""


async def text(_ctx: Context, poll: Poll) -> LazyText:
    """Return what the card says, whatever the state of the poll."""
    return LazyText("{question}", params={"question": poll.question})


async def buttons(ctx: Context, poll: Poll) -> tuple[Choice, ...]:
    """Return the buttons under the card."""
    return _choices.buttons(poll, await ctx.store.polls.topics(poll.id))
