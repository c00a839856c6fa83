"""Times that people mark on Telegram, where each reader sees them in their own zone."""

from __future__ import annotations

from bot.model import Moment, Quote, bold, rich
from tests.stories.conftest import ANNA, INDY, KOELN, Story

AT = 1_797_346_800
"""15 December 2026, 15:00 UTC."""


async def test_a_moment_is_written_in_the_city_s_own_time_on_matrix(story: Story) -> None:
    story.telegram.says(
        KOELN, ANNA, rich("Until ", bold(Moment(AT, "next Tuesday")), ", ", Moment(AT, "15.12.", "wDT"))
    )
    await story.quiet()
    there = "Tuesday, December 15, 2026, 10:00\u202fAM (Indianapolis)"
    assert story.at(INDY)[-1] == f"Anna Weber · Köln · coordinator: Until next Tuesday [{there}], {there}"


async def test_a_moment_that_no_calendar_has_stays_as_it_is(story: Story) -> None:
    story.telegram.says(KOELN, ANNA, rich("Until ", Moment(2**60, "the end"), Quote(rich("never"))))
    await story.quiet()
    assert story.at(INDY)[-1] == "Anna Weber · Köln · coordinator: Until the end\nnever"
