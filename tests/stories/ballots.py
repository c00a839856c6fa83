"""Polls in stories: made in the database, so that a story is about voting alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.model import ChatRef, MessengerName, Role, Sender
from bot.voting import Method
from handlers.polls import _card
from storage import Dialogue, Electorate, Poll, PollState
from storage.polls.repository import NewTopic
from tests.fake_chats import FakeMessage
from tests.stories.conftest import INDY, KOELN, Story

TOPICS = ("Energie", "Verkehr", "Wasser")


async def opened(
    story: Story,
    method: str = "score",
    topics: Sequence[str] = TOPICS,
    *,
    voters: Electorate = Electorate.ALL,
    secret: bool = False,
    question: str = "Woran arbeiten wir?",
    dialogue_id: int | None = None,
    closes_in: timedelta = timedelta(days=7),
    published: bool = True,
) -> Poll:
    """Open a poll in the first dialogue, with its card in every chat."""
    now = story.app.clock()
    async with story.database.begin() as store:
        dialogue = await store.dialogues.get(dialogue_id) if dialogue_id else (await store.dialogues.all())[0]
        poll = await store.polls.add(
            dialogue.id,
            now,
            question=question,
            method=Method(method),
            voters=voters,
            secret=secret,
            closes_at=now + closes_in,
        )
        await store.polls.set_topics(poll.id, [NewTopic(each) for each in topics])
        if not published:
            return poll
        poll = await store.polls.change(poll, state=PollState.OPEN, opened_at=now)
        ctx = story.app.services.context(store, now, "polls")
        card = await ctx.announce(dialogue, await _card.text(ctx, poll), *await _card.buttons(ctx, poll))
        poll = await store.polls.change(poll, card_id=card)
    await story.quiet()
    return poll


async def tally(story: Story, poll: Poll) -> dict[str, dict[str, int]]:
    """Return how many people of each city have cast each ballot."""
    async with story.database.begin() as store:
        found = await store.ballots.tallied(poll)
        return {each.name: found[each.id] for each in await store.cities.all() if each.id in found}


def card_in(story: Story, chat: ChatRef) -> FakeMessage:
    """Return the last post with buttons in a chat."""
    return next(each for each in reversed(story.messenger(chat).messages_in(chat)) if each.post and each.post.buttons)


async def presses(story: Story, chat: ChatRef, who: Sender, label: str, card: FakeMessage | None = None) -> str:
    """Press the button with a label or an emoji; return what is shown to that person alone."""
    card = card or card_in(story, chat)
    assert card.post
    button = next(each for each in card.post.buttons if label in f"{each.emoji} {each.label}")
    messenger = story.messenger(chat)
    if messenger.name is MessengerName.TELEGRAM:
        messenger.presses(chat, who, card.id, button.action)
    else:
        messenger.reacts(chat, who, card.id, button.emoji)
    await story.quiet()
    return messenger.told[-1] if messenger.told else ""


async def close(story: Story, poll: Poll) -> None:
    """Close a poll, without counting it."""
    async with story.database.begin() as store:
        await store.polls.close(poll, story.app.clock(), {}, in_force=False)


async def join(story: Story, chat: ChatRef, who: Sender) -> None:
    """Make someone known as a guest of a chat's city."""
    await story.says(chat, who, "Hallo")


async def dialogue_of(story: Story, name: str = "", member: Sender | None = None) -> Dialogue:
    """Add a dialogue: without a name, of the chats of Köln and Indianapolis; else one that somebody is staff in."""
    now = story.app.clock()
    async with story.database.begin() as store:
        cities = [await store.cities.named("Köln") or await store.cities.add("Köln", "de_DE", "Europe/Berlin")]
        cities += [await store.cities.add(name or "Indianapolis", "en_US", "America/Indiana/Indianapolis")]
        dialogue = await store.dialogues.add(name or "Köln – Indianapolis", tuple(cities))
        for chat, city in zip((KOELN, INDY), cities, strict=True) if not name else ():
            await store.chats.pair(chat, dialogue, city)
        if member:
            assert member.account
            person = await store.people.get_or_create(member.account, member.name, "", now)
            await store.roles.set(dialogue, person, cities[0], Role.STAFF, now)
    return dialogue
