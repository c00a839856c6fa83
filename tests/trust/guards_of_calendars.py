"""The guards of calendars and exports, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot import logs
from bot.calendars import writing
from bot.signer import Signer
from bot.text import tables
from bot.web.calendars import Calendars
from handlers import FEATURES
from handlers.polls import _export
from handlers.roundtables import _subscription
from storage import CastBallot, Dialogue, Person, Poll, Store
from storage.calendars.repository import CalendarLinks
from storage.people.links import Links
from storage.people.repository import People
from storage.polls.ballots import BallotBox
from tests.trust import test_calendars as calendars
from tests.trust import test_poll_exports as exports
from tests.trust.guards import instead


def _as_typed(text: str) -> str:
    return text


def _itself(_self: Signer, secret: str) -> str:
    return secret.rpartition(" ")[2]


async def _not_revoked(_self: CalendarLinks, _person_id: int, _dialogue_id: int | None) -> bool:
    return True


async def _anybody(_self: Calendars, store: Store, _person: Person, dialogue_id: int) -> Dialogue:
    return await store.dialogues.get(dialogue_id)


async def _kept(_self: object, _person: object) -> bool:
    return True


async def _unchecked(_ctx: object, _dialogue: object) -> None:
    pass


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
    (calendars.test_case_71_no_text_adds_a_line_to_a_calendar, instead(writing, "_text", _as_typed)),
    (calendars.test_case_114_a_token_cannot_be_guessed_nor_read_from_the_database, instead(Signer, "digest", _itself)),
    (calendars.test_case_115_a_revoked_or_replaced_link_shows_nothing, instead(CalendarLinks, "revoke", _not_revoked)),
    (
        calendars.test_case_116_whoever_is_demoted_loses_the_calendar_of_the_dialogue,
        instead(Calendars, "_coordinated", _anybody),
    ),
    (
        calendars.test_case_116_only_coordinators_are_given_the_calendar_of_a_dialogue,
        instead(_subscription, "_check", _unchecked),
    ),
    (
        calendars.test_case_116_accounts_that_are_separated_do_not_read_each_others_calendar,
        instead(Links, "_revoke_calendars", _kept),
    ),
    (calendars.test_case_116_the_links_of_a_forgotten_person_are_gone, instead(People, "forget", _kept)),
    (calendars.test_case_117_no_token_is_logged, instead(logs, "_FORMS", ("(?!)",))),
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
