"""A year of reminders, through both changes of clocks, with an app that is killed again and again."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.databases import made_on, sqlite_in
from tests.length import FULL
from tests.roundtables.killing import Killer
from tests.roundtables.oracle import expected
from tests.roundtables.year import END, Year

ROUNDTABLES = 500 if FULL else 12
FEW = 3
"""On PostgreSQL, as each transaction takes longer there."""


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if FULL else [])])
async def test_every_reminder_of_a_year_comes_once_and_at_the_right_local_minute(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.attempts.SETTLE", 0.001)
    with contextlib.ExitStack() as stack:
        if kind == "sqlite":
            count, url = ROUNDTABLES, sqlite_in(tmp_path)
        else:
            count, url = FEW, stack.enter_context(made_on(request.getfixturevalue("postgres")))
        year = Year(url, Killer(monkeypatch), roundtables=count, seed=1)
        async with year.running():
            await year.set_up()
            await year.pass_by()
    wanted = expected([*year.appointed, *year.later], year.addressees, END)
    assert year.kills > count / 2
    assert wanted.total() > 8 * count
    assert {"too often": year.bells - wanted, "missing": wanted - year.bells} == {"too often": {}, "missing": {}}
