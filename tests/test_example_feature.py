"""The worked example of CONTRIBUTING.md does what it says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.jobs.runner import JobRunner
from handlers import FEATURES
from storage import Database
from tests.example import breaks
from tests.fake_web import reader_of
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, Story, running


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Story]:
    it = Story(database, features=(*FEATURES, breaks.feature))
    await it.set_up()
    async with running(it):
        yield it


def test_the_example_is_short() -> None:
    assert len(Path(breaks.__file__).read_text(encoding="utf-8").splitlines()) < 80


async def test_a_break_is_announced_made_longer_and_over(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    await story.says(KOELN, ANNA, "/break 15")
    card = story.telegram.messages_in(KOELN)[-1]
    assert card.post
    assert [each.name for each in card.post.files] == ["break.ics"]
    before = card.text
    assert before.startswith("☕ Break until")
    assert story.at(INDY)[-1].startswith("☕ Break until")
    (button,) = card.post.buttons
    story.telegram.presses(KOELN, ANNA, card.id, button.action)
    await story.quiet()
    assert "longer" in story.telegram.told[-1]
    assert story.at(KOELN)[-1] not in {before, ""}
    jobs = JobRunner(
        story.database,
        story.app.services.context,
        {},
        lambda: story.app.clock() + timedelta(minutes=21),
        feeds=reader_of(),
    )
    jobs.register(story.app.features.jobs.values())
    await jobs.run_due()
    await story.quiet()
    assert (story.at(KOELN), story.at(INDY)) == (["The break is over."], ["The break is over."])


async def test_who_may_not_or_mistypes_is_told_how(story: Story) -> None:
    assert "/pause MINUTES" in await story.says(KOELN, ANNA, "/pause bald")
    assert "vorbehalten" in await story.says(KOELN, MEHMET, "/pause 15")
