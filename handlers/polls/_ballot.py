"""The private ballot: opened from the card, a link or the command, filled in with buttons, and cast."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import CommandContext, DialogueContext
from bot.commands.router import Router, Where
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.voice import Choice
from bot.voting import example, how_to_answer
from handlers.polls import _pages
from handlers.polls._eligibility import check
from handlers.polls._lookup import GROUP, of_button
from handlers.polls._pages import BallotPage
from handlers.polls._partial_ballot import PartialBallot
from handlers.polls._posts import BALLOT, VOTE
from handlers.polls._receipts import current, named, receipt, understood, withdrawn
from handlers.polls._voting import Via, vote
from storage import Chat, Dialogue, Poll, Topic

router = Router(GROUP)


async def open_for(ctx: DialogueContext, poll: Poll) -> None:
    """Post the person's ballot in private, or say how to get there. Raises UserError if they may not vote."""
    await check(ctx, poll)
    chat = ctx.chat if ctx.private else await _private_chat(ctx)
    if chat:
        await _post(ctx, poll, chat)
    if not ctx.private and not (chat and ctx.by_reaction):
        await ctx.answer(await _where(ctx, poll, is_posted=chat is not None))


async def _private_chat(ctx: CommandContext) -> Chat | None:
    """Return the private chat on this messenger, if the bot may write there."""
    chats = await ctx.store.chats.private(ctx.person.id)
    here = [each for each in chats if each.ref.messenger is ctx.chat.ref.messenger and each.is_at_home]
    return here[0] if here else None


def address(ctx: CommandContext, poll: Poll, dialogue: Dialogue) -> str:
    """Return the address that opens the ballot in private; on Matrix only the person's room with the bot."""
    return ctx.addresses(f"{VOTE}_{poll.number}_{dialogue.id}").get(ctx.chat.ref.messenger, "")


async def _where(ctx: DialogueContext, poll: Poll, *, is_posted: bool) -> LazyText:
    """Return where the ballot is; on Telegram it ends with the address, so that a press opens it."""
    there = address(ctx, poll, ctx.dialogue)
    presses = ctx.voice.answers_presses(ctx.chat)
    if is_posted and presses:
        return _("I have sent you the ballot in private: {address}", address=there)
    if is_posted:
        return _("I have sent you the ballot in private.")
    if presses:
        return _("Please open the ballot in private, and press Start: {address}", address=there)
    private = _("To vote in private, open a direct room with me and write to me there: {address}", address=there)
    if poll.secret:
        return private
    typed = example(poll.method, len(await ctx.store.polls.topics(poll.id)))
    return lines(_("Please write here: `/vote {number} {ballot}`", number=str(poll.number), ballot=typed), private)


async def _post(ctx: CommandContext, poll: Poll, chat: Chat) -> None:
    """Post the ballot, filled in as far as it was, and close an earlier post of it."""
    topics = await ctx.store.polls.topics(poll.id)
    draft = await ctx.store.ballot_drafts.of(poll.id, ctx.person.id)
    partial = await _partial(ctx, poll, len(topics))
    if not ctx.voice.answers_presses(chat):
        page = await _to_type(ctx, poll, topics)
    elif draft is None and (cast := partial.ballot):
        page = BallotPage(receipt(poll, topics, cast), _after(poll))
    else:
        page = _pages.first(poll, topics, partial)
    if draft:
        await ctx.update(draft.post_id, _("Your ballot continues further down."))
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    id = await ctx.post([chat], page.text, *page.buttons, dialogue=dialogue)
    if not page.buttons or page.buttons != _after(poll):
        await _keep(ctx, poll, partial, id)


async def _keep(ctx: CommandContext, poll: Poll, partial: PartialBallot, post_id: int) -> None:
    """Store what is chosen so far, encrypted in a secret poll (trust: case 120)."""
    text = ctx.signer.seal(partial.text) if poll.secret else partial.text
    await ctx.store.ballot_drafts.save(poll.id, ctx.person.id, text, post_id, ctx.now)


async def _partial(ctx: CommandContext, poll: Poll, topics: int) -> PartialBallot:
    """Return what is chosen so far: in the draft, else in the ballot that was cast."""
    method = poll.method
    if draft := await ctx.store.ballot_drafts.of(poll.id, ctx.person.id):
        return PartialBallot.of(method, topics, ctx.signer.unseal(draft.ballot) if poll.secret else draft.ballot)
    cast = await current(ctx, poll, topics)
    return PartialBallot.of_ballot(method, cast) if cast else PartialBallot(method, topics)


async def _to_type(ctx: CommandContext, poll: Poll, topics: Sequence[Topic]) -> BallotPage:
    """Return the ballot for a messenger on which it is typed, as a reply."""
    method = poll.method
    rows = [_pages.title(poll), *map(named, topics), how_to_answer(method)]
    rows += [
        _(
            "Please reply to this message with your ballot, or write `/vote {number} {ballot}` here.",
            number=str(poll.number),
            ballot=example(method, len(topics)),
        )
    ]
    mine = await current(ctx, poll, len(topics))
    rows += [_("*Your ballot so far:*"), *understood(poll, topics, mine)] if mine else []
    return BallotPage(lines(*rows), (_take_back(poll),))


def after(ctx: CommandContext, poll: Poll) -> tuple[Choice, ...]:
    """Return the buttons under a receipt in this chat."""
    return _after(poll) if ctx.voice.answers_presses(ctx.chat) else (_take_back(poll),)


def _after(poll: Poll) -> tuple[Choice, ...]:
    return (Choice(_("change"), "✏️", f"{BALLOT}:{poll.id}:again"), _take_back(poll))


def _take_back(poll: Poll) -> Choice:
    return Choice(_("take back"), "❌", f"{BALLOT}:{poll.id}:none")


@router.button(BALLOT, where=Where.PRIVATE, in_dialogue=True)
async def step(ctx: DialogueContext) -> None:
    """Do what a button of the ballot says, and show the next page."""
    id, _colon, what = ctx.args.partition(":")
    poll = await of_button(ctx, id)
    await check(ctx, poll)
    topics = await ctx.store.polls.topics(poll.id)
    partial = await _partial(ctx, poll, len(topics))
    match what:
        case "cast":
            await _cast(ctx, poll, topics, partial)
        case "none":
            await _withdraw(ctx, poll)
        case _:
            partial, page = _pages.advance(poll, topics, partial, what)
            await _keep(ctx, poll, partial, ctx.pressed_post)
            await ctx.update(ctx.pressed_post, page.text, *page.buttons)


async def _cast(ctx: DialogueContext, poll: Poll, topics: Sequence[Topic], partial: PartialBallot) -> None:
    ballot = partial.ballot
    if ballot is None:
        raise UserError(_("You have not chosen anything yet."))
    await vote(ctx, poll, ballot, Via.BALLOT)
    await ctx.update(ctx.pressed_post, receipt(poll, topics, ballot), *after(ctx, poll))


async def _withdraw(ctx: DialogueContext, poll: Poll) -> None:
    if await vote(ctx, poll, None, Via.BALLOT) is None:
        raise UserError(_("You have not voted in poll {number} so far.", number=str(poll.number)))
    again = Choice(_("vote"), "🗳️", f"{BALLOT}:{poll.id}:again")
    await ctx.update(ctx.pressed_post, withdrawn(poll), *((again,) if ctx.voice.answers_presses(ctx.chat) else ()))
