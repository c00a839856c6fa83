"""How long it takes to convert a text for the other messenger, and that it arrives whole."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random
from statistics import median, quantiles

from tests.bench.figures import Figure, at_most, known
from tests.bench.ground import Ground
from tests.text.crossing import cross_at_random


async def texts(ground: Ground) -> AsyncIterator[Figure]:
    """Convert random texts with random marks both ways; one that loses or adds anything ends the measurement."""
    count = 3_000 if ground.quick else 100_000
    there, back = cross_at_random(Random(7), count)  # noqa: S311
    for name, seconds in (("Telegram → Matrix", there), ("Matrix → Telegram", back)):
        yield at_most(f"conversion {name}, median of {count:,}", 1000 * median(seconds), 1, "ms")
        yield known(f"conversion {name}, 99 %", 1000 * quantiles(seconds, n=100)[98], "ms")
