"""`python -m tests.bench [--quick] [NAME…]`: run the measurements and print one table.

The exit code is 0 even when a target is missed; 1 when a message was lost, duplicated or out of order.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from time import monotonic

from bot.sandbox.synapse import Synapse
from tests.bench import actions, fairness, feeds, media, mixtures, polls, reminders, size, speed, texts, trouble, volume
from tests.bench.figures import Figure, at_most, table
from tests.bench.ground import Ground
from tests.bench.watched import Stall

_SHOWN = 5
Measurement = Callable[[Ground], AsyncIterator[Figure]]
MEASUREMENTS: dict[str, Measurement] = {
    measurement.__name__: measurement
    for measurement in (
        speed.latency,
        speed.throughput,
        texts.texts,
        volume.thousand,
        trouble.kills,
        trouble.answers,
        trouble.encrypted,
        trouble.homeserver,
        trouble.telegram,
        volume.downtime,
        volume.backlog,
        volume.limits,
        mixtures.mixture,
        media.large,
        fairness.fairness,
        feeds.feeds,
        reminders.reminders,
        polls.polls,
        actions.actions,
        size.size,
    )
}


async def bench(names: list[str], *, quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="intercity-bench-") as folder:
        async with Synapse(Path(folder) / "synapse") as synapse:
            ground = Ground(synapse, Path(folder), quick)
            for name in names:
                begin = monotonic()
                print(f"{name} …", flush=True)
                async for figure in MEASUREMENTS[name](ground):
                    figures.append(figure)
                    print(f"  {figure.what.strip()}: {figure.value}  {figure.verdict}", flush=True)
                print(f"  ({monotonic() - begin:.0f} s)", flush=True)
            if ground.stalls:  # some parts watch no bot
                figures.append(_longest(ground.stalls))
    return figures


def _longest(stalls: list[Stall]) -> Figure:
    """Print the callbacks that blocked the event loops longest, and return the longest time."""
    longest = sorted(stalls, key=lambda stall: stall.seconds, reverse=True)
    for stall in longest[:_SHOWN]:
        print(f"  the loop stood still for {1000 * stall.seconds:.0f} ms: {stall.what}")
    return at_most("the loop's longest stall", 1000 * longest[0].seconds, 50, "ms")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure what the bot promises.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(MEASUREMENTS)}; all if left out")
    parser.add_argument("--quick", action="store_true", help="smaller numbers: three minutes instead of forty")
    given = parser.parse_args()
    if wrong := set(given.names) - MEASUREMENTS.keys():
        parser.error(f"there is no {min(wrong)}: choose from {', '.join(MEASUREMENTS)}")
    figures = asyncio.run(bench(given.names or list(MEASUREMENTS), quick=given.quick))
    print(f"\n{table(figures)}")
    return int(any(figure.broken for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
