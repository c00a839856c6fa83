"""Agreements: every step is appended to their history, and nothing in it is ever changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.agreement import (
    Agreement,
    AgreementState,
    Entry,
    Flaw,
    HistoryFault,
    IllegalStep,
    Step,
    StepRefusal,
    append,
    outcome,
    verify,
)
from storage import tables as t
from storage.agreements.records import BY_ITSELF, PENDING, AgreementKind, AgreementRecord, Signatory
from storage.base import Repository

_BY_ID = sa.select(t.agreements).where(t.agreements.c.id == sa.bindparam("row"))
_LOCKED = _BY_ID.with_for_update()
_LOCKED_AT_ONCE = _BY_ID.with_for_update(nowait=True)
_SET = sa.update(t.agreements).where(t.agreements.c.id == sa.bindparam("row"))
_HISTORY = (
    sa.select(t.agreement_entries)
    .where(t.agreement_entries.c.agreement_id == sa.bindparam("agreement"))
    .order_by(t.agreement_entries.c.position)
)
# A city takes part as long as it has a chat in the dialogue.
_CITIES = (
    sa.select(t.cities.c.name)
    .where(t.cities.c.id.in_(sa.select(t.chats.c.city_id).where(t.chats.c.dialogue_id == sa.bindparam("dialogue"))))
    .order_by(t.cities.c.id)
)
_FEWEST = 2
"""Cities that can agree on something."""
_PENDING = (
    sa.select(t.agreements)
    .where(
        t.agreements.c.dialogue_id == sa.bindparam("dialogue"),
        sa.or_(*(t.agreements.c.state == sa.literal_column(f"'{each}'") for each in PENDING)),
    )
    .order_by(t.agreements.c.id.desc())
)
_NEWEST = _PENDING.limit(50)
_BEGUN = _PENDING.where(
    sa.exists().where(
        t.agreement_entries.c.agreement_id == t.agreements.c.id,
        t.agreement_entries.c.version == t.agreements.c.version,
        t.agreement_entries.c.step == sa.literal_column(f"'{Step.CONFIRMED}'"),
    )
)


def about(dialogue_id: int, kind: str, number: int) -> str:
    """Return what a history is about, which its first digest includes: it cannot be passed off as another's."""
    return f"dialogue {dialogue_id} {kind} {number}"


class DamagedHistoryError(Exception):
    """The history of an agreement has been tampered with, or is lost in part."""


