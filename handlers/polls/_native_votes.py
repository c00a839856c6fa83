"""Votes in native polls become ballots; whoever may not vote is told why, and not in front of everybody if possible."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.context import CommandContext, Context
from bot.model import Account, Mention, Vote, rich
from bot.text.catalogue import LazyText, UserError, _
from bot.voting import Ballot
from handlers.polls import _card, _native, _voting
from handlers.polls._eligibility import MUTED
from storage import Chat, Dialogue, Poll, StoredMessage


async def on_vote(ctx: CommandContext, vote: Vote) -> None:
    """Cast the ballot that a vote is, or withdraw it."""
    poll = await _native.of_post(ctx, ctx.subject) if ctx.subject else None
    if poll is None:
        return
    if vote.source:  # one that could not be read before may be readable now, or removed
        await _card.changed(ctx, poll)
    if not vote.readable:
        return
    if not vote.dated and poll.closes_at:  # it may have waited while the bot was down
        ctx = replace(ctx, at=min(ctx.at, poll.closes_at))
    topics = await ctx.store.polls.topics(poll.id)
    ballot = _ballot(vote, len(topics))
    try:
        async with ctx.store.savepoint():
            await _voting.vote(ctx, poll, ballot, _voting.Via.NATIVE)
    except UserError as refusal:
        if ballot is not None:
            await _explain(ctx, poll, ctx.chat, ctx.account, refusal.text)


def _ballot(vote: Vote, topics: int) -> Ballot | None:
    """Return the ballot of a vote; None if it was taken back."""
    chosen = set(vote.options) & set(range(topics))
    return tuple(int(number in chosen) for number in range(topics)) if chosen else None


async def on_refused_vote(ctx: Context, chat: Chat, post: StoredMessage, vote: Vote) -> None:
    """Explain to who is muted, or to a chat in whose name somebody votes, that it does not count (trust: case 66)."""
    poll = await _native.of_post(ctx, post)
    if poll is None or not poll.is_open or not vote.options:
        return
    if vote.sender.account is None:
        await _explain_names(ctx, poll, chat)
    else:
        await _explain(ctx, poll, chat, vote.sender.account, MUTED)


async def _explain_names(ctx: Context, poll: Poll, chat: Chat) -> None:
    """Explain, once in each chat, that votes in the name of a group or channel do not count."""
    if await ctx.store.polls.mark_told(poll, ctx.signer.fingerprint(f"{poll.id} chat {chat.id}")):
        text = _(
            "A vote in the name of a group or a channel does not count in poll {number}, as it could be anybody's."
            " Please vote as yourself: switch off “Remain anonymous” in your administrator rights, or write to me in"
            " private.",
            number=str(poll.number),
        )
        await ctx.post([chat], text, dialogue=await _dialogue(ctx, poll))


async def _explain(ctx: Context, poll: Poll, chat: Chat, account: Account, reason: LazyText) -> None:
    """Explain in private why a vote does not count, once for each reason, or else once by a mention in the chat."""
    person = await ctx.store.people.by_account(account)
    if person is None:
        return
    private = [each for each in await ctx.store.chats.private(person.id) if each.is_at_home]
    told = f"{poll.id} {person.id} {reason.message if private else ''}"
    if not await ctx.store.polls.mark_told(poll, ctx.signer.fingerprint(told)):
        return
    text = _("Your vote in poll {number} does not count. {reason}", number=str(poll.number), reason=reason)
    if private:
        await ctx.post(private[:1], text, dialogue=await _dialogue(ctx, poll))
    else:
        mention = _("{who}: {text}", who=Mention(account, rich(person.name)), text=text)
        await ctx.post([chat], mention, mentions=(account,), dialogue=await _dialogue(ctx, poll))


async def _dialogue(ctx: Context, poll: Poll) -> Dialogue:
    return await ctx.store.dialogues.get(poll.dialogue_id)
