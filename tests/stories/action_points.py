"""The three cities of the roundtables, with action points."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from storage import ActionPoint, Database
from tests.stories.meetings import Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


@dataclass(frozen=True)
class ShownPoint:
    """What a test looks at of an action point: its text, its day in ISO format, and its owners with their cities."""

    text: str
    due: str = ""
    owners: tuple[str, ...] = ()


async def points(story: Meetings) -> list[ActionPoint]:
    """Return all action points by number."""
    async with story.database.begin() as store:
        dialogue = (await store.dialogues.all())[0]
        found: list[ActionPoint] = []
        while point := await store.actions.numbered(dialogue.id, len(found) + 1):
            found.append(point)
        return found


async def newest(story: Meetings) -> ActionPoint:
    """Return the action point made last."""
    return (await points(story))[-1]


async def shown(story: Meetings, point: ActionPoint) -> ShownPoint:
    """Return the terms of an action point."""
    async with story.database.begin() as store:
        cities = {each.id: each.name for each in await store.cities.all()}
        owners = [
            f"{(await store.people.get(each.person_id)).name} ({cities.get(each.city_id or 0, '?')})"
            for each in await store.actions.owners(point)
        ]
    return ShownPoint(point.text, point.due_on.isoformat() if point.due_on else "", tuple(owners))
