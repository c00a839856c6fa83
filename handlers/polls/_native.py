"""Native polls beside the card: single choice in open ballots with live results, as all can see who chose what."""

from __future__ import annotations

from collections.abc import Iterable

from bot.commands.context import Context
from bot.text.catalogue import LazyText, _
from bot.voice import name_of
from bot.voting import Method, example
from storage import Chat, Poll, StoredMessage


def is_native(poll: Poll) -> bool:
    """Whether a poll is also asked by native polls."""
    return poll.method is Method.SINGLE and poll.live and not poll.secret


async def post(ctx: Context, poll: Poll) -> None:
    """Post the native poll, if the poll has one, in every chat that may have it; elsewhere people vote by text."""
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    id = await _send(ctx, poll, chats) if is_native(poll) else None
    await ctx.store.polls.change(poll, native_id=id)


async def _send(ctx: Context, poll: Poll, chats: Iterable[Chat], earlier: int | None = None) -> int:
    question = _("Poll {number}: {question}", number=str(poll.number), question=poll.question)
    topics = await ctx.store.polls.topics(poll.id)
    options = [LazyText("{n}. {topic}", params={"n": str(each.position), "topic": each.text}) for each in topics]
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    return await ctx.post_poll(chats, question, *options, dialogue=dialogue, earlier=earlier)


async def follow(ctx: Context, dialogue_id: int) -> None:
    """Post the native polls that are open in chats that have joined the dialogue since."""
    for each in await ctx.store.polls.open():
        if each.dialogue_id == dialogue_id and each.native_id is not None and _goes_on(ctx, each):
            known = await ctx.store.deliveries.chats_with(each.native_id)
            new = [chat for chat in await ctx.store.chats.of_dialogue(dialogue_id) if chat.id not in known]
            await _send(ctx, each, new, each.native_id)


async def close(ctx: Context, poll: Poll) -> None:
    """Stop the native polls, also in chats that have left the dialogue."""
    if poll.native_id is None:
        return
    for id in await ctx.store.deliveries.chats_with(poll.native_id):
        await ctx.store.deliveries.close_poll(await ctx.store.chats.get(id), poll.native_id, ctx.now)


async def refused(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Report to the coordinators that the messenger refuses the native poll in a chat."""
    poll = await of_post(ctx, post)
    if poll is None or not poll.is_open:
        return
    text = _(
        "Poll {number}: in {chat} I could not post the messenger's own poll. People there vote by text, for example"
        " with `/vote {number} {ballot}`.",
        **await _named(ctx, poll, chat),
    )
    await ctx.tell_coordinators(await ctx.store.dialogues.get(poll.dialogue_id), text)


async def ended(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Announce that the poll goes on, in a chat where somebody else has ended or deleted the native poll."""
    poll = await of_post(ctx, post)
    if poll is None or not _goes_on(ctx, poll):
        return
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    named = await _named(ctx, poll, chat)
    text = _(
        "Somebody has closed or deleted the messenger's own poll here, but poll {number} goes on: please vote by text,"
        " for example with `/vote {number} {ballot}`. All votes so far count.",
        **named,
    )
    await ctx.post([chat], text, dialogue=dialogue)
    report = _(
        "Poll {number}: in {chat} somebody has closed or deleted the messenger's own poll. The poll goes on: people"
        " there vote by text, for example with `/vote {number} {ballot}`.",
        **named,
    )
    await ctx.tell_coordinators(dialogue, report)


def _goes_on(ctx: Context, poll: Poll) -> bool:
    return poll.is_open and (poll.closes_at is None or ctx.now < poll.closes_at)


async def of_post(ctx: Context, post: StoredMessage) -> Poll | None:
    """Return the poll whose present native poll is a post; a native poll that was replaced belongs to none."""
    poll = await ctx.store.polls.by_message(post.id)
    return poll if poll and poll.native_id == post.id else None


async def _named(ctx: Context, poll: Poll, chat: Chat) -> dict[str, str | LazyText]:
    topics = await ctx.store.polls.topics(poll.id)
    ballot = example(poll.method, len(topics))
    return {"number": str(poll.number), "ballot": ballot, "chat": name_of(chat)}
