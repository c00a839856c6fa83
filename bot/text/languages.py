"""The available languages, the names people use for them, and the catalogue for each locale.

A locale is written `de_AT`: its language selects the catalogue, its territory the formats of dates and numbers.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from bot.text.characters import fold

LOCALES = ("de_DE", "de_AT", "de_CH", "en_GB", "en_US", "en_AU", "en_CA", "en_IE", "en_NZ")
"""The locales on offer; any other CLDR locale of these languages (de_LI, en_ZA) is accepted too."""

CATALOGUES = ("de", "en_GB", "en_US")
"""The folders of locales/."""

_DEFAULT = {"de": "de_DE", "en": "en_GB"}

# The United States' territories and the Philippines. Canadian spelling is closer to British.
_AMERICAN = frozenset({"US", "AS", "GU", "MP", "PH", "PR", "UM", "VI"})

# Names that CLDR lacks; German ones may also precede a language: `britisches Englisch`.
_SPOKEN = {
    "AT": ("austrian", "oesterreichisch"),
    "AU": ("australian", "australisch"),
    "CA": ("canadian", "kanadisch"),
    "CH": ("swiss", "swiss german", "schweizer", "schweizerdeutsch", "schweizerisch"),
    "GB": ("british", "britisch", "uk", "great britain", "grossbritannien", "england"),
    "IE": ("irish", "irisch"),
    "NZ": ("neuseelaendisch",),
    "US": ("american", "amerikanisch", "usa", "america", "amerika"),
}

_SIGNS = re.compile(r"[\W_]+")


def catalogue_of(locale: str) -> str:
    """Return the catalogue for a locale: de_AT → de, en_AU → en_GB, en_PR → en_US, anything else → en_GB."""
    language, _, territory = locale.replace("-", "_").partition("_")
    if language.lower() == "de":
        return "de"
    return "en_US" if language.lower() == "en" and territory.upper() in _AMERICAN else "en_GB"


@cache
def cldr(locale: str) -> Locale:
    """Return the CLDR locale for dates and numbers, in the language that the texts are actually shown in."""
    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = None
    return found if found and found.language in _DEFAULT else Locale.parse(catalogue_of(locale))


def parse_locale(text: str, territory: str = "") -> str | None:
    """Parse a language as people write it: `de`, `Deutsch`, `en-US`, `Englisch (USA)`, `British English`, `Österreich`.

    A bare language is combined with `territory` (the city's, `US`) if that locale exists. None if not understood.
    """
    word = _words(text)
    if word in _languages():
        return _within(_languages()[word], territory)
    return _names().get(word) or _composed(word) or _spoken_in(_territories().get(word, ""))


def territorial(text: str) -> str | None:
    """Parse a locale with territory in any CLDR language (`fr_FR`, `en-us`), or whatever `parse_locale` accepts."""
    try:
        found = Locale.parse(text.strip().replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        found = None
    if found and found.territory:
        return f"{found.language}_{found.territory}"
    return parse_locale(text)


def locale_name(locale: str, in_locale: str) -> str:
    """Return a locale's display name: `locale_name("de_AT", "de_DE")` is "Deutsch (Österreich)"."""
    return Locale.parse(locale).get_display_name(cldr(in_locale)) or locale


def language_code(text: str) -> str | None:
    """Return the code of any CLDR language, named by a tag (`fr-CA`), or by its name in one of our languages."""
    tag = text.strip().replace("_", "-").partition("-")[0].lower()
    return tag if tag in cldr("en_GB").languages else _all_languages().get(_words(text))


def zone_of(locale: str) -> str:
    """Return the time zone of a locale's country, or `UTC` if it has several: `de_AT` → `Europe/Vienna`."""
    zones = get_global("territory_zones").get(locale.partition("_")[2].upper(), [])
    # Germany has a second one, for an exclave with 1,500 inhabitants.
    return str(zones[0]) if 1 <= len(zones) <= 2 else "UTC"


def _within(language: str, territory: str) -> str:
    return _known(language, territory) or _DEFAULT[language]


@cache  # Babel looks for the locale's file each time
def _known(language: str, territory: str) -> str | None:
    try:
        return str(Locale(language, territory.upper())) if territory else None
    except UnknownLocaleError:
        return None


def _words(text: str) -> str:
    return _SIGNS.sub(" ", fold(text)).strip()


def _composed(words: str) -> str | None:
    """Parse a language with a territory before or after it."""
    first, _, others = words.partition(" ")
    rest, _, last = words.rpartition(" ")
    for language, territory in ((first, others), (last, rest), (last, rest.removesuffix("es"))):
        if language in _languages() and territory in _territories():
            return _known(_languages()[language], _territories()[territory])
    return None


def _spoken_in(territory: str) -> str | None:
    """Return the locale of a territory whose likeliest language is one of ours."""
    try:
        likely = Locale.parse(f"und_{territory}").language if territory else ""
    except UnknownLocaleError:
        return None
    return _known(likely, territory) if likely in _DEFAULT else None


def prepare() -> None:
    """Load the names of languages and territories at startup, since it takes a moment."""
    for table in (_languages, _names, _territories, _all_languages):
        table()


@cache
def _languages() -> dict[str, str]:
    return {
        _words(name): language
        for language in _DEFAULT
        for name in (language, *(cldr(each).languages[language] for each in CATALOGUES))
    }


@cache
def _all_languages() -> dict[str, str]:
    """Return the codes of all languages by name."""
    return {_words(name): code for each in CATALOGUES for code, name in cldr(each).languages.items() if "_" not in code}


@cache
def _names() -> dict[str, str]:
    """Return the locales that have a name of their own: `Schweizer Hochdeutsch`."""
    readers = [cldr(each).languages for each in CATALOGUES]
    return {_words(names[locale]): locale for locale in LOCALES for names in readers if locale in names}


@cache
def _territories() -> dict[str, str]:
    """Return the codes of all territories by name."""
    names = {_words(name): code for code, spoken in _SPOKEN.items() for name in spoken}
    for locale_context in map(cldr, CATALOGUES):
        countries = {code: name for code, name in locale_context.territories.items() if code.isalpha()}
        names |= {_words(each): code for code, name in countries.items() for each in (code, name)}
    return names
