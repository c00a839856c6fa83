"""The guards of names and quotations, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.commands import mentions
from bot.commands.context import CommandContext
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.model import Reply, RichText
from bot.relay import mentions as relayed
from bot.relay import rendering
from bot.relay.attribution import Attribution
from handlers.pairing import _city
from storage import Chat, City, Store
from storage.cities import repository as stored
from storage.cities.repository import Cities
from tests.trust import test_calls as calls
from tests.trust import test_cities as cities
from tests.trust import test_mentions as named
from tests.trust import test_quotations as quotations
from tests.trust import test_strings as strings
from tests.trust.guards import both, instead, soon_nothing, strings_as_they_come


def quotations_believed(patch: pytest.MonkeyPatch) -> None:
    """Treat the typed fallback of a reply as what was said, as clients did up to Matrix 1.12."""
    read = EventReader._reply

    def believed(self: EventReader, content: Raw) -> Reply | None:
        reply = read(self, content)
        if not reply or not reply.claimed:
            return reply
        return replace(reply, author=self.room.name_of("@grace:test"), excerpt=reply.claimed)

    patch.setattr(EventReader, "_reply", believed)


def _as_it_is(text: RichText) -> RichText:
    return text


def _as_typed(typed: str) -> str | None:
    return " ".join(typed.split()) or None


async def _alike_as_written(self: Cities, name: str) -> City | None:
    return await self.named(name)


city_names_as_typed = both(instead(_city, "city_name", _as_typed), instead(_city, "_roles", frozenset))


async def _display_names_first(ctx: CommandContext, text: str, at: int, **_how: object) -> mentions._Name:
    """Look for the longest display name before any user name."""
    profiles = await ctx.store.people.profiles(ctx.dialogue.id) if ctx.dialogue else []
    typed = text[at + 1 :]
    found = [(max(mentions._lengths(typed, each), default=0), each) for each in profiles]
    length, profile = max(found, key=lambda each: each[0])
    return mentions._Name(await ctx.store.people.get(profile.person_id), at, length + 1)


display_names_believed = instead(mentions, "_named", _display_names_first)


async def _anybody(store: Store, _chat: Chat, _other: Chat, text: RichText) -> RichText:
    """Find the people behind user names in all dialogues."""
    people = {name: await store.people.named(name) for name in relayed._usernames(text)}
    return relayed._mentioning(text, {name: each.accounts[0] for name, each in people.items() if each})


GUARDS: list[Any] = [
    (calls.test_case_178_a_user_name_calls_only_people_of_the_dialogue, instead(rendering, "with_usernames", _anybody)),
    (calls.test_case_179_who_is_quoted_is_not_called, instead(rendering, "without_mentions", _as_it_is)),
    (strings.test_case_109_a_foreign_title_reaches_coordinators_as_a_short_line, strings_as_they_come),
    (strings.test_case_109_the_name_of_a_file_is_no_link, strings_as_they_come),
    *(
        (named.test_case_101_a_display_name_is_no_user_name, display_names_believed, {"who": who, "words": words})
        for who, words in named.IMPOSTORS
    ),
    (named.test_case_101_a_user_name_goes_before_every_display_name, display_names_believed),
    *(
        (named.test_case_101_on_matrix_a_name_is_asked_back_with_the_account, display_names_believed, {"words": words})
        for words in named.ON_MATRIX
    ),
    (named.test_case_101_a_number_is_a_number, display_names_believed),
    *(
        (cities.test_case_107_a_citys_name_pretends_nothing, city_names_as_typed, {"name": name})
        for name in cities.PRETENDING
    ),
    (
        cities.test_case_107_a_citys_name_pretends_nothing,
        instead(_city, "_roles", frozenset),
        {"name": "Leeds (Mауоr)"},
    ),
    *(
        (
            cities.test_case_107_no_city_looks_like_another,
            instead(Cities, "alike", _alike_as_written),
            {"name": name, "other": other},
        )
        for name, other in cities.ALIKE
    ),
    (
        cities.test_case_107_what_nobody_sees_makes_no_second_city,
        both(city_names_as_typed, instead(Cities, "alike", _alike_as_written), instead(stored, "skeleton", str)),
        {"name": cities.INVISIBLE[0]},
    ),
    (quotations.test_case_108_a_typed_quotation_names_nobody, quotations_believed),
    *(
        (
            quotations.test_case_108_a_quotation_that_looks_like_ours_is_marked,
            instead(rendering, "guard", _as_it_is),
            {"text": text},
        )
        for text in quotations.FORGED
    ),
    (quotations.test_case_108_a_namesake_who_is_quoted_is_flagged, instead(Attribution, "_warning", soon_nothing)),
]
