"""Action points for the stories about what follows them up, with a clock that only the test moves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date, timedelta

import pytest

from bot.agreement import Step
from bot.commands.context import Context
from bot.model import ChatRef, MessengerName, Role, Sender
from handlers.agreements.actions import _reminders
from storage import ActionPoint, City, Database, Dialogue, NewOwner, Person, Signatory, Store, Terms
from tests.stories.conftest import ANNA, GRACE, MEHMET, TOM, direct_room, private_chat, running
from tests.stories.reminding import HENRIETTE, Reminding


class FollowingUp(Reminding):
    """The story of a dialogue with two mayors, Henriette in Köln and Tom in Indianapolis; Mehmet is staff in Köln."""

    async def opens(self, *people: Sender) -> None:
        """Have people open a private chat with the bot."""
        for who in people:
            await self.says(home(who), who, "/start" if home(who).messenger == "telegram" else "!start")

    async def proposes(
        self, text: str, due: date | None = None, owners: Iterable[Sender] = (MEHMET,), translation: str | None = None
    ) -> ActionPoint:
        """Store an action point of Köln, whose text is German, with its reminders."""
        async with self.database.begin() as store:
            dialogue, *_others = await store.dialogues.all()
            terms = Terms(
                text=text,
                language="de",
                translation=translation,
                translation_language="en" if translation else None,
                due_on=due,
                owners=tuple([await _owner(store, dialogue, each) for each in owners]),
            )
            anna = await _signatory(store, ANNA, "Köln")
            point = await store.actions.propose(dialogue.id, terms, anna, self.clock())
            await _reminders.plan(self.context(store), point)
        return point

    async def agrees(self, point: ActionPoint) -> None:
        """Have both cities confirm."""
        for who, city in ((ANNA, "Köln"), (GRACE, "Indianapolis")):
            await self.takes(point, Step.CONFIRMED, who, city)

    async def agreed(
        self, text: str, due: date | None = None, owners: Iterable[Sender] = (MEHMET,), translation: str | None = None
    ) -> ActionPoint:
        """Store an action point that both cities have agreed on."""
        point = await self.proposes(text, due, owners, translation)
        await self.agrees(point)
        return point

    async def takes(self, point: ActionPoint, step: Step, who: Sender = ANNA, city: str = "Köln") -> None:
        """Take a step of an agreement."""
        async with self.database.begin() as store:
            current = await store.actions.get(point.id)
            await store.agreements.take(
                current.agreement, step, await _signatory(store, who, city), self.clock(), {"reason": "No money"}
            )
            await _reminders.plan(self.context(store), await store.actions.get(point.id))

    async def changes(self, point: ActionPoint, due: date | None, owners: Iterable[Sender] = (MEHMET,)) -> None:
        """Change the due date or the owners."""
        async with self.database.begin() as store:
            dialogue, *_others = await store.dialogues.all()
            current = await store.actions.get(point.id)
            terms = Terms(
                text=current.text,
                language="de",
                due_on=due,
                owners=tuple([await _owner(store, dialogue, each) for each in owners]),
            )
            anna = await _signatory(store, ANNA, "Köln")
            changed = await store.actions.change(current, terms, anna, self.clock())
            await _reminders.plan(self.context(store), changed)

    def context(self, store: Store) -> Context:
        """Return the context of a transaction of the feature."""
        return self.app.services.context(store, self.clock(), "actions")

    def overviews(self, chat: ChatRef) -> list[str]:
        """Return the weekly digests in a chat."""
        return [each for each in self.at(chat) if each.startswith("📋")]


def home(who: Sender) -> ChatRef:
    """Return the private chat of somebody."""
    assert who.account
    return private_chat(who) if who.account.messenger is MessengerName.TELEGRAM else direct_room(who)


async def _person(store: Store, who: Sender) -> Person:
    assert who.account
    person = await store.people.by_account(who.account)
    assert person
    return person


async def _owner(store: Store, dialogue: Dialogue, who: Sender) -> NewOwner:
    person = await _person(store, who)
    held = await store.roles.of(dialogue.id, person.id)
    city: City | None = held.city if held else None
    return NewOwner(person_id=person.id, pseudonym=f"pseudonym {person.id}", city=city)


async def _signatory(store: Store, who: Sender, city: str) -> Signatory:
    person = await _person(store, who)
    return Signatory(person.id, f"pseudonym {person.id}", city)


@asynccontextmanager
async def following_up(database: Database) -> AsyncIterator[FollowingUp]:
    """Run the dialogue on a database; pages turn at once, as the clock stands still."""
    it = FollowingUp(database)
    await it.set_up()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
        async with running(it):
            await it.appoint(HENRIETTE, "Köln", Role.MAYOR)
            await it.appoint(TOM, "Indianapolis", Role.MAYOR)
            await it.appoint(MEHMET, "Köln", Role.STAFF)
            await it.quiet()
            yield it
