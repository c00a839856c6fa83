"""Action points: their present version, their owners, and what they are linked to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.agreement import Step
from storage import tables as t
from storage.actions.listing import ActionLists, point_of
from storage.actions.records import ActionOwner, ActionPoint, Terms
from storage.agreements.records import AgreementKind, AgreementRecord, Signatory
from storage.agreements.repository import Agreements
from storage.numbers import Numbers

_POINT = t.action_points
_HERE = _POINT.c.dialogue_id == sa.bindparam("dialogue")
_SET = sa.update(_POINT).where(_POINT.c.id == sa.bindparam("row"))
_BY_ID = sa.select(_POINT).where(_POINT.c.id == sa.bindparam("row"))
_NUMBERED = sa.select(_POINT.c.id).where(_HERE, _POINT.c.number == sa.bindparam("named"))
_BY_CARD = sa.select(_POINT.c.id).where(_POINT.c.card_id == sa.bindparam("card"))
_BY_COMMAND = sa.select(_POINT.c.id).where(
    _POINT.c.command_chat_id == sa.bindparam("chat"), _POINT.c.command_native_id == sa.bindparam("command")
)
_PROPOSED = sa.select(sa.func.count().label("n")).where(
    _HERE, _POINT.c.proposed_by == sa.bindparam("person"), _POINT.c.proposed_at > sa.bindparam("since")
)
_OWNERS = (
    sa.select(t.action_owners)
    .where(t.action_owners.c.version == sa.bindparam("of"), t.action_owners.c.person_id.is_not(None))
    .order_by(t.action_owners.c.id)
)
_OWNERS_OF = _OWNERS.where(t.action_owners.c.action_id == sa.bindparam("action"))
_OWNERS_NUMBERED = _OWNERS.join(_POINT, _POINT.c.id == t.action_owners.c.action_id).where(
    _HERE, _POINT.c.number == sa.bindparam("named")
)


class ActionLinks(TypedDict, total=False):
    """What is not part of the terms, and may change without a new version: fields of `ActionPoint`."""

    sdgs: tuple[int, ...]
    roundtable: int | None
    poll: int | None
    minutes: int | None
    replaces: int | None
    source_id: int | None
    card_id: int | None
    command_chat_id: int | None
    command_native_id: str | None


class Actions(ActionLists):
    """The action points. One that is looked up is locked by its agreement, as whoever does may change it."""

    def __init__(self, connection: AsyncConnection, numbers: Numbers, agreements: Agreements) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._numbers = numbers
        self._agreements = agreements

    async def propose(
        self, dialogue_id: int, terms: Terms, by: Signatory, now: datetime, **links: Unpack[ActionLinks]
    ) -> ActionPoint:
        """Propose an action point under the next number, and return it."""
        number = await self._numbers.next(dialogue_id, AgreementKind.ACTION)
        agreement = await self._agreements.propose(
            dialogue_id, AgreementKind.ACTION, number, content=terms.content(), by=by, now=now
        )
        proposed = {"dialogue_id": dialogue_id, "number": number, "proposed_by": by.person_id, "proposed_at": now}
        values = {**_columns(terms), **proposed, "sdgs": (), **links}
        await self._insert(_POINT, id=agreement.id, **values | {"sdgs": list(values["sdgs"])})
        await self._own(agreement, terms, now)
        return await self.get(agreement.id)

    async def change(self, point: ActionPoint, terms: Terms, by: Signatory, now: datetime) -> ActionPoint:
        """Make new terms the next version, and return the point. Raises IllegalStep, with nothing done."""
        agreement = await self._agreements.take(point.agreement, Step.EDITED, by, now, terms.content())
        await self._update(_SET, row=point.id, **_columns(terms), due_in_force=point.effective_due)
        await self._own(agreement, terms, now)
        return await self.get(point.id)

    async def link(self, point: ActionPoint, **links: Unpack[ActionLinks]) -> ActionPoint:
        """Change what is not part of the terms, and return the point."""
        values: dict[str, Any] = {**links}
        if "sdgs" in values:
            values["sdgs"] = list(values["sdgs"])
        await self._update(_SET, row=point.id, **values)
        return await self.get(point.id)

    async def get(self, id: int) -> ActionPoint:
        """Return an action point. Raises LookupError if it has expired, or its dialogue was removed."""
        agreement = await self._agreements.get(id)
        row = await self._one(_BY_ID, row=id)
        if row is None:
            raise LookupError(f"there is no action point with the id {id}")
        return point_of(row, agreement)

    async def of_job(self, id: int) -> ActionPoint | None:
        """Return the action point of a job, unless it has expired, or its dialogue was removed.

        PostgreSQL: raises StorageError while it is locked, as whoever holds it may be waiting for the job.
        """
        agreement = await self._agreements.of_job(id)
        row = await self._one(_BY_ID, row=id) if agreement else None
        return point_of(row, agreement) if row and agreement else None

    async def numbered(self, dialogue_id: int, number: int) -> ActionPoint | None:
        """Return the action point with this number in a dialogue."""
        return await self._found(await self._one(_NUMBERED, dialogue=dialogue_id, named=number))

    async def by_card(self, message_id: int) -> ActionPoint | None:
        """Return the action point whose live card a message is."""
        return await self._found(await self._one(_BY_CARD, card=message_id))

    async def by_command(self, chat_id: int, native_id: str) -> ActionPoint | None:
        """Return the action point that was typed in a message, by the messenger's id of it."""
        return await self._found(await self._one(_BY_COMMAND, chat=chat_id, command=native_id))

    async def proposed_since(self, dialogue_id: int, person_id: int, since: datetime) -> int:
        """Return how many action points a person has proposed in a dialogue since then."""
        row = await self._one(_PROPOSED, dialogue=dialogue_id, person=person_id, since=since)
        return int(row.n) if row else 0

    async def owners(self, point: ActionPoint, version: int | None = None) -> list[ActionOwner]:
        """Return the owners of a version (None: the present one), those who are forgotten apart."""
        return _owners(await self._all(_OWNERS_OF, action=point.id, of=point.version if version is None else version))

    async def owners_numbered(self, dialogue_id: int, number: int, version: int) -> list[ActionOwner]:
        """Return what `owners` does for the action point with this number; it is not locked."""
        return _owners(await self._all(_OWNERS_NUMBERED, dialogue=dialogue_id, named=number, of=version))

    async def _found(self, row: sa.Row[Any] | None) -> ActionPoint | None:
        return await self.get(row.id) if row else None

    async def _own(self, agreement: AgreementRecord, terms: Terms, now: datetime) -> None:
        for each in terms.owners:
            whose = {"person_id": each.person_id, "pseudonym": each.pseudonym, "named_at": now}
            city_id = each.city.id if each.city else None
            await self._insert_new(
                t.action_owners, action_id=agreement.id, version=agreement.version, city_id=city_id, **whose
            )


def _owners(rows: Iterable[sa.Row[Any]]) -> list[ActionOwner]:
    return [ActionOwner(person_id=row.person_id, city_id=row.city_id, pseudonym=row.pseudonym) for row in rows]


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "text": terms.text,
        "language": terms.language,
        "translation": terms.translation,
        "translation_language": terms.translation_language,
        "due_on": terms.due_on,
        "lead_city_id": terms.lead.id if terms.lead else None,
    }
