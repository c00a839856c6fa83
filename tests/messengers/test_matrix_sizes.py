"""Long texts on a real Synapse: what arrived can be edited, encrypted or not, in every script and style."""

from __future__ import annotations

from pathlib import Path

import pytest
from nio import RoomMessage

from bot.model import plain, rich
from bot.sandbox.synapse import Synapse
from tests.messengers.long_texts import TEXTS, parts, refusals
from tests.messengers.matrix_bot import account, person, running
from tests.messengers.nio_person import nio_person


@pytest.mark.parametrize("kind", TEXTS)
async def test_a_long_text_and_its_edit_arrive_encrypted(synapse: Synapse, tmp_path: Path, kind: str) -> None:
    async with (
        nio_person(synapse, "Anna", tmp_path / "anna") as anna,
        running(synapse, await account(synapse), tmp_path) as bot,
    ):
        room = await anna.make_room(bot.id)
        await bot.joins(room)
        await anna.knows(room, bot.id)
        assert await refusals(bot, room, await parts(TEXTS[kind])) == []
        await bot.says(room, "done")
        await anna.wait_for("done")
        said = [event.source["content"] for event in anna.events if isinstance(event, RoomMessage)]
        heard = "".join(each["body"] for each in said if "m.new_content" not in each)
        for letter in set(plain(TEXTS[kind])) - set(" \n"):
            assert heard.count(letter) >= plain(TEXTS[kind]).count(letter)
        changed = [each["m.new_content"]["body"] for each in said if "m.new_content" in each]
        assert "".join(changed) + "done" == heard


@pytest.mark.parametrize("kind", ["cyrillic", "another style for each letter", "long addresses"])
async def test_a_long_text_and_its_edit_arrive_in_the_clear(synapse: Synapse, tmp_path: Path, kind: str) -> None:
    anna = await person(synapse, "Anna")
    async with running(synapse, await account(synapse), tmp_path) as bot:
        room = await anna.create_room("Köln", invite=[bot.id])
        await bot.joins(room)
        assert await refusals(bot, room, await parts(TEXTS[kind])) == []


async def test_the_longest_message_of_telegram_is_one_in_matrix() -> None:
    """Unless every letter has a style of its own."""
    for text in ("щ" * 4096, "😀" * 2048, "漢" * 4096, "<" * 4096):
        assert len(await parts(rich(text))) == 1
