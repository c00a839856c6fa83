"""The guards of calendars, each taken away as in `guards`."""

from __future__ import annotations

import re
from typing import Any

from bot import logs
from bot.calendars import texts
from bot.commands import calendar_links
from bot.signer import Signer
from bot.web.calendars import Calendars
from storage import Dialogue, Person, Store
from storage.calendars.repository import CalendarLinks
from storage.people.links import Links
from storage.people.repository import People
from tests.trust import test_calendars as calendars
from tests.trust.guards import instead


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


GUARDS: list[Any] = [
    (calendars.test_case_71_no_text_adds_a_line_to_a_calendar, instead(texts, "_CONTROLS", re.compile("(?!)"))),
    (calendars.test_case_114_a_token_cannot_be_guessed_nor_read_from_the_database, instead(Signer, "digest", _itself)),
    (calendars.test_case_115_a_revoked_or_replaced_link_shows_nothing, instead(CalendarLinks, "revoke", _not_revoked)),
    (
        calendars.test_case_116_whoever_is_demoted_loses_the_calendar_of_the_dialogue,
        instead(Calendars, "_coordinated", _anybody),
    ),
    (
        calendars.test_case_116_only_coordinators_are_given_the_calendar_of_a_dialogue,
        instead(calendar_links, "_check", _unchecked),
    ),
    (
        calendars.test_case_116_accounts_that_are_separated_do_not_read_each_others_calendar,
        instead(Links, "_revoke_calendars", _kept),
    ),
    (calendars.test_case_116_the_links_of_a_forgotten_person_are_gone, instead(People, "forget", _kept)),
    (calendars.test_case_117_no_token_is_logged, instead(logs, "_FORMS", ("(?!)",))),
]
