"""Polls in which people of the three cities have voted, whatever the way."""

from __future__ import annotations

from bot.model import Account, ChatRef, MessengerName
from handlers.polls import _card
from storage import Poll
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, KOELN
from tests.stories.meetings import Meetings

QUESTION = "Woran arbeiten wir zuerst?"
TOPICS = ("Radwege ausbauen (SDG 11)", "Bäume pflanzen (SDG 13)", "Schulpartnerschaften", "Sport", "Kultur")


async def publish(story: Meetings, *rules: str, topics: tuple[str, ...] = TOPICS) -> None:
    """Create a poll in Köln, and publish it."""
    answer = await story.says(
        KOELN, ANNA, "\n".join((f"/umfrage {QUESTION}", *(f"- {each}" for each in topics), *rules))
    )
    number = next(int(word) for word in answer.replace(":", " ").split() if word.isdecimal())
    await story.says(KOELN, ANNA, f"/umfrage {number} veröffentlichen")


async def stored_poll(story: Meetings, number: int = 1) -> Poll:
    """Return a poll as it is stored."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, number)
    assert poll
    return poll


async def cast(story: Meetings, city_name: str, *ballots: str, number: int = 1, first: int = 0) -> None:
    """Cast a ballot of each of several people of a city, and wait; `first`: the number of the first one."""
    await record(story, city_name, *ballots, number=number, first=first)
    await story.quiet()


async def record(story: Meetings, city_name: str, *ballots: str, number: int = 1, first: int = 0) -> None:
    """Cast ballots, as `cast` does, in one transaction."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, number)
        assert poll
        (city,) = [each for each in dialogue.cities if each.name == city_name]
        for voter, ballot in enumerate(ballots, first):
            account = Account(MessengerName.MATRIX, f"@{city_name}{voter}:test")
            person = await store.people.get_or_create(account, f"Somebody {voter}", "", story.clock())
            whose = story.app.services.signer.voter(poll.id, person.id) if poll.secret else person.id
            await store.ballots.cast(
                poll, whose, city.id, ballot, messenger=account.messenger, at=story.clock(), turn=voter
            )
        await _card.changed(story.app.services.context(store, story.clock(), "polls"), poll)


def message(story: Meetings, chat: ChatRef, *begins: str) -> FakeMessage:
    """Return the newest message of the bot in a chat that begins so."""
    messages = story.messenger(chat).messages_in(chat)
    return next(each for each in reversed(messages) if each.post and each.text.startswith(begins))


def card(story: Meetings, chat: ChatRef) -> str:
    """Return the newest card of a poll in a chat, as it reads now."""
    return message(story, chat, "🗳️", "🏁 Umfrage 1:", "🏁 Poll 1:").text


def result(story: Meetings, chat: ChatRef, number: int = 1) -> str:
    """Return the result of a poll in a chat."""
    return message(story, chat, f"🏁 Umfrage {number} ist", f"🏁 Poll {number} is").text
