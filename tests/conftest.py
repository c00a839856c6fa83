"""Fixtures shared by all tests."""

from collections.abc import AsyncGenerator

import pytest
from hypothesis import HealthCheck, settings

from bot.sandbox.synapse import Synapse
from bot.text.gazetteer import build
from bot.text.places import Places
from tests.databases import database, postgres, sqlite
from tests.length import FULL
from tests.places import PLACES

settings.register_profile(
    "usual", max_examples=100 if FULL else 40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("usual")

__all__ = ["database", "postgres", "sqlite"]


@pytest.fixture(scope="session", autouse=True)
def places() -> Places:
    """Load the list of the world's cities."""
    if not PLACES.file.exists():
        build(PLACES.file)
    return PLACES


@pytest.fixture(scope="session")
async def synapse() -> AsyncGenerator[Synapse, None]:
    """Run one real homeserver for the whole session; every test has its own users and rooms."""
    async with Synapse() as server:
        yield server
