"""The tables of docs/bridging.md: each kind, each way, each action, on a real homeserver and the emulated Bot API."""

from __future__ import annotations

import pytest

from bot.sandbox.synapse import Synapse
from tests.bridging.crossing import Grade
from tests.bridging.document import DOCUMENT, tables, with_tables
from tests.bridging.kinds import IN_ENCRYPTED_ROOMS
from tests.bridging.world import OPEN, WAYS, Outcomes, all_crossings


@pytest.fixture(scope="module")
async def outcomes(synapse: Synapse, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """Run everything at once."""
    return await all_crossings(synapse, tmp_path_factory.mktemp("bridging"))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("what", [each.title for each in (*OPEN, *IN_ENCRYPTED_ROOMS)])
async def test_it_crosses(outcomes: Outcomes, what: str, way: str) -> None:
    outcome = outcomes[what, way]
    assert Grade.LOST not in outcome.grades.values(), outcome.report


async def test_the_document_shows_what_crosses(outcomes: Outcomes) -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == with_tables(written, tables(outcomes)), "run `python -m tests.bridging`"
