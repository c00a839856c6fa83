"""The records of people and accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.model import Account


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `locale` and `zone` are their own choice, None until made; the guesses are presumed.

    `dialogue_id`: the dialogue to which their private commands refer if they take part in several. `remind`: how long
    before a roundtable they want to be reminded in private (empty: never; None: as the roundtable says).
    """

    id: int
    name: str
    locale: str | None
    zone: str | None
    accounts: tuple[Account, ...]
    guessed_locale: str | None = None
    guessed_zone: str | None = None
    dialogue_id: int | None = None
    remind: tuple[timedelta, ...] | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """An account of a person as its messenger shows it; names prove nothing."""

    person_id: int
    account: Account
    name: str
    username: str
