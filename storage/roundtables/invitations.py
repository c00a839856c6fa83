"""Who is invited to a roundtable, and what they have answered."""

from __future__ import annotations

from dataclasses import asdict
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
_ONE = (
    t.invitations.c.roundtable_id == sa.bindparam("roundtable"),
    t.invitations.c.person_id == sa.bindparam("person"),
)
_GET = sa.select(t.invitations).where(*_ONE)
_SET = sa.update(t.invitations).where(*_ONE)
_KEY = ("roundtable_id", "person_id")


class Invitations(Repository):
    """The invitations. Whoever changes some holds the lock on their roundtable (`Roundtables.get`)."""

    async def of(self, roundtable_id: int) -> list[Invitation]:
        """Return the invitations to a roundtable, by city."""
        return [_invitation(row) for row in await self._all(_OF, roundtable=roundtable_id)]

    async def get(self, roundtable_id: int, person_id: int) -> Invitation | None:
        """Return the invitation of a person to a roundtable."""
        row = await self._one(_GET, roundtable=roundtable_id, person=person_id)
        return row and _invitation(row)

    async def save(self, invitation: Invitation) -> None:
        """Store an invitation, new or changed."""
        values = asdict(invitation)
        key = {name: values.pop(name) for name in _KEY}
        if not await self._update(_SET, roundtable=key["roundtable_id"], person=key["person_id"], **values):
            await self._insert(t.invitations, **key, **values)

    async def withdraw(self, invitation: Invitation) -> None:
        """Delete an invitation."""
        theirs = (
            t.invitations.c.roundtable_id == invitation.roundtable_id,
            t.invitations.c.person_id == invitation.person_id,
        )
        await self._connection.execute(sa.delete(t.invitations).where(*theirs))


def _invitation(row: sa.Row[Any]) -> Invitation:
    typed = {
        "part": Participation(row.part),
        "answer": Answer(row.answer),
    }
    return Invitation(**row._asdict() | typed)
