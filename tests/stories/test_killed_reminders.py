"""The jobs that follow up action points are killed at every operation of their database: each is told once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bot.commands.context import Told
from bot.model import Account, ChatRef, MessengerName, Role
from handlers.agreements.actions._reminders import REMIND
from handlers.agreements.actions._weekly import WEEKLY
from storage import Chat, Database, Dialogue, NewOwner, Person, PlannedDueReminder, Signatory, Store, Terms
from storage import tables as t
from tests.clocks import Clock
from tests.roundtables.killing import LEASE, STEP, Killer, collected, is_killed

__all__ = ["collected"]

MONDAY = datetime(2027, 3, 15, 7, tzinfo=UTC)
"""8:00 in Köln."""
ZONE = "Europe/Berlin"


async def paired(store: Store) -> tuple[Dialogue, Person]:
    """Pair Köln; its one person has a private chat with the bot."""
    koeln = await store.cities.add("Köln", "de_DE", ZONE)
    dialogue = await store.dialogues.add("Köln", (koeln,))
    await store.chats.pair(ChatRef(MessengerName.TELEGRAM, "-1001"), dialogue, koeln)
    account = Account(MessengerName.TELEGRAM, "11")
    anna = await store.people.get_or_create(account, "Anna", "", MONDAY)
    await store.roles.set(dialogue, anna, koeln, Role.STAFF, MONDAY)
    await store.chats.get_or_create(ChatRef(MessengerName.TELEGRAM, account.id), person_id=anna.id)
    return dialogue, anna


async def due(store: Store, dialogue: Dialogue, anna: Person, clock: Clock) -> int:
    """Add an action point with a reminder that is due, and make the digest due."""
    owner = NewOwner(person_id=anna.id, pseudonym="anna", city=dialogue.cities[0])
    terms = Terms(text="Bäume", language="de", due_on=MONDAY.date(), owners=(owner,))
    point = await store.actions.propose(dialogue.id, terms, Signatory(anna.id, "anna", "Köln"), MONDAY)
    reminder = PlannedDueReminder(anna.id, MONDAY.date(), 0, ZONE, clock.now)
    await store.due_reminders.plan(point.id, [reminder], clock.now - LEASE)
    await store.jobs.schedule(REMIND, str(point.id), clock.now)
    await store.jobs.schedule(WEEKLY, f"{dialogue.id}/{ZONE}", clock.now)
    return point.id


async def sent(store: Store, chat: Chat) -> int:
    """Return how many posts a chat has got, or will get."""
    found = sa.select(t.deliveries.c.id).where(t.deliveries.c.chat_id == chat.id, t.deliveries.c.kind == "send")
    return len((await store._connection.execute(found)).all())


async def test_reminders_and_digests_killed_at_any_moment_come_once(
    sqlite: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sqlite.engine.url.render_as_string(hide_password=False)
    killer, clock = Killer(monkeypatch), Clock(MONDAY)
    async with sqlite.begin() as store:
        dialogue, anna = await paired(store)
        (group,) = await store.chats.of_dialogue(dialogue.id)
        (private,) = await store.chats.private(anna.id)
    operations, rounds, struck = 0, 0, True
    while struck:
        async with sqlite.begin() as store:
            point = await due(store, dialogue, anna, clock)
        struck = await is_killed(url, clock, killer, operations)
        rounds += 1
        async with sqlite.begin() as store:
            (reminder,) = await store.due_reminders.of(point)
            assert reminder.told == Told.PRIVATELY
            assert (await sent(store, private), await sent(store, group)) == (rounds, rounds)
        operations += 2 * STEP
    assert operations > 5 * STEP, "it was killed several times"
