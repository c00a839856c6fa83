"""Polls while the bot is killed (SIGKILL) again and again: no vote is lost or counted twice, each is closed once."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from bot.sandbox.synapse import Synapse
from tests.system.harness import SystemWorld, open_world
from tests.system.voters import gather

KEY = {"SECRET_KEY": "known to the test, which looks for secret ballots"}


async def hold_polls(world: SystemWorld, *, full: bool, seed: int) -> None:
    """Hold open and secret polls in turn, and kill the bot while people vote, and while each is closed."""
    await world.start()
    polls = await gather(world, here=12 if full else 4, there=4 if full else 2, seed=seed)
    for number in range(10 if full else 2):
        await polls.hold(secret=number % 2 == 1, rounds=8 if full else 2, kills=5 if full else 2)


async def test_votes_and_the_close_survive_kills(synapse: Synapse, tmp_path: Path, *, full: bool) -> None:
    async with open_world(synapse, tmp_path, more=KEY) as world:
        await hold_polls(world, full=full, seed=1)


async def test_votes_and_the_close_survive_kills_on_postgresql(
    synapse: Synapse, tmp_path: Path, postgres: str, *, full: bool
) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE stormy_polls")
    url = urlsplit(postgres)._replace(scheme="postgresql+psycopg", path="/stormy_polls").geturl()
    async with open_world(synapse, tmp_path, database_url=url, more=KEY) as world:
        await hold_polls(world, full=full, seed=2)
