"""Which poll is meant."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.text.catalogue import UserError, _
from storage import Poll, PollState

GROUP = _("Topic polls")
"""The group of the commands in /help."""
MOST_NUMBERS = 10


async def find(ctx: DialogueContext, number: int) -> Poll:
    """Return the poll with this number, locked. Raises UserError, with the numbers that exist, if there is none."""
    if found := await ctx.store.polls.numbered(ctx.dialogue.id, number):
        return found
    newest = await ctx.store.polls.of_dialogue(ctx.dialogue.id)
    if not newest:
        raise UserError(_("There is no poll here yet."))
    numbers = [str(each.number) for each in reversed(newest[:MOST_NUMBERS])]
    raise UserError(_("There is no poll {number} here. These exist: {numbers}", number=str(number), numbers=numbers))


async def of_button(ctx: DialogueContext, id: str) -> Poll:
    """Return the poll of a button, locked. Raises UserError if it has expired."""
    try:
        return await ctx.store.polls.get(int(id))
    except LookupError:
        raise UserError(_("This poll is long over.")) from None


def check_draft(poll: Poll) -> None:
    """Raise UserError unless a poll is a draft."""
    if poll.state is PollState.DRAFT:
        return
    number = str(poll.number)
    if poll.state is PollState.DISCARDED:
        raise UserError(_("The draft of poll {number} has been discarded.", number=number))
    raise UserError(_("Poll {number} has already been published.", number=number))


def check_open(poll: Poll) -> None:
    """Raise UserError unless a poll is open."""
    number = str(poll.number)
    if poll.state is PollState.CLOSED:
        raise UserError(_("Poll {number} is already closed. `/poll {number}` shows the result.", number=number))
    if not poll.is_open:
        raise UserError(_("Poll {number} has not been published.", number=number))
