"""The guards of answers to invitations, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import sqlalchemy as sa

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.voice import Choice
from handlers.roundtables import _answers, _deputies, _invitations, _roster
from handlers.roundtables._choices import Response, choices
from storage import Invitation, Participation, Person, Roundtable, tables
from storage.roundtables import repository
from tests.trust import test_attending as attending
from tests.trust.guards import Removal, both, instead, soon_nothing, yes

Case = Callable[..., Coroutine[Any, Any, None]]

_pressed, _record = _answers._pressed, _answers._record


async def _anybody(ctx: CommandContext, roundtable: Roundtable) -> Invitation:
    known = await ctx.store.invitations.get(roundtable.id, ctx.person.id)
    city_id = ctx.city.id if ctx.city else 1
    part = Participation.LISTENER
    guest = Invitation(roundtable_id=roundtable.id, person_id=ctx.person.id, city_id=city_id, part=part, explicit=True)
    return known or guest


async def _as_stored(ctx: Context, roundtable: Roundtable, person_id: int) -> Invitation | None:
    return await ctx.store.invitations.get(roundtable.id, person_id)


def _for_all(roundtable: Roundtable, *, speaks: bool = True, made_for: Person | None = None) -> tuple[Choice, ...]:  # noqa: ARG001 - as `choices`
    return choices(roundtable, speaks=speaks)


async def _whoever(ctx: DialogueContext, roundtable: Roundtable, deputy: Person) -> Invitation:
    known = await ctx.store.invitations.get(roundtable.id, deputy.id)
    assert known
    return _deputies._asked(known, ctx.person)


async def _whenever(ctx: CommandContext) -> tuple[Roundtable, Response, bool]:
    roundtable, response, _is_current = await _pressed(ctx)
    return roundtable, response, True


async def _speaks(ctx: CommandContext, roundtable: Roundtable, mine: Invitation, response: Response) -> None:
    await _record(ctx, roundtable, mine, Response.YES if response is Response.SPEAK else response)


everybody_answers = instead(_answers, "invitation_of", _anybody)
buttons_for_all = instead(_invitations, "choices", _for_all)
listeners_speak = instead(_answers, "_record", _speaks)
deputies_of_any_city = instead(_deputies, "_of_deputy", _whoever)
deputies_for_good = instead(_roster, "_may_stand_in", yes)
everybody_names_deputies = instead(_deputies, "_check_mayor", soon_nothing)
roles_as_invited = instead(_answers, "current", _as_stored)
buttons_of_any_date = instead(_answers, "_pressed", _whenever)
not_locked = instead(
    repository, "_BY_ID", sa.select(tables.roundtables).where(tables.roundtables.c.id == sa.bindparam("row"))
)

GUARDS: list[tuple[Case, Removal]] = [
    (attending.test_case_118_only_the_invited_answer, everybody_answers),
    (attending.test_case_118_a_question_to_one_person_is_answered_by_nobody_else, buttons_for_all),
    (attending.test_case_118_who_listens_does_not_speak, listeners_speak),
    (attending.test_case_119_a_deputy_comes_from_the_same_city, both(deputies_of_any_city, deputies_for_good)),
    (attending.test_case_119_a_deputy_comes_from_the_same_city, deputies_of_any_city),
    (attending.test_case_119_who_leaves_the_city_stands_in_for_its_mayor_no_more, deputies_for_good),
    (attending.test_case_119_only_a_mayor_names_a_deputy, everybody_names_deputies),
    (attending.test_case_16_a_mayor_who_was_demoted_speaks_no_more, roles_as_invited),
    (attending.test_case_64_a_button_of_an_earlier_date_answers_nothing, buttons_of_any_date),
    (attending.test_case_106_of_two_answers_at_the_same_moment_both_are_shown, not_locked),
]
