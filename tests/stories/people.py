"""Database queries for the stories about people."""

from __future__ import annotations

from bot.model import MessengerName, Sender
from storage import Appointment, Person
from tests.stories.conftest import (
    Story,
    someone,
)

GRACE_HERE = someone(MessengerName.TELEGRAM, "77", "Grace M.", "en")


async def person(story: Story, who: Sender) -> Person:
    assert who.account
    async with story.database.begin() as store:
        found = await store.people.by_account(who.account)
    assert found, who.name
    return found


async def held(story: Story, who: Sender) -> Appointment | None:
    found = await person(story, who)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        return await store.roles.of(dialogue.id, found.id)


async def role_of(story: Story, who: Sender) -> str:
    found = await held(story, who)
    return f"{found.role} of {found.city.name}" if found and found.appointed else "guest"
