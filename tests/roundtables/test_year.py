"""A year of reminders, through both changes of clocks, with an app that is killed again and again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from storage import Database, upgrade
from tests.roundtables.killing import Killer
from tests.roundtables.oracle import expected
from tests.roundtables.year import END, Year

ROUNDTABLES = 500 if os.environ.get("INTERCITY_TEST_FULL", "") not in {"", "0"} else 20


async def test_every_reminder_of_a_year_comes_once_and_at_the_right_local_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.outbox.SETTLE", 0.001)
    url = f"sqlite+aiosqlite:///{tmp_path / 'year.sqlite'}"
    database = Database(url)
    await upgrade(database)
    await database.close()
    year = Year(url, Killer(monkeypatch), roundtables=ROUNDTABLES, seed=1)
    async with year.running():
        await year.set_up()
        await year.pass_by()
    wanted = expected([*year.appointed, *year.later], year.addressees, END)
    assert year.kills > ROUNDTABLES / 2
    assert wanted.total() > 8 * ROUNDTABLES
    assert {"too often": year.bells - wanted, "missing": wanted - year.bells} == {"too often": {}, "missing": {}}
