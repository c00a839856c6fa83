"""What the version before has queued goes out after an upgrade."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model import Account, Post, plain, rich
from storage import Database, State, upgrade
from tests.fake_chats import FakeMessage
from tests.stories.conftest import INDY, KOELN, Story, running

WRITTEN = Path(__file__).parent.parent / "storage/data/revision_0011.sql"
"""A database as revision 0011 wrote it, with posts in every form: waiting, changed, failed and under way."""


@pytest.fixture
async def upgraded(tmp_path: Path) -> AsyncIterator[Story]:
    path = tmp_path / "old.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript(WRITTEN.read_text())
    connection.close()
    database = Database(f"sqlite+aiosqlite:///{path}")
    try:
        assert await upgrade(database)
        story = Story(database)
        story.telegram.messages_in(KOELN).append(FakeMessage("-1001/13", "Good morning", Post(rich("Good morning"))))
        async with running(story):
            await story.app.outbox.idle()
            await story.telegram.wait_for_posts(KOELN, 3)
            await story.matrix.wait_for_posts(INDY, 1)
            await story.quiet()
            yield story
    finally:
        await database.close()


async def test_everything_goes_out_in_order_and_whole(upgraded: Story) -> None:
    changed, full, card = upgraded.telegram.messages_in(KOELN)
    assert changed.shown == "Grace Miller · Indianapolis: Good morning all"
    assert full.post
    assert full.post.author
    assert str(full.post.author) == "Grace Miller · Indianapolis · coordinator forwards Tom (not verified)"
    assert plain(full.post.text).startswith("Hello Anna Anna Weber, here")
    assert full.post.mentions == (Account(KOELN.messenger, "11"),)
    assert full.reply_to == "-1001/13"
    assert card.post
    assert [(each.label, each.emoji) for each in card.post.buttons] == [("yes", "👍"), ("no", "👎")]
    assert upgraded.at(INDY) == ["Anna Weber · Köln · Koordinatorin: Guten Morgen"]


async def test_what_had_failed_can_still_be_sent_again(upgraded: Story) -> None:
    async with upgraded.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
        assert await store.deliveries.retry([failed.id]) == 1
    await upgraded.quiet()
    assert upgraded.at(KOELN)[-1] == "Grace Miller · Indianapolis: Once more"
