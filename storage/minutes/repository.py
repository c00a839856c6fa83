"""Minutes, from their start on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tables as t
from storage.agreements.records import AgreementKind, AgreementRecord, Signatory
from storage.agreements.repository import Agreements
from storage.base import Repository
from storage.minutes.records import Minutes
from storage.numbers import Numbers

_ALL = sa.select(t.minutes)
_HERE = t.minutes.c.dialogue_id == sa.bindparam("dialogue")
_BY_ID = _ALL.where(t.minutes.c.id == sa.bindparam("row")).with_for_update()
_NUMBERED = _ALL.where(_HERE, t.minutes.c.number == sa.bindparam("named")).with_for_update()
_OPEN = _ALL.where(_HERE, t.minutes.c.ended_at.is_(None)).with_for_update()
_BY_CARD = _ALL.where(t.minutes.c.card_id == sa.bindparam("card")).with_for_update()
_BY_AGREEMENT = _ALL.where(t.minutes.c.agreement_id == sa.bindparam("agreement")).with_for_update()
_OF_DIALOGUE = _ALL.where(_HERE).order_by(t.minutes.c.number.desc())
_SET = sa.update(t.minutes).where(t.minutes.c.id == sa.bindparam("row"))


class OpenMinutesError(Exception):
    """There are open minutes in this dialogue already."""


class MinutesChange(TypedDict, total=False):
    """What can change about minutes: fields of `Minutes`."""

    title: str
    place: str
    chair_id: int | None
    card_id: int | None
    roundtable: int | None
    active_at: datetime
    ended_at: datetime | None


class MinutesOfMeetings(Repository):
    """The minutes. Those that are looked up are locked, as whoever does may change them."""

    def __init__(self, connection: AsyncConnection, numbers: Numbers, agreements: Agreements) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._numbers = numbers
        self._agreements = agreements

    async def start(
        self,
        dialogue_id: int,
        now: datetime,
        *,
        title: str,
        place: str = "",
        chair_id: int,
        chat_id: int,
        roundtable: int | None = None,
    ) -> Minutes:
        """Start minutes under the next number, and return them. Raises OpenMinutesError."""
        # Giving a number makes concurrent transactions wait: of two that start minutes, one finds those of the other.
        number = await self._numbers.next(dialogue_id, AgreementKind.MINUTES)
        if await self.open_of(dialogue_id):
            raise OpenMinutesError(f"dialogue {dialogue_id}")
        values = {"title": title, "place": place, "chair_id": chair_id, "chat_id": chat_id, "roundtable": roundtable}
        values |= {"dialogue_id": dialogue_id, "number": number, "started_at": now, "active_at": now}
        return await self.get(await self._insert(t.minutes, **values))

    async def get(self, id: int) -> Minutes:
        """Return minutes. Raises LookupError if their dialogue was removed."""
        row = await self._one(_BY_ID, row=id)
        if row is None:
            raise LookupError(f"there are no minutes with the id {id}")
        return Minutes(**row._asdict())

    async def open_of(self, dialogue_id: int) -> Minutes | None:
        """Return the open minutes of a dialogue."""
        return _found(await self._one(_OPEN, dialogue=dialogue_id))

    async def numbered(self, dialogue_id: int, number: int) -> Minutes | None:
        """Return the minutes with this number in a dialogue."""
        return _found(await self._one(_NUMBERED, dialogue=dialogue_id, named=number))

    async def by_card(self, message_id: int) -> Minutes | None:
        """Return the minutes whose live card a message is."""
        return _found(await self._one(_BY_CARD, card=message_id))

    async def by_agreement(self, agreement_id: int) -> Minutes | None:
        """Return the minutes that an agreement is on."""
        return _found(await self._one(_BY_AGREEMENT, agreement=agreement_id))

    async def of_dialogue(self, dialogue_id: int) -> list[Minutes]:
        """Return all minutes of a dialogue, newest first, unlocked."""
        return [Minutes(**row._asdict()) for row in await self._all(_OF_DIALOGUE, dialogue=dialogue_id)]

    async def change(self, minutes: Minutes, **change: Unpack[MinutesChange]) -> Minutes:
        """Change minutes, and return them."""
        await self._update(_SET, row=minutes.id, **change)
        return await self.get(minutes.id)

    async def propose(
        self, minutes: Minutes, content: Mapping[str, Any], by: Signatory, now: datetime
    ) -> AgreementRecord:
        """Put minutes that have ended to the cities, under their number, and return the agreement."""
        agreement = await self._agreements.propose(
            minutes.dialogue_id, AgreementKind.MINUTES, minutes.number, content=content, by=by, now=now
        )
        await self._update(_SET, row=minutes.id, agreement_id=agreement.id)
        return agreement


def _found(row: sa.Row[Any] | None) -> Minutes | None:
    return Minutes(**row._asdict()) if row else None
