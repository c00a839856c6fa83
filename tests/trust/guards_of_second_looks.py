"""Further guards of linking, places, load, cities and private rooms, each taken away as in `guards`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from bot.commands import checks, mentions
from bot.commands.context import CommandContext
from bot.commands.dispatch import Dispatch
from bot.intake import inbox
from bot.messengers.matrix import health
from bot.model import Message, MessengerName, Reply
from bot.relay.attribution import Attribution, Speaker
from bot.text import names
from handlers.pairing import _city
from storage import Chat, Person, Store
from storage import tables as t
from storage.chats.repository import _CHAT, Chats, _chat
from storage.cities import repository as stored_cities
from tests.trust import test_buttons as buttons
from tests.trust import test_cities as cities
from tests.trust import test_links as links
from tests.trust import test_load as load
from tests.trust import test_membership as membership
from tests.trust import test_mentions as mentioned
from tests.trust import test_places as places
from tests.trust import test_races as races
from tests.trust import test_strings as strings
from tests.trust.guards import instead, nothing, soon_yes, yes


async def _linked(ctx: CommandContext, person: Person, *, for_role: bool) -> bool:  # noqa: ARG001 - as the guarded one
    return len(person.accounts) > 1 and ctx.chat.ref.messenger is MessengerName.MATRIX


def _as_it_came(event: Message, _bot: object) -> Message:
    return event


def muted_channels_quoted(patch: pytest.MonkeyPatch) -> None:
    """Forget on whose behalf a quoted message was written."""
    quoted = Attribution.quoted

    async def by_nobody(self: Attribution, store: Store, chat: Chat, reply: Reply) -> Speaker | None:
        return await quoted(self, store, chat, replace(reply, sender_chat=None))

    patch.setattr(Attribution, "quoted", by_nobody)


async def _newest_first(self: Chats, person_id: int) -> list[Chat]:
    theirs = _CHAT.where(t.chats.c.person_id == person_id).order_by(t.chats.c.id.desc())
    return [_chat(row) for row in await self._all(theirs)]


async def _answered(self: Dispatch, store: Store, chat: Chat, person: object, text: Any, **where: Any) -> None:  # noqa: ARG001 - as the guarded one
    await self.services.voice.post(store, [chat], text, where["now"], reply_to=where["to"].ref.id)


bot_as_author = instead(inbox, "_without_author", _as_it_came)
links_as_names = instead(names, "_makes_link", nothing)
spaced_letters_apart = instead(_city, "_SPACED", re.compile("(?!)"))

GUARDS: list[Any] = [
    (
        mentioned.test_case_101_who_links_accounts_of_their_own_is_not_appointed_by_a_name,
        instead(mentions, "_is_known_by_name", _linked),
    ),
    *((places.test_case_102_the_bot_itself_is_never_meant, bot_as_author, {"words": each}) for each in ("role mayor",)),
    (load.test_case_95_refused_presses_are_answered_no_more, instead(Dispatch, "affords", soon_yes)),
    (load.test_case_95_what_is_no_command_is_answered_no_more_either, instead(Dispatch, "answer", _answered)),
    (links.test_case_105_nobody_quotes_a_muted_channel, muted_channels_quoted),
    (buttons.test_case_64_a_question_about_an_earlier_dialogue_is_too_old, instead(checks, "_is_current", yes)),
    (cities.test_case_107_a_citys_name_pretends_nothing, spaced_letters_apart, {"name": "Leeds M.a.y.o.r"}),
    (
        cities.test_case_107_a_citys_name_pretends_nothing,
        instead(names, "_makes_link", nothing),
        {"name": "evil.example.com"},
    ),
    (races.test_case_106_two_cities_that_look_alike_are_not_added_at_once, instead(stored_cities, "skeleton", str)),
    (membership.test_case_31_coordinators_are_told_where_the_bot_is, instead(Chats, "private", _newest_first)),
    (strings.test_case_109_the_id_of_a_device_is_no_link, instead(health, "unlinked", str)),
]
