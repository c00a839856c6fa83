"""The records of action points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bot.agreement import AgreementState
from storage.agreements.records import AgreementRecord
from storage.cities.records import City


class ActionFilter(StrEnum):
    """Which action points are listed."""

    ALL = "all"
    OPEN = "open"
    """Proposed, objected to or agreed, but not done."""
    MINE = "mine"
    """Open, and the person is an owner of the present version or of the one in force."""
    OVERDUE = "overdue"
    """Open, and due before today by the version that counts (`AgreementRecord.effective_version`)."""
    AGREED = "agreed"
    """A version is in force, and it is not done."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOwner:
    """Who is to own an action point, in which city, and the pseudonym by which the history names them."""

    person_id: int
    pseudonym: str
    city: City | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """All of an action point that is agreed on: who does what by when. A change of any of it is a new version.

    `language`, `translation_language`: codes such as `de`.
    """

    text: str
    language: str
    translation: str | None = None
    translation_language: str | None = None
    due_on: date | None = None
    owners: tuple[NewOwner, ...] = ()
    lead: City | None = None

    def content(self) -> Mapping[str, Any]:
        """Return the content of the history's entry."""
        return {
            "text": self.text,
            "language": self.language,
            "translation": self.translation,
            "translation_language": self.translation_language,
            "due": self.due_on and self.due_on.isoformat(),
            "owners": [{"who": each.pseudonym, "city": each.city and each.city.name} for each in self.owners],
            "lead": self.lead and self.lead.name,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOwner:
    """Who owns a version of an action point, for which city."""

    person_id: int
    city_id: int | None
    pseudonym: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPoint:
    """What somebody is to do, with a number in the dialogue: its present version. `id` is that of its agreement.

    `roundtable`, `poll`, `minutes`, `replaces`: numbers in the dialogue of what it is about, of the minutes it was made
    in, and of the action point that it replaces once it is agreed. `source_id`: the message that it is a reply to.
    `command_chat_id`, `command_native_id`: the message in which it was typed. `card_id`: its live card. `due_in_force`:
    the due date of the version in force, if cities have to agree to another one.
    """

    agreement: AgreementRecord
    id: int
    dialogue_id: int
    number: int
    text: str
    language: str
    translation: str | None
    translation_language: str | None
    due_on: date | None
    due_in_force: date | None
    lead_city_id: int | None
    sdgs: tuple[int, ...]
    roundtable: int | None
    poll: int | None
    minutes: int | None
    replaces: int | None
    source_id: int | None
    card_id: int | None
    command_chat_id: int | None
    command_native_id: str | None
    proposed_by: int | None
    proposed_at: datetime

    @property
    def state(self) -> AgreementState:
        """Where it is in its life."""
        return self.agreement.state

    @property
    def effective_due(self) -> date | None:
        """The due date of the version that counts."""
        return self.due_on if self.agreement.effective_version == self.version else self.due_in_force

    @property
    def version(self) -> int:
        """The present version of its terms."""
        return self.agreement.version
