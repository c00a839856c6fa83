"""`python -m bot.charts.worker`: draw the chart on standard input (JSON), within limits, to standard output (PNG)."""

from __future__ import annotations

import json
import os
import sys
from tempfile import TemporaryDirectory

from bot import workers
from bot.charts.model import BarChart

CPU = 20
"""Seconds of CPU time, at most."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space; less than half of it is used."""


def main() -> None:
    """Draw one chart."""
    chart = BarChart.from_json(json.load(sys.stdin.buffer))
    workers.allow_time(CPU)
    # matplotlib writes an index of fonts where it looks for settings: here are neither those of the machine's users.
    with TemporaryDirectory() as folder:
        os.environ["MPLCONFIGDIR"] = folder
        from bot.charts.drawing import draw_bars
    workers.confine(MEMORY)
    sys.stdout.buffer.write(draw_bars(chart))


if __name__ == "__main__":
    main()
