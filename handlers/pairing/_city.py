"""For which city a chat is to speak, and how that city is spoken to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.router import Context
from bot.text.catalogue import UserError, _
from bot.text.languages import territorial
from bot.text.places import place_of
from bot.text.zones import read_zone
from storage import City


async def city_of(ctx: Context, name: str, locale: str, zone: str) -> City:
    """Give the city that is meant, with locale and zone for this chat: as typed, as the city has them, or guessed."""
    name = " ".join(name.split())
    if len(name) > 60 or "\n" in name:
        raise UserError(_("This name is too long for a city."))
    spoken, wanted = _locale(locale) if locale else None, read_zone(zone) if zone else None
    if known := await ctx.store.cities.named(name):
        return replace(known, locale=spoken or known.locale, zone=wanted or known.zone)
    # It looks through long lists.
    guess = await ctx.find_out(f"place of {name}", lambda: asyncio.to_thread(place_of, name))
    if guess is None and not (spoken and wanted):
        raise UserError(
            _(
                "I do not know where {city} lies. Please add language and time zone:"
                " `/pair … {city} | locale: de_DE | zone: Europe/Berlin`",
                city=name,
            )
        )
    return City(0, name, spoken or (guess.locale if guess else ""), wanted or (guess.zone if guess else ""))


def _locale(text: str) -> str:
    if locale := territorial(text):
        return locale
    raise UserError(
        _(
            "I do not know the language “{text}”. Write language and country: `locale: de_DE`, `locale: en_US`",
            text=text,
        )
    )
