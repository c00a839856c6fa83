"""What all tests share."""

from collections.abc import AsyncGenerator

import pytest

from bot.sandbox.synapse import Synapse


@pytest.fixture(scope="session")
async def synapse() -> AsyncGenerator[Synapse, None]:
    """One real homeserver for the whole run: users and rooms are each test's own."""
    async with Synapse() as server:
        yield server
