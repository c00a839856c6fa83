"""The data directory is restored from a backup: the bot's posts since then are neither lost nor overwritten."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import Fault, GroupActor
from tests.system.harness import SystemWorld, open_world

DATABASE = "intercity.db"


def back_up(data: Path, to: Path) -> None:
    """Copy a data directory, also of a running bot, and then its database through SQLite."""
    shutil.copytree(data, to, ignore=shutil.ignore_patterns(f"{DATABASE}*"))
    with closing(sqlite3.connect(data / DATABASE)) as source, closing(sqlite3.connect(to / DATABASE)) as copy:
        source.backup(copy)


def texts(world: SystemWorld, group: GroupActor) -> dict[int, str]:
    """Return the bot's posts in a group, by message number."""
    there = world.telegram.messages(group)
    return {each["message_id"]: each["text"] for each in there if "text" in each and each["from"]["is_bot"]}


@pytest.mark.parametrize("running", [True, False])
async def test_a_backup_that_is_put_back_loses_and_overwrites_nothing(
    synapse: Synapse, tmp_path: Path, running: bool
) -> None:
    async with open_world(synapse, tmp_path, pairs=1) as world:
        (pair,) = world.pairs
        await world.start()
        await world.talk(2)
        await world.settled()
        if not running:
            await world.bot.stop()
        back_up(tmp_path / "data", tmp_path / "backup")
        if not running:
            await world.bot.start()
        before = len(texts(world, pair.group))
        world.telegram.say(pair.group, world.person, "/help")  # nobody will look for its reply again
        await world.wait(lambda: len(texts(world, pair.group)) > before, "the answer arrives")
        world.say_in_group(pair)
        await world.settled()
        await world.bot.kill()
        stood = texts(world, pair.group)
        shutil.rmtree(tmp_path / "data")
        shutil.move(tmp_path / "backup", tmp_path / "data")

        world.telegram.faults.once(Fault.GATEWAY, Fault.GATEWAY)
        await world.bot.start()
        await world.say_in_room(pair)
        await world.outbox_empty()
        await world.talk(2)
        await world.wait(lambda: all(not stream.open for stream in world.streams), "all that was said arrives", 90)
        await world.outbox_empty()
        assert len(world.telegram.faults.met) == 2
        now = texts(world, pair.group)
        assert {number: now.get(number) for number in stood} == stood, world.report()
        assert not any(each.tally.lost for each in world.streams), world.report()
