"""Which cities agree to the present version, as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bot.agreement import Entry, Step
from bot.commands.context import Context
from bot.model import Role
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, _
from handlers.agreements._authority import parties
from storage import AgreementRecord, City

FORGOTTEN = _("somebody whose data was erased")
"""The name of a person who has asked to be forgotten."""


async def rows(ctx: Context, agreement: AgreementRecord) -> list[LazyText]:
    """Return a line for each city that takes part: it agrees, objects, or is missing."""
    history = await ctx.store.agreements.history(agreement.id)
    given = answers(history, agreement.version)
    people = await ctx.store.agreements.people(agreement.id)
    return [await _row(ctx, city, given.get(city.name), people) for city in await parties(ctx, agreement.dialogue_id)]


def answers(history: Iterable[Entry], version: int) -> dict[str, Entry]:
    """Return the newest confirmation of a version by each city, or its objection to it."""
    kinds = {Step.CONFIRMED, Step.OBJECTED}
    return {each.city: each for each in history if each.version == version and each.step in kinds}


async def _row(ctx: Context, city: City, answer: Entry | None, people: Mapping[int, int]) -> LazyText:
    if answer is None:
        return _("⏳ {city} has not answered yet", city=city.name)
    who = await signer(ctx, answer, people)
    if answer.step is Step.CONFIRMED:
        return _("✅ {city} agrees: {who}", city=city.name, who=who)
    return _("✋ {city} objects ({who}): {reason}", city=city.name, who=who, reason=str(answer.content["reason"]))


async def signer(ctx: Context, entry: Entry, people: Mapping[int, int]) -> LazyText:
    """Return who took a step, with the role they had then; `people`: as in `Agreements.people`."""
    id = people.get(entry.position)
    name = LazyText("{name}", params={"name": (await ctx.store.people.get(id)).name}) if id is not None else FORGOTTEN
    role = entry.content.get("role")
    return _("{name}, {role}", name=name, role=ROLE_NAMES[Role(role)]) if role else name
