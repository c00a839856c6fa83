"""Libraries that take much memory are imported where they are used, not when the bot starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
HEAVY = {"matplotlib", "numpy", "PIL", "feedparser", "icalendar", "holidays", "docx", "lxml"}
HEAVY |= {"soundfile", "blurhash", "puremagic"}


def imported_by(code: str) -> set[str]:
    """Return which of the heavy libraries a new process has imported after running some code."""
    code += f"\nimport sys\nprint(*({HEAVY!r} & sys.modules.keys()))"
    run = [sys.executable, "-c", code]
    return set(subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=300, check=True).stdout.split())


def test_the_bot_starts_without_them() -> None:
    everything = "bot.cli.service, bot.app, bot.messengers.telegram, bot.messengers.matrix, bot.web.server"
    assert imported_by(f"import {everything}, bot.web.calendars") == set()


def test_drawing_a_chart_imports_none_of_them() -> None:
    drawn = (
        "import asyncio\nfrom bot.charts import draw\nfrom tests.charts.charts import chart\n"
        "assert asyncio.run(draw(chart())).startswith(b'\\x89PNG')"
    )
    assert imported_by(drawn) == set()


def test_looking_at_a_picture_imports_none_of_them() -> None:
    seen = (
        "import asyncio\nfrom bot.media import Inspector, type_of\nfrom bot.sandbox.samples import sample\n"
        "async def chunks():\n    yield sample('trees.jpg')\n"
        "async def look():\n    found = Inspector()\n    mime = type_of(sample('trees.jpg'))\n"
        "    assert (await found.inspect(mime, chunks())).width == 960\n    await found.close()\n"
        "asyncio.run(look())"
    )
    assert imported_by(seen) == set()
