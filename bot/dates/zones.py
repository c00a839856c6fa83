"""How time zones are written in a date: `Europe/Berlin`, `Berlin time`, `Berliner Zeit`, `CET`, `UTC+1`, `(London)`."""

from __future__ import annotations

import re

from bot.dates.pieces import Piece, Rule, Zone, rule
from bot.text.zones import zone_named

_SUFFIX = re.compile(r" (?:time|zeit|ortszeit)$")


def _named(match: re.Match[str]) -> Piece | None:
    name = _SUFFIX.sub("", match["name"])
    found = zone_named(name) or zone_named(name.removesuffix("er"))  # Berliner Zeit
    return Zone(found) if found else None


def _words(count: int) -> str:
    return rf"(?P<name>[a-z]+(?:[ -][a-z]+){{{count}}})"


RULES: tuple[Rule, ...] = (
    rule(r"(?P<name>[a-z]+(?:/[a-z][a-z_+-]*[0-9]*){1,2})", _named),
    rule(r"(?P<name>(?:utc|gmt) ?[+-] ?[0-9]{1,2}(?::?[0-9]{2})?)", _named),
    *(rule(rf"(?:in )?{_words(count)}", _named) for count in range(4)),
    *(rule(rf"\((?:in )?{_words(count)}\)", _named) for count in range(4)),
)
