"""An ambiguous date is asked back, and each of its readings is a button."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import Database
from tests.stories.attending import post, presses
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.meetings import CREATED, LEEDS, PRIYA, Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        await it.says(KOELN, ANNA, CREATED)
        yield it


async def test_the_reading_that_is_chosen_moves_the_roundtable(story: Meetings) -> None:
    question = await story.says(KOELN, ANNA, "/runde 1 verlegen 3/4/2027 15 Uhr")
    assert "„3/4/2027 15 Uhr“ kann zweierlei bedeuten" in question
    assert "Montag, 22. Februar 2027" in story.card(KOELN)
    asked = post(story, KOELN, "„3/4/2027 15 Uhr“")
    await presses(story, KOELN, MEHMET, "2️⃣", asked)
    assert "Montag, 22. Februar 2027" in story.card(KOELN), "only a coordinator chooses"
    await presses(story, KOELN, ANNA, "2️⃣", asked)
    assert "Donnerstag, 4. März 2027\nKöln: 15:00–17:00 Uhr" in story.card(KOELN)
    assert "Runde 1 ist verlegt." in story.at(KOELN)


async def test_british_and_american_readers_need_not_be_asked(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable 1 move 3/4/2027 15:00")
    assert "Thursday, March 4, 2027" in story.card(INDY)
    await story.says(LEEDS, PRIYA, "!roundtable 1 move 3/4/2027 15:00")
    assert "Saturday, 3 April 2027" in story.card(LEEDS)


async def test_a_time_that_comes_twice_is_chosen_by_a_reaction_on_matrix(story: Meetings) -> None:
    question = await story.says(INDY, GRACE, "!roundtable 1 move October 31, 2027 2:30 am")
    assert "That time comes twice" in question
    story.messenger(INDY).reacts(INDY, GRACE, post(story, INDY, "That time comes twice").id, "1️⃣")
    await story.quiet()
    async with story.database.begin() as store:
        moved = await store.roundtables.numbered(1, 1)
    assert moved is not None
    assert moved.starts_at.isoformat() == "2027-10-31T00:30:00+00:00"
