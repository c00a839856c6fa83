"""A coordinator makes a native poll of their own: the bot offers to make a joint poll of it."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.router import Router
from bot.jobs.kinds import JobKind
from bot.model import Message, PollSnapshot, Role, plain
from bot.text.catalogue import UserError, _
from bot.text.excerpts import shortened
from bot.text.foreign import LONGEST_LABEL, unlinked
from bot.text.names import clean_line
from bot.voice import Choice
from bot.voting import Method
from handlers.polls import _changes, _creation, _topics
from handlers.polls._creation import Typed
from handlers.polls._lookup import GROUP
from storage import Job

OFFER = "poll offer"
"""The kind of jobs that end an offer, with what the poll asks; keyed by the message with the poll."""
ADOPT = "adopt"
VALID = timedelta(days=7)

router = Router(GROUP)


async def on_message(ctx: CommandContext, event: Message) -> None:
    """Offer to make a joint poll of a coordinator's native poll, if it can be one."""
    asked = event.attachment.thing if event.attachment else None
    if not isinstance(asked, PollSnapshot) or ctx.subject is None or ctx.role is not Role.COORDINATOR:
        return
    options = _options(asked)
    if not options:
        return
    text = _(
        "This poll is passed on as text, and nobody in the other cities can vote in it. Shall I make a joint poll of"
        " it, in which all cities vote? You will see a draft first."
    )
    post_id = await ctx.reply(text, Choice(_("joint poll"), "🗳️", f"{ADOPT}:{ctx.subject.id}"))
    payload = {"post": post_id, "question": plain(asked.question), "options": options, "multiple": asked.multiple}
    await ctx.store.jobs.schedule(OFFER, str(ctx.subject.id), ctx.now + VALID, payload)


def _options(asked: PollSnapshot) -> list[str]:
    """Return the options of a poll that can be a joint one; none for a quiz, or for one that has ended."""
    options = [unlinked(clean_line(plain(each.text), LONGEST_LABEL)) for each in asked.options]
    if asked.quiz or asked.closed:
        return []
    try:
        _topics.read(options)
    except UserError:
        return []
    return options


@router.button(ADOPT, role=Role.COORDINATOR, in_dialogue=True)
async def adopt(ctx: DialogueContext) -> None:
    """Make a draft of the poll that was offered."""
    offered = await ctx.store.jobs.take(OFFER, ctx.args)
    if offered is None:
        raise UserError(_("This offer has ended. `/poll` makes a new poll."))
    question = shortened(offered["question"], _changes.LONGEST_QUESTION - 1)
    method = Method.APPROVAL if offered["multiple"] else Method.SINGLE
    await ctx.update(ctx.pressed_post, _("A joint poll is made of this one; the draft follows."))
    await _creation.draft(ctx, Typed(question, {"method": method}, _topics.read(offered["options"])))


async def expire(ctx: Context, job: Job, _prepared: None) -> None:
    """End an offer that nobody has taken."""
    await ctx.update(job.payload["post"], _("I had offered to make a joint poll of this one. The offer has ended."))


KIND = JobKind(name=OFFER, apply=expire)
