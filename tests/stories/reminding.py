"""Roundtables for the stories about reminders, with a clock that only the test moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.model import Account, ChatRef, MessengerName, Role, Sender
from handlers.roundtables import _reminders
from storage import Answer, Database, Invitation, Participation, PlannedReminder, Reminder, Roundtable, Store
from storage.roundtables.repository import Scheduled
from tests.clocks import Clock
from tests.stories.conftest import ANNA, GRACE, KOELN, Story, someone

HENRIETTE = someone(KOELN.messenger, "21", "Henriette Reker", "de")
START = datetime(2027, 2, 22, 10, tzinfo=UTC)
"""A Monday, 11:00 in Köln and 5:00 in Indianapolis."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _planned(start: datetime, *remind: timedelta) -> Scheduled:
    """Return what a roundtable is scheduled with."""
    return {
        "title": "Städte vereint",
        "description": "",
        "place": "https://meet.example/1",
        "starts_at": start,
        "ends_at": start + 2 * HOUR,
        "zone": "Europe/Berlin",
        "remind": remind or (7 * DAY, DAY, HOUR),
        "created_by": None,
        "chair_id": None,
    }


class Reminding(Story):
    """The story of a dialogue in which Köln has a mayor, Henriette."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock(START - 10 * DAY)
        super().__init__(database, clock=self.clock)

    async def until(self, moment: datetime) -> None:
        """Move the clock, stopping wherever something is due."""
        while True:
            await self.quiet()
            async with self.database.begin() as store:
                due = [each.due_at for each in await store.jobs.all() if each.kind in self.app.features.jobs]
            coming = min((each for each in due if each > self.clock.now), default=moment)
            if coming > moment or self.clock.now == moment:
                self.clock.now = moment
                return await self.quiet()
            self.clock.now = coming

    async def jump(self, moment: datetime) -> None:
        """Move the clock as if the bot had not been running."""
        self.clock.now = moment
        await self.quiet()

    async def appoint(self, who: Sender, city: str, role: Role) -> int:
        """Appoint a person, and return their id."""
        assert who.account
        async with self.database.begin() as store:
            dialogue, *_others = await store.dialogues.all()
            person = await store.people.get_or_create(who.account, who.name, "", self.clock())
            place = next(each for each in dialogue.cities if each.name == city)
            await store.roles.set(dialogue, person, place, role, self.clock())
        return person.id

    async def meets(
        self,
        *remind: timedelta,
        start: datetime = START,
        speakers: Iterable[Sender] = (HENRIETTE,),
        listeners: Iterable[Sender] = (ANNA, GRACE),
    ) -> Roundtable:
        """Schedule a roundtable, with invitations and reminders."""
        async with self.database.begin() as store:
            dialogue, *_others = await store.dialogues.all()
            roundtable = await store.roundtables.add(dialogue.id, self.clock(), **_planned(start, *remind))
            parts = {Participation.SPEAKER: speakers, Participation.LISTENER: listeners}
            for part, people in parts.items():
                for who in people:
                    assert who.account
                    person = await store.people.by_account(who.account)
                    assert person
                    held = await store.roles.of(dialogue.id, person.id)
                    assert held
                    await store.invitations.save(
                        Invitation(
                            roundtable_id=roundtable.id,
                            person_id=person.id,
                            city_id=held.city.id,
                            part=part,
                        )
                    )
            await self.plan(store, roundtable)
        return roundtable

    async def plan(self, store: Store, roundtable: Roundtable) -> None:
        await _reminders.plan(self.app.services.context(store, self.clock(), "roundtables"), roundtable)

    async def answers(self, roundtable: Roundtable, who: Sender, answer: Answer) -> None:
        """Store an answer to an invitation."""
        assert who.account
        async with self.database.begin() as store:
            person = await store.people.by_account(who.account)
            assert person
            invitation = await store.invitations.get(roundtable.id, person.id)
            assert invitation
            await store.invitations.save(replace(invitation, answer=answer))

    async def moves(self, roundtable: Roundtable, start: datetime) -> Roundtable:
        """Move a roundtable."""
        async with self.database.begin() as store:
            moved = await store.roundtables.change(
                roundtable, revised=True, starts_at=start, ends_at=start + roundtable.length
            )
            await self.plan(store, moved)
        return moved

    async def rows(self, roundtable: Roundtable) -> list[Reminder]:
        """Return what is stored about the reminders of a roundtable."""
        async with self.database.begin() as store:
            return await store.reminders.of(roundtable.id)

    def bells(self, chat: ChatRef) -> list[str]:
        """Return the reminders in a chat."""
        return [each for each in self.at(chat) if each.startswith("🔔")]


OF_EACH = 100
"""Pending reminders of each roundtable that `fill` stores."""


async def fill(database: Database, pending: int) -> int:
    """Store roundtables with so many pending reminders, due one roundtable a minute from the day before `START` on.

    Return the id of the first roundtable.
    """
    async with database.begin() as store:
        city = await store.cities.add("Leeds", "en_GB", "Europe/London")
        dialogue = await store.dialogues.add("Leeds – Leeds", (city,))
        whom = [
            await store.people.get_or_create(Account(MessengerName.MATRIX, f"@{n}:test"), str(n), "", START - 10 * DAY)
            for n in range(OF_EACH)
        ]
        roundtables = []
        for number in range(pending // OF_EACH):
            start = START + number * timedelta(minutes=1)
            roundtable = await store.roundtables.add(dialogue.id, START - 10 * DAY, **_planned(start, DAY))
            wanted = [PlannedReminder(each.id, None, DAY, start - DAY) for each in whom]
            await store.reminders.plan(roundtable, wanted, START - 10 * DAY)
            await store.jobs.schedule(_reminders.REMINDERS, str(roundtable.id), start - DAY)
            roundtables.append(roundtable.id)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ANALYZE")
    return roundtables[0]
