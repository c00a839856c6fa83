"""The guards of what others are called and of what they are made to say, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import relay
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import Reader
from bot.model import Reply, RichText
from bot.relay import Relay
from handlers.pairing import _city
from storage import City
from storage.cities import Cities
from tests.trust import test_cities as cities
from tests.trust import test_quotations as quotations
from tests.trust.guards import both, instead, soon_nothing


def quotations_believed(patch: pytest.MonkeyPatch) -> None:
    """Take the typed fallback of an answer for what was said, as clients showed it up to Matrix 1.12."""
    read = Reader._reply

    def believed(self: Reader, content: Raw) -> Reply | None:
        reply = read(self, content)
        if not reply or not reply.claimed:
            return reply
        return replace(reply, author=self.room.name_of("@grace:test"), excerpt=reply.claimed)

    patch.setattr(Reader, "_reply", believed)


def _as_it_is(text: RichText) -> RichText:
    return text


def _as_typed(typed: str) -> str | None:
    return " ".join(typed.split()) or None


async def _alike_as_written(self: Cities, name: str) -> City | None:
    return await self.named(name)


city_names_as_typed = both(instead(_city, "city_name", _as_typed), instead(_city, "_roles", frozenset))

GUARDS: list[Any] = [
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
        both(city_names_as_typed, instead(Cities, "alike", _alike_as_written)),
        {"name": cities.INVISIBLE[0]},
    ),
    (quotations.test_case_108_a_typed_quotation_names_nobody, quotations_believed),
    *(
        (
            quotations.test_case_108_a_quotation_that_looks_like_ours_is_marked,
            instead(relay, "guard", _as_it_is),
            {"text": text},
        )
        for text in quotations.FORGED
    ),
    (quotations.test_case_108_a_namesake_who_is_quoted_is_flagged, instead(Relay, "_warning", soon_nothing)),
]
