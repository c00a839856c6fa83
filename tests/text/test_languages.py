import pytest

from bot.text.languages import LOCALES, catalogue_of, cldr, locale_name, parse_locale, territorial


@pytest.mark.parametrize(
    ("locale", "catalogue"),
    [
        ("de_DE", "de"),
        ("de_AT", "de"),
        ("de", "de"),
        ("de-CH", "de"),
        ("en_GB", "en_GB"),
        ("en", "en_GB"),
        ("en_AU", "en_GB"),
        ("en_CA", "en_GB"),
        ("en_US", "en_US"),
        ("en-us", "en_US"),
        ("en_PR", "en_US"),
        ("fr_FR", "en_GB"),
        ("den", "en_GB"),
        ("", "en_GB"),
    ],
)
def test_everyone_has_a_catalogue(locale: str, catalogue: str) -> None:
    assert catalogue_of(locale) == catalogue


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("de", "de_DE"),
        ("Deutsch", "de_DE"),
        (" GERMAN ", "de_DE"),
        ("de_DE", "de_DE"),
        ("de-at", "de_AT"),
        ("de AT", "de_AT"),
        ("Österreich", "de_AT"),
        ("oesterreichisch", "de_AT"),
        ("Schweizer Hochdeutsch", "de_CH"),
        ("de_LI", "de_LI"),
        ("en", "en_GB"),
        ("Englisch", "en_GB"),
        ("british", "en_GB"),
        ("British  English", "en_GB"),
        ("en-US", "en_US"),
        ("American", "en_US"),
        ("English (United States)", "en_US"),
        ("USA", "en_US"),
        ("Kanada", "en_CA"),
        ("en_ZA", "en_ZA"),
        ("Englisch (USA)", "en_US"),
        ("English (UK)", "en_GB"),
        ("US English", "en_US"),
        ("US-Englisch", "en_US"),
        ("en-uk", "en_GB"),
        ("amerikanisches Englisch", "en_US"),
        ("Britisches Englisch", "en_GB"),
        ("britisch", "en_GB"),
        ("Englisch (Großbritannien)", "en_GB"),
        ("Großbritannien", "en_GB"),
        ("österreichisches Deutsch", "de_AT"),
        ("Austrian German", "de_AT"),
        ("Deutsch/Österreich", "de_AT"),
        ("deutsch (de)", "de_DE"),
        ("Schweizer Deutsch", "de_CH"),
        ("schweizerisches Deutsch", "de_CH"),
        ("Schweizerdeutsch", "de_CH"),
        ("kanadisches Englisch", "en_CA"),
        ("Canadian English", "en_CA"),
        ("neuseeländisches Englisch", "en_NZ"),
        ("irish english", "en_IE"),
        ("Englisch (Südafrika)", "en_ZA"),
        ("Liechtenstein", "de_LI"),
        ("South Africa", "en_ZA"),
        ("Frankreich", None),
        ("Antarctica", None),
        ("Englisch (Japan)", None),
        ("Deutsch Klingon", None),
        ("german american", None),
        ("()", None),
        ("fr", None),
        ("fr_FR", None),
        ("de_US", None),
        ("klingon", None),
        ("", None),
    ],
)
def test_languages_are_understood_as_people_name_them(text: str, locale: str | None) -> None:
    assert parse_locale(text) == locale


@pytest.mark.parametrize(
    ("text", "territory", "locale"),
    [
        ("en", "US", "en_US"),
        ("english", "us", "en_US"),
        ("en", "DE", "en_DE"),
        ("en", "JP", "en_GB"),
        ("de", "AT", "de_AT"),
        ("de", "US", "de_DE"),
        ("en_GB", "US", "en_GB"),
    ],
)
def test_a_language_alone_goes_with_the_city(text: str, territory: str, locale: str) -> None:
    assert parse_locale(text, territory) == locale


@pytest.mark.parametrize("locale", LOCALES)
def test_each_offered_locale_is_understood_by_its_own_name(locale: str) -> None:
    for locale_context in ("de_DE", "en_GB"):
        assert parse_locale(locale_name(locale, locale_context)) == locale


def test_a_locale_is_named_in_the_readers_language() -> None:
    assert locale_name("de_AT", "de_CH") == "Deutsch (Österreich)"
    assert locale_name("de_AT", "en_US") == "German (Austria)"
    assert locale_name("en_AU", "fr_FR") == "English (Australia)"


@pytest.mark.parametrize(("locale", "forms"), [("de_AT", "de_AT"), ("fr_FR", "en_GB"), ("de_US", "de"), ("?", "en_GB")])
def test_dates_and_numbers_are_in_the_language_of_the_texts(locale: str, forms: str) -> None:
    assert str(cldr(locale)) == forms


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("de_DE", "de_DE"),
        ("en-us", "en_US"),
        (" de-at ", "de_AT"),
        ("fr_FR", "fr_FR"),
        ("FR-be", "fr_BE"),
        ("sr_Latn_RS", "sr_RS"),
        ("Deutsch", "de_DE"),
        ("British English", "en_GB"),
        ("Österreich", "de_AT"),
        ("en_UK", "en_GB"),
        ("fr", None),
        ("fr_XX", None),
        ("de_US", None),
        ("xx", None),
        ("no locale", None),
        ("", None),
    ],
)
def test_a_locale_with_its_territory_may_be_of_any_language(text: str, locale: str | None) -> None:
    assert territorial(text) == locale
