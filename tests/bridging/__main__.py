"""Write the tables of docs/bridging.md: `python -m tests.bridging`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.sandbox.synapse import Synapse
from tests.bridging.document import DOCUMENT, tables, with_tables
from tests.bridging.world import all_crossings


async def main() -> None:
    """Run everything, and write what has been seen; report what was lost."""
    with TemporaryDirectory() as folder:
        async with Synapse() as synapse:
            outcomes = await all_crossings(synapse, Path(folder))
    for outcome in outcomes.values():
        if outcome.faults:
            print(outcome.report)
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(encoding="utf-8"), tables(outcomes)), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
