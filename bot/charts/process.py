"""The process that draws: started for a chart, ended with it."""

from __future__ import annotations

import asyncio
import json
from asyncio.subprocess import Process

from bot import workers
from bot.charts.model import BarChart, ChartError

DEADLINE = 60.0
"""Seconds for a chart on a machine that has much else to do; the limit of CPU time comes first otherwise."""


async def draw(chart: BarChart) -> bytes:
    """Return a chart as a PNG file. Raises ChartError."""
    process = await workers.start("bot.charts.worker")
    try:
        async with asyncio.timeout(DEADLINE):
            return await _exchange(process, json.dumps(chart.to_json()).encode())
    except (TimeoutError, OSError) as error:
        raise ChartError(type(error).__name__) from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _exchange(process: Process, request: bytes) -> bytes:
    png, _no_errors = await process.communicate(request)
    if process.returncode:
        raise ChartError(f"the process ended with {process.returncode}")
    return png
