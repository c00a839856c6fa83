"""Three cities that hold roundtables, with a clock that is driven: mayors, staff, and a coordinator in each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import Account, ChatRef, MessengerName, Role, Sender
from storage import Database
from tests.clocks import Clock
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story, running, someone

LEEDS = ChatRef(MessengerName.MATRIX, "!leeds:test")
NOW = datetime(2027, 1, 13, 9, tzinfo=UTC)
"""A Wednesday."""

HENRIETTE = someone(MessengerName.TELEGRAM, "21", "Henriette Reker", "de", "henriette")
JOE = someone(MessengerName.MATRIX, "@joe:test", "Joe Hogsett")
PRIYA = someone(MessengerName.MATRIX, "@priya:test", "Priya Shah")
SPACES = str.maketrans("\u202f\u2009", "  ")
"""The narrow spaces of American times, as ordinary ones."""
CREATED = (
    "/runde Städte vereint für ein demokratisches Europa\n"
    "wann: 22.02.2027 11:00–13:00\n"
    "wo: https://meet.example.org/europa\n"
    "Tagesordnung:\n"
    "- Begrüßung (10 min) @henriette\n"
    "- Aus den Städten (90 min)"
)


class Meetings(Story):
    """Köln on Telegram, Indianapolis and Leeds on Matrix. The mayor of Leeds, Priya, coordinates it as well."""

    def __init__(self, database: Database, coordinators: Iterable[Account] = ()) -> None:
        self.clock = Clock(NOW)
        super().__init__(database, coordinators, clock=self.clock)
        self.matrix.messages_in(LEEDS)

    async def set_up(self) -> None:
        await super().set_up()
        async with self.database.begin() as store:
            dialogue = await store.dialogues.named("Köln – Indianapolis")
            assert dialogue
            leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
            dialogue = await store.dialogues.join(dialogue, leeds, "Köln – Indianapolis – Leeds")
            await store.chats.pair(LEEDS, dialogue, leeds)
        await self.appoint(HENRIETTE, "Köln", Role.MAYOR)
        await self.appoint(MEHMET, "Köln", Role.STAFF)
        await self.appoint(JOE, "Indianapolis", Role.MAYOR)
        await self.appoint(TOM, "Indianapolis", Role.STAFF)
        await self.appoint(PRIYA, "Leeds", Role.COORDINATOR)

    async def appoint(self, who: Sender, city_name: str, role: Role) -> None:
        """Appoint someone in the dialogue."""
        assert who.account
        async with self.database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            city = next(each for each in dialogue.cities if each.name == city_name)
            person = await store.people.get_or_create(who.account, who.name, who.username, self.clock())
            await store.roles.set(dialogue, person, city, role, self.clock())

    def card(self, chat: ChatRef) -> str:
        """Return the newest card of a roundtable in a chat, as it reads now."""
        return next(each for each in reversed(self.at(chat)) if each.startswith("🗓️"))

    async def pass_(self, **by: float) -> None:
        """Advance the clock, and run what has become due."""
        self.clock.pass_(**by)
        await self.quiet()

    async def until(self, moment: datetime) -> None:
        """Advance the clock to a moment, from one due job to the next; the purge is done on the way."""
        while self.clock.now < moment:
            async with self.database.begin() as store:
                jobs = [each for each in await store.jobs.all() if each.kind != "purge"]
            due = [each.due_at for each in jobs if each.due_at > self.clock.now]
            self.clock.now = min([moment, *due])
            await self.quiet()


@asynccontextmanager
async def meetings_on(database: Database, coordinators: Iterable[Account] = ()) -> AsyncIterator[Meetings]:
    """Run the three cities on a database; cards are edited at once, as the clock stands still."""
    it = Meetings(database, coordinators)
    await it.set_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
        patch.setattr("handlers.polls._card.PAUSE", timedelta())
        async with running(it):
            yield it


def printed(story: Meetings) -> str:
    """Return all that the bot has posted in each city's chat."""
    chats = (("Köln", KOELN), ("Indianapolis", INDY), ("Leeds", LEEDS))
    return "\n\n".join(f"=== {name}\n" + "\n---\n".join(story.at(chat)) for name, chat in chats)
