"""Polls put into the storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model import Account, MessengerName
from storage import (
    Dialogue,
    NewTopic,
    Person,
    Poll,
    PollState,
    Store,
    Voter,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TELEGRAM, MATRIX = MessengerName.TELEGRAM, MessengerName.MATRIX


async def dialogue_in(store: Store) -> Dialogue:
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    return await store.dialogues.add("Köln – Leeds", (koeln, leeds))


async def drafted(store: Store, dialogue: Dialogue, *, secret: bool = False) -> Poll:
    return await store.polls.add(dialogue.id, NOW, question="What first?", secret=secret)


async def opened(store: Store, dialogue: Dialogue, *, secret: bool = False) -> Poll:
    poll = await drafted(store, dialogue, secret=secret)
    await store.polls.set_topics(poll.id, [NewTopic("Bridges"), NewTopic("Heat", (11, 13))])
    return await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW, closes_at=NOW + 7 * DAY)


async def person_in(store: Store, id: str, messenger: MessengerName = TELEGRAM) -> Person:
    return await store.people.get_or_create(Account(messenger, id), f"Person {id}", "", NOW)


async def voter_of(store: Store, poll: Poll, id: str) -> Voter:
    """Return a voter; the digest of a secret one stands for itself here."""
    return f"digest {id}" if poll.secret else (await person_in(store, id)).id


async def cast(
    store: Store,
    poll: Poll,
    voter: Voter,
    city_id: int,
    ballot: str,
    *,
    at: datetime = NOW,
    on: MessengerName = TELEGRAM,
) -> str | None:
    return await store.ballots.cast(poll, voter, city_id, ballot, messenger=on, at=at, turn=int(at.timestamp()))
