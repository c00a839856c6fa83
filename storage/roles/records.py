"""The records of roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from bot.model import Role
from storage.cities.records import City

ROSTER = "roster"
"""The kind of jobs by which what depends on the roles in a dialogue, on its chats, or on the zones of either follows
them; the key is the dialogue's id."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """The role of a person in a dialogue, on behalf of a city.

    Not `appointed`: a guest, who has last written in a chat of that city. `muted`: nothing they write is relayed.
    """

    dialogue_id: int
    person_id: int
    city: City
    role: Role
    appointed: bool
    muted: bool = False


class RosterMember(NamedTuple):
    """Somebody who is appointed in a dialogue and not muted, with their own time zone or that of their city."""

    person_id: int
    city_id: int
    role: Role
    zone: str
