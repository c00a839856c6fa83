"""The records of action points."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ActionPoint:
    """An action point of a dialogue, as it was proposed or edited last. `language`: of the text (`de`)."""

    id: int
    agreement_id: int
    dialogue_id: int
    number: int
    text: str
    language: str
    translation: str | None
    translation_language: str | None
    due_on: date | None
    lead_city_id: int | None
    sdgs: tuple[int, ...]
    roundtable_id: int | None
    poll_id: int | None
    minutes_id: int | None
    source_id: int | None
    replaces_id: int | None
    card_id: int | None
    proposed_by: int | None
    proposed_at: datetime
