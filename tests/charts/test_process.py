"""The process that draws: what it returns, what it cannot do, and what it leaves behind."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import psutil
import pytest

from bot.charts import BarChart, BarGroup, BarValue, ChartError, draw, process
from bot.charts.drawing import draw_bars
from tests.charts.charts import TOPICS, chart

CHART = chart(TOPICS[:2])


def _children() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "bot.charts.worker" in each.cmdline()]


async def _begun() -> psutil.Process:
    """Return the process once there is one, at most after 30 seconds."""
    async with asyncio.timeout(30):
        while not _children():  # noqa: ASYNC110 - a process cannot be awaited by whoever has not started it
            await asyncio.sleep(0)
    return _children()[0]


async def test_a_chart_comes_back_as_it_is_drawn() -> None:
    assert await draw(CHART) == draw_bars(CHART)
    assert _children() == []


def test_a_chart_survives_as_json() -> None:
    assert BarChart.from_json(json.loads(json.dumps(CHART.to_json()))) == CHART


async def test_what_cannot_be_drawn_is_an_error() -> None:
    broken = replace(CHART, groups=(BarGroup("", (BarValue("Köln", "much", ""),)),))  # type: ignore[arg-type]
    with pytest.raises(ChartError):
        await draw(broken)
    assert _children() == []


async def test_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "DEADLINE", 0.0)
    with pytest.raises(ChartError):
        await draw(CHART)
    assert _children() == []


async def test_who_no_longer_waits_leaves_no_process_behind() -> None:
    task = asyncio.create_task(draw(CHART))
    await _begun()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _children() == []


async def test_it_knows_none_of_the_bots_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERCITY_TELEGRAM_TOKEN", "canary")
    task = asyncio.create_task(draw(CHART))
    assert "canary" not in str((await _begun()).environ())
    await task
