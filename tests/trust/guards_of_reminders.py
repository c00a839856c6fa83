"""The guards of reminders, each taken away as in `guards`."""

from __future__ import annotations

from handlers.roundtables import _recipients
from storage.chats import repository as chats
from storage.roundtables.invitations import Invitations
from tests.trust import test_reminders as reminders
from tests.trust.guards import both, instead, soon_nothing
from tests.trust.guards_of_privacy import private_for_ever


def _no(*_args: object) -> bool:
    return False


rooms_left_and_reminded = both(instead(_recipients, "has_left", _no), instead(chats, "ROSTER", "heard by nobody"))
invitations_kept = instead(Invitations, "withdraw", soon_nothing)

GUARDS = [
    (reminders.test_case_104_a_private_reminder_goes_to_no_room_that_has_filled, private_for_ever),
    (reminders.test_case_15_who_is_not_invited_any_more_is_not_reminded, invitations_kept),
    (reminders.test_case_15_a_chat_that_has_left_the_dialogue_is_not_reminded, rooms_left_and_reminded),
]
