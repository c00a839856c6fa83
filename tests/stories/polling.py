"""Polls for the stories about turnout and reminders, with a clock that only the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.model import ChatRef, Role, Sender
from handlers.polls import _reminders
from storage import Database, NewTopic, Poll, PollState
from tests.stories.conftest import ANNA, KOELN, MEHMET, TOM, someone
from tests.stories.reminding import HENRIETTE, Reminding

NOW = datetime(2027, 2, 12, 10, tzinfo=UTC)
"""A Friday, 11:00 in Köln and 5:00 in Indianapolis."""
JOE = someone(TOM.account.messenger if TOM.account else KOELN.messenger, "@joe:test", "Joe Hogsett")


class Polling(Reminding):
    """Köln has a mayor, Henriette, and Mehmet as staff; Indianapolis has a mayor, Joe."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.clock.now = NOW
        self.people: dict[Sender, int] = {}

    async def set_up(self) -> None:
        await super().set_up()
        for who, city, role in (
            (HENRIETTE, "Köln", Role.MAYOR),
            (MEHMET, "Köln", Role.STAFF),
            (JOE, "Indianapolis", Role.MAYOR),
        ):
            self.people[who] = await self.appoint(who, city, role)

    async def asks(self, closes_in: timedelta = timedelta(days=7), **rules: Any) -> Poll:
        """Publish a poll with two topics, and plan its notice."""
        chosen: dict[str, Any] = {"question": "Was zuerst?", "closes_at": self.clock() + closes_in}
        async with self.database.begin() as store:
            dialogue, *_others = await store.dialogues.all()
            poll = await store.polls.add(dialogue.id, self.clock(), **chosen | rules)
            await store.polls.set_topics(poll.id, [NewTopic("Bäume"), NewTopic("Radwege")])
            poll = await store.polls.change(poll, state=PollState.OPEN, opened_at=self.clock())
            await _reminders.plan(self.app.services.context(store, self.clock(), "polls"), poll)
        return poll

    async def closes(self, poll: Poll, at: datetime) -> Poll:
        """Move the close of a poll."""
        async with self.database.begin() as store:
            poll = await store.polls.change(poll, closes_at=at)
            await _reminders.plan(self.app.services.context(store, self.clock(), "polls"), poll)
        return poll

    async def votes(self, poll: Poll, *people: Sender) -> None:
        """Store a ballot of each of these people."""
        async with self.database.begin() as store:
            dialogue = await store.dialogues.get(poll.dialogue_id)
            for who in people:
                assert who.account
                person = await store.people.get_or_create(who.account, who.name, "", self.clock())
                held = await store.roles.of(dialogue.id, person.id)
                city = held.city if held else dialogue.cities[0]
                digest = self.app.services.signer.voter(poll.id, person.id)
                whose = digest if poll.secret else person.id
                messenger = who.account.messenger
                await store.ballots.cast(poll, whose, city.id, "1=5", messenger=messenger, at=self.clock())

    def reminders(self, chat: ChatRef) -> list[str]:
        """Return the reminders and notices in a chat."""
        return [each for each in self.at(chat) if each.startswith(("🗳️", "⏳"))]


__all__ = ["ANNA", "HENRIETTE", "JOE", "MEHMET", "NOW", "Polling"]
