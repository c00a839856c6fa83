"""Items of an album wait a moment for the next one, so that all of them go out together.

Nothing of the same author, and no reply to them, overtakes them: whatever else is said, the album is complete then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.deliveries.turns import CLAIMED

FULL = 10
"""Items with which an album is complete in any case."""

HELD = sa.select(t.deliveries.c.id, t.deliveries.c.person_id, t.deliveries.c.post).where(
    t.HELD,
    t.deliveries.c.lane == sa.bindparam("lane"),
    t.deliveries.c.turn > CLAIMED,
    sa.or_(
        t.deliveries.c.person_id == sa.bindparam("person_id"), t.deliveries.c.message_id == sa.bindparam("answered")
    ),
)
"""The rows that wait in a lane for what their author says next."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How a new row waits: for an item of the same `album` (empty: of none in particular) until a time."""

    until: datetime
    album: str


def holds(
    held: Sequence[sa.Row[Any]], hold: Hold | None, person_id: int
) -> tuple[list[dict[str, Any]], datetime | None]:
    """Return how long `held` rows wait from now on, and a new one behind them; without a `hold`, not at all."""
    alike = {row.id for row in held if hold and row.person_id == person_id and _album(row) == hold.album}
    until = hold.until if hold and len(alike) + 1 < FULL else None
    return [{"row": row.id, "held_until": until if row.id in alike else None} for row in held], until


def _album(row: sa.Row[Any]) -> str:
    return str((row.post or {}).get("album", ""))
