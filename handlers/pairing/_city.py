"""The city that a chat speaks for, with the locale and time zone used there."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from bot.commands.context import CommandContext
from bot.model import plain
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, LocaleContext, UserError, _, render
from bot.text.languages import territorial
from bot.text.lookalikes import skeleton
from bot.text.names import LONGEST_CITY, city_name
from storage import City

_WORD = re.compile(r"[^\W\d_]+")
_SPACED = re.compile(r"(?<![^\W\d_]{2})(?<=[^\W\d_])[\W_]+(?=[^\W\d_](?![^\W\d_]))")
"""Separators between single letters: `m.a.y.o.r`."""
_BEFORE, _BEHIND = ("", "ober", "vize", "alt"), ("", "s", "in", "innen", "ess")
"""Prefixes and suffixes that turn one word for a role into others."""


async def city_of(ctx: CommandContext, name: str, locale: str, zone: str) -> City:
    """Return the city named, with locale and zone for this chat: as typed, else the city's own, else guessed."""
    name = _name(name)
    spoken, wanted = _locale(locale) if locale else None, await ctx.read_zone(zone) if zone else None
    if known := await ctx.store.cities.named(name):
        return replace(known, locale=spoken or known.locale, zone=wanted or known.zone)
    if alike := await ctx.store.cities.alike(name):
        raise UserError(_taken(alike))
    guess = await ctx.places.place(name)
    if guess is None and not (spoken and wanted):
        raise UserError(
            _(
                "I do not know where {city} is. Please add language and time zone: `/pair … {city} | locale: de_DE |"
                " zone: Europe/Berlin`",
                city=name,
            )
        )
    return City(0, name, spoken or (guess.locale if guess else ""), wanted or (guess.zone if guess else ""))


async def stored(ctx: CommandContext, city: City) -> City:
    """Return the stored city, adding a new one. Raises UserError if its name looks like another city's."""
    if known := await ctx.store.cities.named(city.name):
        return known
    try:
        return await ctx.store.cities.add(city.name, city.locale, city.zone)
    except ValueError:  # added since it was checked
        alike = await ctx.store.cities.alike(city.name)
        raise UserError(_taken(alike or city)) from None


def _taken(alike: City) -> LazyText:
    return _(
        "This name looks like that of {city}, which I already know. If you mean {city}, please write it exactly like"
        " that.",
        city=alike.name,
    )


def _name(typed: str) -> str:
    """Return a city's cleaned name. Raises UserError if it is invalid or names a role (trust: case 107)."""
    name = city_name(typed)
    if name is None:
        raise UserError(
            _(
                "This cannot be the name of a city: it may have up to {n} letters and digits, spaces, hyphens,"
                " apostrophes, full stops, commas and brackets.",
                n=LONGEST_CITY,
            ),
            usage=True,
        )
    if {skeleton(word) for word in _WORD.findall(_SPACED.sub("", name))} & _roles():
        raise UserError(_("The name of a city must not contain a role."))
    return name


@cache
def _roles() -> frozenset[str]:
    """Return the skeletons of the words for roles that are shown after people's names."""
    shown = [
        plain(render(name, LocaleContext(locale)))
        for role, name in ROLE_NAMES.items()
        if role.is_official
        for locale in ("de_DE", "en_GB", "en_US")
    ]
    words = [_WORD.findall(each)[0] for each in shown]
    return frozenset(skeleton(before + word + behind) for word in words for before in _BEFORE for behind in _BEHIND)


def _locale(text: str) -> str:
    if locale := territorial(text):
        return locale
    raise UserError(
        _(
            "I do not know the language “{text}”. Write language and country: `locale: de_DE`, `locale: en_US`",
            text=text,
        )
    )
