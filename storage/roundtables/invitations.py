"""Who is invited to a roundtable, and what they have answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.roundtables.records import Answer, Invitation, Participation

_OF = (
    sa.select(t.invitations)
    .where(t.invitations.c.roundtable_id == sa.bindparam("roundtable"))
    .order_by(t.invitations.c.city_id, t.invitations.c.person_id)
)


class Invitations(Repository):
    """The invitations."""

    async def of(self, roundtable_id: int) -> list[Invitation]:
        """Return the invitations to a roundtable, by city."""
        return [_invitation(row) for row in await self._all(_OF, roundtable=roundtable_id)]


def _invitation(row: sa.Row[Any]) -> Invitation:
    typed = {
        "part": Participation(row.part),
        "answer": Answer(row.answer),
        "spoken": timedelta(seconds=row.spoken),
    }
    return Invitation(**row._asdict() | typed)
