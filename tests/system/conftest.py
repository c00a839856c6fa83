"""Fixtures shared by the system tests: worlds, and the length of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from tests.length import FULL
from tests.system.harness import SystemWorld, open_world


@pytest.fixture(scope="session")
def full() -> bool:
    """Whether the tests run at full length."""
    return FULL


@pytest.fixture
async def world(synapse: Synapse, tmp_path: Path) -> AsyncIterator[SystemWorld]:
    """Yield three pairs of chats; the bot is set up but not started."""
    async with open_world(synapse, tmp_path, pairs=3) as made:
        yield made
