"""The bot's token is replaced by another bot's, which cannot change what the old one has posted."""

from __future__ import annotations

import pytest

from bot.sandbox.telegram import EmulatedTelegram
from storage import Database
from tests.stories.conftest import INDY, TOM
from tests.stories.test_restore import paired


@pytest.mark.parametrize("supergroup", [True, False])
async def test_the_new_bot_changes_nothing_of_the_old_one(database: Database, supergroup: bool) -> None:
    async with EmulatedTelegram() as server:
        here = await paired(server, database, supergroup=supergroup)
        async with here.running():
            said = [here.matrix.says(INDY, TOM, f"old {n}") for n in range(3)]
            await here.stands("old 2")
        here.bot = server.bot("OtherBot", "Other", privacy=False)
        server.add_bot(here.group, here.anna, here.bot)
        async with here.running():
            for number in range(3):
                await here.told_by_tom(f"new {number}")
            stood = here.own()
            here.matrix.edits(INDY, TOM, said[0], "old, changed")
            here.matrix.says(INDY, TOM, "an answer", reply_to=said[1])
            await here.stands("an answer")
        assert [text for text in here.own() if text in stood] == stood, "nothing was overwritten"
        assert not any(text.endswith("old, changed") for text in here.own())
        (answer,) = (each for each in server.messages(here.group) if each.get("text", "").endswith(": an answer"))
        assert ("reply_to_message" in answer) is supergroup, "in a basic group each bot counts by itself"
        assert server.violations == []
