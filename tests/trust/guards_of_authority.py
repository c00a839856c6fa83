"""The guards of cities and their codes, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa

import handlers.pairing
from bot.commands.context import CommandContext
from bot.model import Account, Role
from handlers.pairing import _approval, _authority, _joining
from storage import Chat, City, Dialogue, OneTimeCode, Pairing, Person, tables
from storage.codes.repository import Pairings
from tests.trust import guards_of_chats as chats_without
from tests.trust import test_takeovers as takeovers
from tests.trust.guards import both, codes_used_again, instead, soon_nothing, soon_yes


async def _made_in_its_chat(ctx: CommandContext, code: OneTimeCode, city: City, _dialogue: Dialogue | None) -> bool:
    partner = await ctx.store.chats.get(code.chat_id)
    return partner.city is not None and partner.city.id == city.id


async def _appointed_alone(ctx: CommandContext, city: City, dialogue: Dialogue | None) -> list[Person]:
    return [await ctx.store.people.get(each.person_id) for each in await _authority.appointed(ctx, city, dialogue)]


async def _coordinates_anything(ctx: CommandContext, person: Person, _city: City, _dialogue: Dialogue | None) -> bool:
    return any(each.role is Role.COORDINATOR for each in await ctx.store.roles.of_person(person.id))


def last_asker_meant(patch: pytest.MonkeyPatch) -> None:
    """Treat the last person to ask as the one that the question names."""
    of = Pairings.of

    async def asked(self: Pairings, chat: Chat, since: datetime) -> Pairing | None:
        found = await of(self, chat, since)
        row = await self._one(sa.select(tables.codes).where(tables.codes.c.digest == found.digest)) if found else None
        return replace(found, account=Account.parse(row.claimed_by)) if found and row and row.claimed_by else found

    patch.setattr(Pairings, "of", asked)


every_chat_joins = instead(handlers.pairing, "may_join", soon_yes)
everybody_agrees = instead(_approval, "acts_for", soon_yes)
every_coordinator_agrees = instead(_approval, "acts_for", _coordinates_anything)
codes_own_by_their_chat = both(
    instead(_authority, "is_own", _made_in_its_chat), instead(_joining, "is_own", _made_in_its_chat)
)
codes_for_every_city = instead(handlers.pairing, "check_maker", soon_nothing)
first_codes_not_looked_at = instead(_joining, "check_first", soon_nothing)
settings_head_nothing = instead(_authority, "deciders", _appointed_alone)

GUARDS = [
    (takeovers.test_case_99_a_code_of_one_city_brings_no_chat_in_for_another, every_chat_joins),
    (
        takeovers.test_case_99_a_code_of_one_city_brings_no_chat_in_for_another,
        both(chats_without.questions_kept, codes_used_again),
    ),
    (takeovers.test_case_99_only_that_citys_coordinator_can_agree, everybody_agrees),
    (takeovers.test_case_99_only_that_citys_coordinator_can_agree, every_coordinator_agrees),
    (takeovers.test_case_99_a_code_appoints_only_if_its_maker_is_coordinator_of_that_city, codes_own_by_their_chat),
    (takeovers.test_case_99_whose_maker_has_lost_the_role_is_no_code_of_the_city, codes_own_by_their_chat),
    (takeovers.test_case_99_a_coordinator_makes_no_code_in_another_citys_chat, codes_for_every_city),
    (takeovers.test_case_99_nobody_makes_a_code_for_a_city_of_others, codes_for_every_city),
    (takeovers.test_case_99_a_coordinator_brings_in_no_chat_of_another_city, every_chat_joins),
    (takeovers.test_case_99_a_code_from_before_the_city_had_coordinators_begins_nothing, first_codes_not_looked_at),
    (takeovers.test_case_99_encryption_after_the_question_asks_anew, chats_without.questions_kept),
    (takeovers.test_case_99_who_asks_after_the_question_is_not_meant_by_the_answer, last_asker_meant),
    (takeovers.test_case_99_the_settings_coordinators_head_what_they_have_set_up, settings_head_nothing),
]
