"""An action point is made: the one place for it, whether it is typed, noted in minutes, or replaces another one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.commands.context import DialogueContext
from storage import ActionPoint, City, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAction:
    """An action point as somebody typed it: what is agreed on, and what belongs to it besides.

    `language`: of the text, that of its writer. `owners`: each with the city that they act for, if that is known.
    """

    text: str
    language: str
    translation: str = ""
    translation_language: str = ""
    due: date | None = None
    owners: tuple[tuple[Person, City | None], ...] = ()
    lead: City | None = None
    sdgs: tuple[int, ...] = ()
    roundtable_id: int | None = None
    poll_id: int | None = None
    minutes_id: int | None = None
    source_id: int | None = None
    replaces_id: int | None = None


async def propose(ctx: DialogueContext, new: NewAction) -> ActionPoint:
    """Store a new action point in the person's name, and post its card in every chat."""
    raise NotImplementedError


async def create(ctx: DialogueContext) -> None:
    """Propose what is typed after `/action`."""


async def supersede(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Propose an action point that replaces another one when it is agreed."""
