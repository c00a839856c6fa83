"""The guards of the intake, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Awaitable
from contextlib import suppress
from typing import Any

from telegram.request import BaseRequest

from bot.app import App
from bot.commands import attempt
from bot.intake import inbox
from bot.intake.inbox import Inbox
from bot.jobs import runner
from bot.logs import Aside
from bot.messengers.matrix import crypto, memory, state, timeline
from bot.messengers.telegram.polling import PollRequest
from storage import store
from tests.trust import test_stalls as stalls
from tests.trust.guards import both, instead, soon_yes, yes


async def _unguarded(self: Inbox, *given: Any) -> str:
    return await self._handle(*given)


async def _swallowed(work: Awaitable[Any]) -> tuple[Any, None]:
    with suppress(LookupError):
        return await work, None
    return None, None


errors_raised = instead(Aside, "__exit__", lambda *_given: False)
every_text_an_id = both(instead(state, "is_id", yes), instead(memory, "is_id", yes))
texts_as_they_come = both(every_text_an_id, instead(crypto, "safe", lambda value: value), errors_raised)
events_unguarded = instead(Inbox, "_effect", _unguarded)
apologies_unguarded = both(instead(attempt, "put_aside", lambda *_given, **_more: "number"), errors_raised)
failed_jobs_done = instead(runner, "_caught", _swallowed)
bytes_as_the_library_reads_them = instead(
    PollRequest, "parse_json_payload", staticmethod(BaseRequest.parse_json_payload)
)
ids_not_looked_at = instead(inbox, "has_ids", yes)
every_error_trouble = instead(store, "in_trouble", yes)
all_at_once = instead(timeline, "_PAGE", 10**9)
every_room_of_a_dialogue = instead(App, "_in_dialogue", soon_yes)

_NO_ID = stalls.test_case_91_what_is_no_id_stops_nothing_although_it_is_encrypted
_MATRIX = stalls.test_case_91_whatever_an_event_of_matrix_breaks_it_breaks_alone
_TELEGRAM = stalls.test_case_91_whatever_an_update_of_telegram_breaks_it_breaks_alone
_DATABASE = stalls.test_case_91_what_the_database_does_not_take_is_not_tried_for_ever

GUARDS: list[Any] = [
    (_NO_ID, texts_as_they_come, {"id": "$\ud800", "kind": "edit"}),
    (_NO_ID, every_text_an_id, {"id": "$" + "x" * 70_000, "kind": "edit"}),
    *((_MATRIX, errors_raised, {"where": where}) for where in ("read", "state", "count")),
    *((_TELEGRAM, errors_raised, {"where": where}) for where in ("convert", "admins")),
    *((case, events_unguarded, {"where": "take"}) for case in (_MATRIX, _TELEGRAM)),
    *((case, apologies_unguarded, {"where": "apologise"}) for case in (_MATRIX, _TELEGRAM)),
    (stalls.test_case_91_a_message_that_cannot_be_asked_for_stops_nothing, failed_jobs_done),
    (
        stalls.test_case_91_bytes_that_are_no_update_stop_nothing,
        bytes_as_the_library_reads_them,
        {"poison": stalls.BYTES["deep"]},
    ),
    (_DATABASE, ids_not_looked_at, {"field": "event"}),
    (_DATABASE, every_error_trouble, {"field": "zone"}),
    (stalls.test_case_96_what_was_missed_comes_page_by_page_and_a_crash_repeats_nothing, all_at_once),
    (
        stalls.test_case_96_of_what_was_missed_in_a_strangers_room_only_the_end_is_looked_at,
        every_room_of_a_dialogue,
    ),
]
