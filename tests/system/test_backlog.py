"""A burst into a group that takes 20 messages a minute."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import EmulatedTelegram
from tests.system.backlog import burst
from tests.system.harness import open_world


async def test_a_burst_is_readable_within_half_a_minute_and_commands_are_answered(
    synapse: Synapse, tmp_path: Path
) -> None:
    async with open_world(synapse, tmp_path, telegram=EmulatedTelegram(limits=True)) as world:
        await world.start()
        found = await burst(world, world.pairs[0])
        assert found.last <= 30, world.report()
        assert max(found.answers) <= 4, world.report()
        assert found.too_many == 0
        assert (await world.settled(120)).good, world.report()
        assert world.telegram.violations == []
