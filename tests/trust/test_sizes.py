"""Nothing is too long for a Matrix event (case 111)."""

from __future__ import annotations

from pathlib import Path

from bot.model import rich
from bot.sandbox.synapse import Synapse
from tests.messengers.long_texts import TEXTS, parts, refusals
from tests.messengers.matrix_bot import account, running
from tests.messengers.nio_person import nio_person


async def test_case_111_a_long_text_and_its_edit_fit_into_an_encrypted_room(synapse: Synapse, tmp_path: Path) -> None:
    async with (
        nio_person(synapse, "Anna", tmp_path / "anna") as anna,
        running(synapse, await account(synapse), tmp_path) as bot,
    ):
        room = await anna.make_room(bot.id)
        await bot.joins(room)
        await anna.knows(room, bot.id)
        for text in (rich("щ" * 15_000), TEXTS["another style for each letter"]):
            assert await refusals(bot, room, await parts(text)) == []
