"""A bot that is stopped ends at once, also if more is queued while a delivery is under way."""

from __future__ import annotations

import asyncio

from storage import Database
from tests.stories.conftest import INDY, KOELN, MEHMET, Story, running


async def test_a_lane_that_is_woken_while_it_stops_ends(sqlite: Database) -> None:
    """Otherwise it would look for work without end, and block the event loop."""
    story = Story(sqlite)
    await story.set_up()
    async with running(story):
        story.matrix.hold_answers()
        story.telegram.says(KOELN, MEHMET, "Guten Tag")
        await story.matrix.wait_for_posts(INDY, 1)
        story.app.outbox.wake({INDY.lane})
        stopping = asyncio.create_task(story.app.outbox.stop(60))
        story.matrix.release_answers()
        async with asyncio.timeout(10):
            await stopping
