"""The numbers by which people name what a dialogue has: its roundtables, feeds, polls, each from 1."""

from __future__ import annotations

import sqlalchemy as sa

from storage.base import Repository
from storage.columns import reference, table

# The newest number of each kind of thing, so that none is used again when what it named has expired.
numbers = table(
    "numbers",
    reference("dialogues", primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("newest", sa.Integer, nullable=False),
)

_NEXT = (
    sa.update(numbers)
    .where(numbers.c.dialogue_id == sa.bindparam("dialogue"), numbers.c.kind == sa.bindparam("of"))
    .values(newest=numbers.c.newest + 1)
    .returning(numbers.c.newest)
)


class Numbers(Repository):
    """The numbers given so far."""

    async def next(self, dialogue_id: int, kind: str) -> int:
        """Return the next number of a kind in a dialogue; other transactions wait for theirs until this one ends."""
        await self._insert_new(numbers, dialogue_id=dialogue_id, kind=kind, newest=0)
        row = await self._one(_NEXT, dialogue=dialogue_id, of=kind)
        if row is None:
            raise LookupError(f"dialogue {dialogue_id} has been removed")
        return int(row.newest)
