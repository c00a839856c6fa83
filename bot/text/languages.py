"""Which languages people may choose, by what names, and which catalogue speaks to whom.

A locale is written `de_AT`: its language picks the catalogue, its territory the forms of dates and numbers.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError

from bot.text.characters import fold

LOCALES = ("de_DE", "de_AT", "de_CH", "en_GB", "en_US", "en_AU", "en_CA", "en_IE", "en_NZ")
"""What is offered; every other locale of these languages that CLDR knows (de_LI, en_ZA) is understood too."""

CATALOGUES = ("de", "en_GB", "en_US")
"""The folders of locales/."""

_DEFAULT = {"de": "de_DE", "en": "en_GB"}

# English of the United States' territories, and of the Philippines. Canadian spelling is nearer to the British.
_AMERICAN = frozenset({"US", "AS", "GU", "MP", "PH", "PR", "UM", "VI"})

# Names that CLDR does not have.
_SPOKEN = {
    "de_AT": ("austrian", "oesterreichisch"),
    "de_CH": ("swiss", "swiss german", "schweizerdeutsch", "schweizerisch"),
    "en_GB": ("british", "britisch", "uk"),
    "en_US": ("american", "amerikanisch", "us", "usa"),
    "en_AU": ("australian", "australisch"),
    "en_CA": ("canadian", "kanadisch"),
    "en_IE": ("irish", "irisch"),
}


def catalogue_of(locale: str) -> str:
    """Give the catalogue for a locale: de_AT → de, en_AU → en_GB, en_PR → en_US, anything else → en_GB."""
    language, _, territory = locale.replace("-", "_").partition("_")
    if language.lower() == "de":
        return "de"
    return "en_US" if language.lower() == "en" and territory.upper() in _AMERICAN else "en_GB"


@cache
def cldr(locale: str) -> Locale:
    """Give the forms of dates and numbers for a locale, in a language that its texts are really in."""
    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = None
    return found if found and found.language in _DEFAULT else Locale.parse(catalogue_of(locale))


def parse_locale(text: str, territory: str = "") -> str | None:
    """Read a language as people write it: `de`, `Deutsch`, `en-US`, `British English`, `Österreich`.

    A language alone goes with `territory` (of the city, `US`) where such a locale exists. None: not understood.
    """
    word = fold(text)
    if word in _languages():
        return _within(_languages()[word], territory)
    tag = re.fullmatch(r"([a-z]{2})[-_ ]([a-z]{2})", word)
    if tag and tag[1] in _DEFAULT:
        return _known(tag[1], tag[2])
    return _names().get(word)


def locale_name(locale: str, in_locale: str) -> str:
    """Name a locale for people: `locale_name("de_AT", "de_DE")` is "Deutsch (Österreich)"."""
    return Locale.parse(locale).get_display_name(cldr(in_locale)) or locale


def _within(language: str, territory: str) -> str:
    return _known(language, territory) or _DEFAULT[language]


def _known(language: str, territory: str) -> str | None:
    try:
        return str(Locale(language, territory.upper())) if territory else None
    except UnknownLocaleError:
        return None


@cache
def _languages() -> dict[str, str]:
    return {
        fold(name): language
        for language in _DEFAULT
        for name in (language, *(cldr(each).languages[language] for each in CATALOGUES))
    }


@cache
def _names() -> dict[str, str]:
    return {fold(name): locale for locale in LOCALES for name in _names_of(Locale.parse(locale))}


def _names_of(locale: Locale) -> list[str]:
    tag = str(locale)
    names = list(_SPOKEN.get(tag, ()))
    for reader in map(cldr, CATALOGUES):
        names += [reader.territories[locale.territory], locale_name(tag, str(reader))]
        names += [reader.languages[tag]] if tag in reader.languages else []
    return names
