"""What all tests share."""

from collections.abc import AsyncGenerator

import pytest

from bot.sandbox.synapse import Synapse
from bot.text.gazetteer import build
from bot.text.places import Places
from tests.places import PLACES


@pytest.fixture(scope="session", autouse=True)
def places() -> Places:
    """Know the cities of the world."""
    if not PLACES.file.exists():
        build(PLACES.file)
    return PLACES


@pytest.fixture(scope="session")
async def synapse() -> AsyncGenerator[Synapse, None]:
    """One real homeserver for the whole run: users and rooms are each test's own."""
    async with Synapse() as server:
        yield server
