"""The guards of linked accounts, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.commands.context import CommandContext
from bot.model import ChatRef, Sender
from bot.relay import relay
from bot.rights import Grant
from bot.text.catalogue import LazyText
from handlers import people
from handlers.people import _linking, _muted_chats
from storage import Chat, OneTimeCode, Person, Store
from storage.people.links import Links, StoredRole
from tests.trust import test_links as links
from tests.trust.guards import both, commands_for_everybody, instead, links_go_on, soon_nothing


def one_tap_is_enough(patch: pytest.MonkeyPatch) -> None:
    """Treat a code opened through a link as typed."""
    claim = _linking._claim

    async def claimed(ctx: CommandContext, code: OneTimeCode) -> None:
        await claim(replace(ctx, by_address=False), code)

    patch.setattr(_linking, "_claim", claimed)


def mutes_left_behind(patch: pytest.MonkeyPatch) -> None:
    """Forget mutes when accounts are linked or unlinked."""
    put = Links._put

    async def heard(
        self: Links, dialogue_id: int, person_id: int, held: StoredRole, _muted_at: datetime | None
    ) -> None:
        await put(self, dialogue_id, person_id, held, None)

    patch.setattr(Links, "_put", heard)


async def _as_before(
    self: Links, dialogue_id: int, row: sa.Row[Any], people: tuple[int, int], sides: Sequence[StoredRole | None]
) -> None:
    for person_id, held in zip(people, sides, strict=True):
        await self._drop(dialogue_id, person_id)
        if held:
            await self._put(dialogue_id, person_id, held, row.muted_at)


async def _nothing_handed_over(_ctx: CommandContext, _person: Person) -> list[LazyText]:
    return []


async def _at_once(ctx: CommandContext, _code: OneTimeCode, owner: Person, other: Person) -> None:
    await _linking._link(ctx, owner, other)


async def _a_person(_store: Store, _chat: Chat, grant: Grant | None, _sender: Sender) -> bool:
    return grant is not None and grant.muted


def _any_city(ctx: CommandContext) -> tuple[int, ChatRef, str]:
    reply = ctx.reply_to
    assert reply
    assert reply.sender_chat
    assert ctx.dialogue
    return ctx.dialogue.id, reply.sender_chat, reply.author


people_alone_muted = instead(relay, "is_muted", _a_person)
channels_of_every_city = instead(_muted_chats, "_which", _any_city)
one_yes_is_enough = instead(_linking, "_confirmed", _at_once)
roles_not_looked_at = instead(_linking, "handed_over", _nothing_handed_over)
addresses_lead_anywhere = both(
    *(
        instead(router, "commands", [replace(each, by_address=True) for each in router.commands])
        for router in people.feature.routers
    )
)
roles_stay_with_the_first = instead(Links, "_split", soon_nothing)
roles_as_they_were = instead(Links, "_split", _as_before)

GUARDS = [
    (links.test_case_100_one_tap_on_an_address_hands_over_nothing, one_tap_is_enough),
    (links.test_case_100_who_holds_a_role_confirms_too, roles_not_looked_at),
    (links.test_case_100_who_holds_a_role_confirms_too, one_yes_is_enough),
    (links.test_case_100_an_address_is_confirmed_by_both, one_yes_is_enough),
    (links.test_case_100_who_holds_more_is_told_also_as_the_first, roles_not_looked_at),
    (links.test_case_100_the_settings_coordinators_are_told_and_confirm, roles_not_looked_at),
    (links.test_case_100_the_settings_coordinators_are_told_and_confirm, one_yes_is_enough),
    (links.test_case_100_a_role_given_meanwhile_is_not_handed_over_unasked, both(links_go_on, one_yes_is_enough)),
    (links.test_case_100_an_address_leads_to_no_other_command, addresses_lead_anywhere),
    (links.test_case_100_unlink_takes_it_back, roles_stay_with_the_first),
    (links.test_case_100_what_was_taken_since_does_not_come_back, roles_as_they_were),
    (links.test_case_105_who_writes_as_a_channel_is_muted_as_that_channel, people_alone_muted),
    (links.test_case_105_only_the_citys_coordinators_mute_a_channel, channels_of_every_city),
    (links.test_case_105_only_the_citys_coordinators_mute_a_channel, commands_for_everybody),
    (links.test_case_105_a_fresh_account_does_not_end_it, mutes_left_behind),
]
