"""How time zones are written in a date: `Europe/Berlin`, `Berlin time`, `Berliner Zeit`, `CET`, `UTC+1`, `(London)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bot.dates.pieces import Piece, Rule, Zone, fillers, rule
from bot.text.characters import fold
from bot.text.zones import zone_named

_TIME = r"(?: (?:time|zeit|ortszeit))?"


_COUNTRIES = {
    **dict.fromkeys(("german", "deutsche", "deutscher"), "Europe/Berlin"),
    **dict.fromkeys(("uk", "british", "britische", "britischer"), "Europe/London"),
}


def _named(match: re.Match[str]) -> Piece | None:
    name = re.sub(rf"{_TIME}$", "", match["name"])
    found = zone_named(name) or zone_named(name.removesuffix("er"))  # Berliner Zeit
    return Zone(found) if found else None


def _always(zone: str) -> Callable[[re.Match[str]], Piece]:
    return lambda _match: Zone(zone)


RULES: tuple[Rule, ...] = (
    rule(r"(?P<name>[a-z]+(?:/[a-z][a-z_+-]*[0-9]*){1,2})", _named),
    rule(r"(?P<name>(?:utc|gmt) ?[+-] ?[0-9]{1,2}(?::?[0-9]{2})?)", _named),
    *(rule(rf"(?:in )?(?P<name>[a-z]+(?:[ -][a-z]+){{{more}}})", _named) for more in range(4)),
    *(rule(rf"\((?:in )?(?P<name>[a-z]+(?:[ -][a-z]+){{{more}}})\)", _named) for more in range(4)),
    rule(rf"(?P<name>{'|'.join(_COUNTRIES)}) (?:time|zeit)", lambda match: Zone(_COUNTRIES[match["name"]])),
    fillers(r"local time|ortszeit"),
)


def rules_of(cities: Sequence[tuple[str, str]]) -> tuple[Rule, ...]:
    """Return rules for the zones of these cities (name, zone): `Köln time`, `Kölner Zeit`, `in San Francisco`."""
    return tuple(
        rule(rf"\(?(?:in )?{re.escape(name)}{_TIME}\)?|{_adjective(name)} (?:zeit|ortszeit)", _always(zone))
        for name, zone in ((fold(name), zone) for name, zone in cities)
    )


def _adjective(name: str) -> str:
    """Return the German adjective of a city's name as a pattern: Kölner, Bremer, Dresdner."""
    stem = re.sub(r"e[nr]?$", "", name)
    return rf"(?:{re.escape(name)}|{re.escape(stem)})(?:n|l)?er"
