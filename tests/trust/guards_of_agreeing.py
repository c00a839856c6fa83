"""The guards of agreeing and of minutes, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

from bot.commands.context import DialogueContext
from bot.model import plain
from handlers.agreements import _signing
from handlers.agreements.minutes import _afterwards, _hooks, _lines, _lookup, _reading, _starting
from storage import City
from storage.roles.repository import Roles
from tests.trust import test_agreeing as agreeing
from tests.trust import test_minutes as minutes
from tests.trust.guards import (
    both,
    chats_taken_for_people,
    forwards_read_as_own_words,
    instead,
    nothing,
    soon_nothing,
    soon_yes,
    yes,
)
from tests.trust.test_identity import ANONYMOUS, CHANNEL


async def _own_city(ctx: DialogueContext) -> City | None:
    return ctx.city


anybody = instead(_signing, "city_signed_for", _own_city)

GUARDS: list[tuple[Any, ...]] = [
    (agreeing.test_case_135_whoever_has_lost_the_role_agrees_no_more_in_private, anybody),
    (minutes.test_case_136_lines_of_others_are_not_taken, instead(_hooks, "may_write", yes)),
    (
        minutes.test_case_136_who_is_muted_says_nothing_through_minutes,
        instead(_afterwards, "check_not_muted", nothing),
    ),
    (minutes.test_case_136_who_is_muted_says_nothing_through_minutes, instead(_starting, "check_not_muted", nothing)),
    (minutes.test_case_136_who_is_muted_says_nothing_through_minutes, instead(_lookup, "check_not_muted", nothing)),
    (minutes.test_case_136_whoever_has_lost_the_role_writes_no_more, instead(_hooks, "may_write", yes)),
    (minutes.test_case_136_quoted_words_are_no_lines, instead(_reading, "_own_words", plain)),
    (minutes.test_case_136_words_of_others_are_no_lines, forwards_read_as_own_words),
    *(
        (
            minutes.test_case_136_who_writes_as_a_chat_writes_no_lines,
            both(chats_taken_for_people, instead(_hooks, "may_write", yes)),
            {"author": author},
        )
        for author in (ANONYMOUS, CHANNEL)
    ),
    (minutes.test_case_137_lines_of_a_guest_without_end_hold_up_nobody, instead(Roles, "mark_told", soon_yes)),
    (minutes.test_case_139_only_marked_lines_are_kept, instead(_lines, "remove", soon_nothing)),
]
