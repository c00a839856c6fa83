"""The guards of private chats, each taken away as in `guards`."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.intake.membership import Memberships
from bot.model import ChatRef
from storage import Chat, Store
from storage.chats.repository import Chats
from tests.trust import test_privacy as privacy
from tests.trust.guards import instead


async def _as_it_was(_self: Memberships, store: Store, ref: ChatRef, *, private: bool, now: datetime) -> Chat | None:  # noqa: ARG001 - as the guarded one
    return await store.chats.by_ref(ref)


def first_partners_stay(patch: pytest.MonkeyPatch) -> None:
    """Treat the first partner of a private chat as the current one."""
    see = Chats.get_or_create

    async def seen(self: Chats, ref: ChatRef, *, title: str = "", person_id: int | None = None) -> Chat:
        known = await self.by_ref(ref)
        return await see(self, ref, title=title, person_id=(known and known.person_id) or person_id)

    patch.setattr(Chats, "get_or_create", seen)


private_for_ever = instead(Memberships, "refresh", _as_it_was)

GUARDS = [
    (privacy.test_case_104_a_room_that_has_filled_is_shown_no_code, private_for_ever),
    (privacy.test_case_104_what_is_for_one_person_goes_to_no_room_that_has_filled, private_for_ever),
    (privacy.test_case_104_a_code_of_a_room_that_has_filled_is_good_no_more, private_for_ever),
    (privacy.test_case_104_a_question_in_a_room_that_has_filled_is_answered_by_nobody_else, private_for_ever),
    (privacy.test_case_104_a_room_of_two_that_fills_can_be_paired, private_for_ever),
    (privacy.test_case_104_a_private_room_brings_the_bot_into_no_group_of_strangers, private_for_ever),
    (privacy.test_case_104_a_room_that_changes_its_partner_is_the_new_ones, first_partners_stay),
]
