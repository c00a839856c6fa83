"""One-time codes, failed guesses, and pairings that await confirmation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from bot.model import Account
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.cities.records import City
from storage.codes.records import OneTimeCode, Pairing, Purpose
from storage.people.records import Person
from storage.personal import references

MOST_GUESSES = 6
"""Number of wrong codes after which an account is locked out (trust: cases 11 to 14)."""
LOCKED = timedelta(hours=24)
"""Duration of the lockout, and the window in which wrong codes are counted."""


class Codes(Repository):
    """One-time codes, stored only as digests."""

    async def add(
        self,
        purpose: Purpose,
        digest: str,
        *,
        account: Account,
        chat: Chat,
        expires_at: datetime,
        city: City | None = None,
    ) -> None:
        """Store a new code that `account` requested in `chat`; `city`: the city that chat will speak for."""
        await self._insert(
            t.codes,
            purpose=purpose,
            digest=digest,
            account=str(account),
            chat_id=chat.id,
            city=city.name if city else "",
            locale=city.locale if city else "",
            zone=city.zone if city else "",
            claimed_by="",
            expires_at=expires_at,
        )

    async def void(self, purpose: Purpose, chat: Chat, now: datetime) -> bool:
        """Invalidate the codes created in a chat; return whether there were any."""
        mine = (t.codes.c.purpose == purpose, t.codes.c.chat_id == chat.id, *_good(now))
        return (await self._connection.execute(sa.update(t.codes).where(*mine).values(used_at=now))).rowcount > 0

    async def void_of(self, purpose: Purpose, person: Person, now: datetime) -> None:
        """Invalidate the codes that a person created."""
        theirs = (t.codes.c.purpose == purpose, t.codes.c.account.in_(map(str, person.accounts)), *_good(now))
        await self._connection.execute(sa.update(t.codes).where(*theirs).values(used_at=now))

    async def find(self, purpose: Purpose, digest: str, now: datetime) -> OneTimeCode | None:
        """Return a valid code: neither used nor expired."""
        return await self._code(t.codes.c.purpose == purpose, t.codes.c.digest == digest, *_good(now))

    async def get(self, id: int, now: datetime) -> OneTimeCode | None:
        """Return the code with this id if it is valid."""
        return await self._code(t.codes.c.id == id, *_good(now))

    async def claim(self, code: OneTimeCode, account: Account) -> bool:
        """Record who entered a code that is yet to be confirmed; return False if another account was first."""
        free = t.codes.c.claimed_by.in_(("", str(account)))
        return await self._set(code, free, claimed_by=str(account))

    async def confirm(self, code: OneTimeCode, account: Account) -> bool:
        """Record which of the two accounts confirmed first; return False if the other one was first."""
        free = t.codes.c.confirmed_by.in_(("", str(account)))
        return await self._set(code, free, confirmed_by=str(account))

    async def use(self, code: OneTimeCode, now: datetime) -> bool:
        """Mark a code as used; return False if a concurrent transaction has used it already."""
        return await self._set(code, used_at=now)

    # --- guesses ---

    async def locked_until(self, account: Account, purpose: Purpose, now: datetime) -> datetime | None:
        """Return until when an account is locked out, or None if it is not."""
        row = await self._one(sa.select(t.guesses).where(*_of(account, purpose)))
        return row.locked_until if row and row.locked_until and row.locked_until > now else None

    async def count_guess(self, account: Account, purpose: Purpose, now: datetime) -> int:
        """Count a wrong code, locking the account out after the last one; return how many are left."""
        row = await self._one(sa.select(t.guesses).where(*_of(account, purpose)).with_for_update())
        fresh = row is None or row.since <= now - LOCKED
        wrong = 1 if row is None or fresh else row.wrong + 1
        values = {"wrong": wrong, "locked_until": now + LOCKED if wrong >= MOST_GUESSES else None}
        if row is None:
            await self._insert_new(t.guesses, account=str(account), purpose=purpose, since=now, **values)
        else:
            values |= {"since": now} if fresh else {}
            await self._connection.execute(sa.update(t.guesses).where(*_of(account, purpose)).values(values))
        return max(0, MOST_GUESSES - wrong)

    async def _code(self, *where: sa.ColumnElement[bool]) -> OneTimeCode | None:
        row = await self._one(sa.select(t.codes).where(*where))
        return row and OneTimeCode(
            id=row.id,
            purpose=Purpose(row.purpose),
            digest=row.digest,
            account=Account.parse(row.account),
            chat_id=row.chat_id,
            city=_city(row) if row.city else None,
            claimed_by=Account.parse(row.claimed_by) if row.claimed_by else None,
            expires_at=row.expires_at,
            confirmed_by=Account.parse(row.confirmed_by) if row.confirmed_by else None,
        )

    async def _set(self, code: OneTimeCode, *where: sa.ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401 - columns of any type
        """Update a code if it is unused; PostgreSQL rechecks that after waiting for another transaction."""
        unused = (t.codes.c.id == code.id, t.codes.c.used_at.is_(None))
        changed = await self._connection.execute(sa.update(t.codes).where(*unused, *where).values(values))
        return changed.rowcount > 0


class Pairings(Repository):
    """Pairings requested in encrypted chats that await confirmation: the latest of each chat."""

    async def ask(self, chat: Chat, account: Account, city: City, digest: str, at: datetime) -> None:
        """Store a request that has to be confirmed, replacing an earlier one."""
        await self.drop(chat)
        asked = {"account": str(account), "city": city.name, "locale": city.locale, "zone": city.zone}
        await self._connection.execute(
            sa.insert(t.pairings).values(chat_id=chat.id, digest=digest, asked_at=at, **asked)
        )

    async def of(self, chat: Chat, since: datetime) -> Pairing | None:
        """Return the request that has to be confirmed, if it was made after `since`."""
        where = (t.pairings.c.chat_id == chat.id, t.pairings.c.asked_at > since)
        row = await self._one(sa.select(t.pairings).where(*where))
        return row and Pairing(chat.id, Account.parse(row.account), _city(row), row.digest, row.asked_at)

    async def drop(self, chat: Chat) -> None:
        """Drop the request, if there is one."""
        await self._connection.execute(sa.delete(t.pairings).where(t.pairings.c.chat_id == chat.id))


def links_of(person_id: int) -> sa.Delete:
    """Return a DELETE of a person's pending links: the appointments shown to them for confirmation are outdated."""
    account = t.accounts.c.messenger + ":" + t.accounts.c.native_id
    theirs = sa.select(account).where(t.accounts.c.person_id == person_id)
    asked = sa.or_(*(column.in_(theirs) for column, _ in references() if column.table is t.codes))
    return sa.delete(t.codes).where(t.codes.c.purpose == Purpose.LINK, asked)


def _city(row: sa.Row[Any]) -> City:
    return City(0, row.city, row.locale, row.zone)


def _good(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.codes.c.used_at.is_(None), t.codes.c.expires_at > now)


def _of(account: Account, purpose: Purpose) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.guesses.c.account == str(account), t.guesses.c.purpose == purpose)
