"""The agendas of roundtables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.roundtables.records import AgendaItem

_OF = (
    sa.select(t.agenda_items)
    .where(t.agenda_items.c.roundtable_id == sa.bindparam("roundtable"))
    .order_by(t.agenda_items.c.position)
)
_UNBEGUN = sa.delete(t.agenda_items).where(
    t.agenda_items.c.roundtable_id == sa.bindparam("roundtable"), t.agenda_items.c.started_at.is_(None)
)


MOST_ITEMS = 30
"""Items that an agenda can have."""
LONGEST_ITEM = 200
"""The most characters of an item."""


class NewItem(NamedTuple):
    """An item to be put on an agenda."""

    text: str
    planned: timedelta | None = None
    speaker_id: int | None = None


class Agenda(Repository):
    """The agendas."""

    async def of(self, roundtable_id: int) -> list[AgendaItem]:
        """Return the items of a roundtable's agenda in their order."""
        return [_item(row) for row in await self._all(_OF, roundtable=roundtable_id)]

    async def set(self, roundtable_id: int, items: Sequence[NewItem]) -> None:
        """Replace the items that have not begun."""
        await self._update(_UNBEGUN, roundtable=roundtable_id)
        await self.add(roundtable_id, items)

    async def add(self, roundtable_id: int, items: Sequence[NewItem]) -> None:
        """Add items at the end."""
        known = await self.of(roundtable_id)
        first = known[-1].position + 1 if known else 0
        for position, item in enumerate(items, first):
            planned = None if item.planned is None else int(item.planned.total_seconds())
            values = {"text": item.text, "planned": planned, "speaker_id": item.speaker_id}
            await self._insert(t.agenda_items, roundtable_id=roundtable_id, position=position, **values)


def _item(row: sa.Row[Any]) -> AgendaItem:
    planned = None if row.planned is None else timedelta(seconds=row.planned)
    return AgendaItem(**row._asdict() | {"planned": planned})
