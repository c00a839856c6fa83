"""The records of codes, guesses and pairings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import Account
from storage.cities.records import City


class Purpose(StrEnum):
    """The purpose of a one-time code."""

    PAIR = "pair"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A valid one-time code. `account` requested it in `chat_id`; `city`: the city that chat will speak for.

    `claimed_by`: the account to be linked, once it has entered the code; `confirmed_by`: the one of the two accounts
    that has confirmed.
    """

    id: int
    purpose: Purpose
    digest: str
    account: Account
    chat_id: int
    city: City | None
    claimed_by: Account | None
    expires_at: datetime
    confirmed_by: Account | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing that `account` requested in an encrypted chat and has to confirm.

    `digest`: that of the code used; empty: a new code was requested. The city's id is 0 as long as it does not exist.
    """

    chat_id: int
    account: Account
    city: City
    digest: str
    asked_at: datetime
