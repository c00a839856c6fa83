"""The guards of exports, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.text import tables
from handlers import FEATURES
from handlers.polls import _export
from storage import CastBallot, Poll
from storage.polls.ballots import BallotBox
from tests.trust import test_calendars as calendars
from tests.trust import test_poll_exports as exports
from tests.trust.guards import instead


def _as_typed(text: str) -> str:
    return text


def _every_poll(_poll: Poll) -> bool:
    return True


async def _with_voters(self: BallotBox, poll: Poll) -> list[CastBallot]:
    """Return secret ballots as if they were open."""
    return [replace(each, name="Anna Weber") for each in await _all_ballots(self, poll)]


async def _without_voters(self: BallotBox, poll: Poll) -> list[CastBallot]:
    """Return open ballots as if they were secret."""
    return [replace(each, name="") for each in await _all_ballots(self, poll)]


_all_ballots = BallotBox.all
(_router,) = next(each.routers for each in FEATURES if each.name == "exports")

GUARDS: list[Any] = [
    (calendars.test_case_70_no_cell_is_calculated, instead(tables, "harmless_cell", _as_typed)),
    (exports.test_case_69_an_export_names_the_voters_of_open_ballots, instead(BallotBox, "all", _without_voters)),
    (
        exports.test_case_69_an_export_tells_neither_who_voted_in_secret_nor_in_which_order,
        instead(BallotBox, "all", _with_voters),
    ),
    (
        exports.test_case_69_an_export_shows_no_count_that_the_card_does_not_show_yet,
        instead(_export, "_is_public", _every_poll),
    ),
    (
        exports.test_case_69_no_single_secret_ballot_can_be_read_while_the_count_is_live,
        instead(_export, "_is_public", _every_poll),
    ),
    (
        exports.test_case_69_only_coordinators_of_the_dialogue_are_sent_an_export,
        instead(_router, "commands", [replace(each, role=None) for each in _router.commands]),
    ),
]
