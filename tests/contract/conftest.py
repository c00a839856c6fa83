"""Each messenger under contract, and the one in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.model import MessengerName
from bot.sandbox.synapse import Synapse
from tests.contract.fake_side import fake
from tests.contract.matrix_side import matrix
from tests.contract.sides import ContractSide
from tests.contract.telegram_side import telegram


@pytest.fixture(params=["fake telegram", "fake matrix", "telegram", "matrix"])
async def side(request: pytest.FixtureRequest, synapse: Synapse, tmp_path: Path) -> AsyncIterator[ContractSide]:
    match request.param:
        case "telegram":
            opened = telegram()
        case "matrix":
            opened = matrix(synapse, tmp_path)
        case _:
            opened = fake(MessengerName(request.param.removeprefix("fake ")))
    async with opened as it:
        yield it
