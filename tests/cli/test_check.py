"""`intercity check` verifies what was agreed on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.agreement import Flaw
from storage import Database
from storage import tables as t
from tests.cli.test_commands import Shell, paired, shell
from tests.storage.agreements import confirm, proposed
from tests.storage.polls import person_in

__all__ = ["paired", "shell"]


async def agree(folder: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'intercity.db'}")
    async with database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        anna, tom = await person_in(store, "1"), await person_in(store, "2")
        for text in ("Plant trees", "Build a bridge"):
            point = await proposed(store, dialogue, anna, text)
            for person, city in ((anna, "Köln"), (tom, "Leeds")):
                await confirm(store, point.agreement, person, city)
    await database.close()


async def rewrite(folder: Path) -> None:
    """Change what was agreed, in the history of the one point and in the list of the other."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'intercity.db'}")
    async with database.engine.begin() as connection:
        entry = (t.agreement_entries.c.agreement_id == 1, t.agreement_entries.c.position == 1)
        await connection.execute(sa.update(t.agreement_entries).where(*entry).values(content={"text": "Fell trees"}))
        await connection.execute(
            sa.update(t.action_points).where(t.action_points.c.id == 2).values(text="Build a wall")
        )
    await database.close()


def test_histories_are_verified(paired: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERCITY_TELEGRAM_TOKEN", f"1:{'A' * 35}")
    asyncio.run(agree(tmp_path))
    assert "histories: good" in paired("check")
    asyncio.run(rewrite(tmp_path))
    said = paired("check", code=2, error="damaged histories of what was agreed on: 2; compare the check numbers")
    assert said.splitlines()[-2:] == [
        f"Köln – Leeds: action 1, entry 1: {Flaw.DIGEST.value}",
        "Köln – Leeds: action 2: what is shown differs from the history (text)",
    ]