class Agreements(Repository):
    """The agreements. One that is looked up is locked: of two steps at the same moment, one sees the other."""

    async def propose(
        self,
        dialogue_id: int,
        kind: AgreementKind,
        number: int,
        *,
        content: Mapping[str, Any],
        by: Signatory,
        now: datetime,
    ) -> AgreementRecord:
        """Begin an agreement with the first version of its content, and return it."""
        subject = about(dialogue_id, kind, number)
        history = append((), Step.PROPOSED, at=now, actor=by.actor, city=by.city, content=content, about=subject)
        key = {"dialogue_id": dialogue_id, "kind": kind, "number": number}
        id = await self._insert(t.agreements, **key, **copy_of(history, outcome(history)))
        await self._record(id, history[-1], by)
        return await self.get(id)

    async def get(self, id: int) -> AgreementRecord:
        """Return an agreement. Raises LookupError if it has expired, or its dialogue was removed."""
        row = await self._one(_LOCKED, row=id)
        if row is None:
            raise LookupError(f"there is no agreement with the id {id}")
        return agreement_of(row._asdict())

    async def of_job(self, id: int) -> AgreementRecord | None:
        """Return the agreement of a job, unless it has expired, or its dialogue was removed.

        PostgreSQL: raises StorageError while it is locked, as whoever holds it may be waiting for the job.
        """
        row = await self._one(_LOCKED_AT_ONCE, row=id)
        return row and agreement_of(row._asdict())

    async def read(self, id: int) -> AgreementRecord | None:
        """Return an agreement as it is, unlocked."""
        row = await self._one(_BY_ID, row=id)
        return row and agreement_of(row._asdict())

    async def take(
        self,
        agreement: AgreementRecord,
        step: Step,
        by: Signatory,
        now: datetime,
        content: Mapping[str, Any] | None = None,
        *,
        version: int | None = None,
    ) -> AgreementRecord:
        """Take a step and return what the agreement has become. Raises IllegalStep, with nothing done.

        A confirmation that completes those of all cities that take part makes it agreed at once. Nobody confirms for
        two cities, not even by two accounts that belong to the same person now. `version`: the one that the person has
        seen; None: the present one. Raises DamagedHistoryError rather than extend a damaged one.
        """
        if step in {Step.PROPOSED, Step.AGREED}:
            raise ValueError(f"{step} is not a step that somebody takes")
        locked = await self.get(agreement.id)
        rows = await self._all(_HISTORY, agreement=locked.id)
        history = _intact(locked, rows)
        people = _people(rows, outcome(history).confirmed)
        if step is Step.CONFIRMED and by.person_id in {who for city, who in people.items() if city != by.city} - {None}:
            raise IllegalStep(step, StepRefusal.OTHER_CITY)
        taken = append(history, step, at=now, actor=by.actor, city=by.city, content=content, version=version)
        if step is Step.CONFIRMED and (cities := await self._completed(locked, {**people, by.city: by.person_id})):
            taken = append(taken, Step.AGREED, at=now, actor=by.actor, city=by.city, content={"cities": cities})
        return await self._extend(locked, taken, by)

    async def settle(self, agreement: AgreementRecord, now: datetime) -> AgreementRecord | None:
        """Return the agreement if all cities that still take part have confirmed it: it is agreed now. Else None."""
        locked = await self.get(agreement.id)
        rows = await self._all(_HISTORY, agreement=locked.id)
        history = _intact(locked, rows)
        cities = await self._completed(locked, _people(rows, outcome(history).confirmed))
        if not locked.is_pending or not cities:
            return None
        agreed = append(history, Step.AGREED, at=now, content={"cities": cities})
        return await self._extend(locked, agreed, BY_ITSELF)

    async def pending(self, dialogue_id: int) -> list[AgreementRecord]:
        """Return what cities still have to agree to: the newest, and all that a city has confirmed; unlocked."""
        rows = [*await self._all(_NEWEST, dialogue=dialogue_id), *await self._all(_BEGUN, dialogue=dialogue_id)]
        return list({row.id: agreement_of(row._asdict()) for row in rows}.values())

    async def people(self, id: int) -> dict[int, int]:
        """Return who has taken which step, by its position; those who are forgotten are missing."""
        rows = await self._all(_HISTORY, agreement=id)
        return {row.position: row.person_id for row in rows if row.person_id is not None}

    async def history(self, id: int) -> tuple[Entry, ...]:
        """Return the history of an agreement."""
        return tuple(entry_of(row) for row in await self._all(_HISTORY, agreement=id))

    async def fault(self, agreement: AgreementRecord) -> HistoryFault | None:
        """Return what is wrong with the history of an agreement; None: it is whole, and nobody has changed it."""
        return _fault(agreement, await self.history(agreement.id))

    async def signatories(self, agreement: AgreementRecord) -> dict[str, int | None]:
        """Return who has confirmed the present version, as `{city: person id}`; None: somebody who is forgotten."""
        rows = await self._all(_HISTORY, agreement=agreement.id)
        return _people(rows, outcome(map(entry_of, rows)).confirmed)

    async def _completed(self, agreement: AgreementRecord, people: Mapping[str, int | None]) -> list[str]:
        """Return all cities that take part, or nothing if one has not confirmed, or two by what is one person now."""
        cities = [row.name for row in await self._all(_CITIES, dialogue=agreement.dialogue_id)]
        known = [people[city] for city in cities if people.get(city) is not None]
        complete = len(cities) >= _FEWEST and people.keys() >= set(cities) and len(set(known)) == len(known)
        return cities if complete else []

    async def _extend(self, agreement: AgreementRecord, history: Sequence[Entry], by: Signatory) -> AgreementRecord:
        """Store the entries that are new in a history, and return the agreement."""
        for entry in history[agreement.entries :]:
            await self._record(agreement.id, entry, by)
        await self._update(_SET, row=agreement.id, **copy_of(history, outcome(history)))
        return await self.get(agreement.id)

    async def _record(self, id: int, entry: Entry, by: Signatory) -> None:
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        await self._insert(t.agreement_entries, agreement_id=id, person_id=by.person_id, **values)


def copy_of(history: Sequence[Entry], now: Agreement) -> dict[str, Any]:
    """Return the columns of `agreements` that follow from a history, and from what it amounts to now."""
    last = history[-1]
    agreed = [entry.at for entry in history if entry.step is Step.AGREED]
    closed = now.state.is_final or now.state is AgreementState.DONE
    return {
        "state": now.state,
        "version": now.version,
        "in_force": now.in_force,
        "entries": len(history),
        "digest": last.digest,
        "changed_at": last.at,
        "agreed_at": agreed[-1] if agreed else None,
        "closed_at": last.at if closed else None,
    }


def _intact(agreement: AgreementRecord, rows: Sequence[sa.Row[Any]]) -> tuple[Entry, ...]:
    """Return the history of an agreement. Raises DamagedHistoryError."""
    history = tuple(map(entry_of, rows))
    if fault := _fault(agreement, history):
        raise DamagedHistoryError(f"{agreement.kind} {agreement.number}: {fault}")
    return history


def _fault(agreement: AgreementRecord, history: Sequence[Entry]) -> HistoryFault | None:
    """Return what is wrong with a history, which may also end too early."""
    fault = verify(history, about(agreement.dialogue_id, agreement.kind, agreement.number))
    whole = fault is not None or (len(history), history[-1].digest) == (agreement.entries, agreement.digest)
    return fault if whole else HistoryFault(len(history) + 1, Flaw.ORDER)


def _people(rows: Sequence[sa.Row[Any]], confirmed: Iterable[str]) -> dict[str, int | None]:
    """Return who has confirmed last for each of these cities."""
    people = {row.city: row.person_id for row in rows if row.step == Step.CONFIRMED}
    return {city: people[city] for city in confirmed}


def agreement_of(columns: Mapping[str, Any]) -> AgreementRecord:
    """Return the agreement with these columns."""
    typed = {"kind": AgreementKind(columns["kind"]), "state": AgreementState(columns["state"])}
    return AgreementRecord(**{**columns, **typed})


def entry_of(row: sa.Row[Any]) -> Entry:
    """Return the entry of a row."""
    values = {name: getattr(row, name) for name in Entry.__slots__}
    return Entry(**values | {"step": Step(row.step)})
