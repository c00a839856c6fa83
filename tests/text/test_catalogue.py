from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Code, Link, Moment, Quote, Text, bold, plain, rich
from bot.text.catalogue import LazyText, LocaleContext, Param, UserError, _, lines, n_, render
from bot.text.direction import FSI, PDI
from bot.text.patterns import parse, placeholders

BERLIN = LocaleContext("de_DE", "Europe/Berlin")
LONDON = LocaleContext("en_GB", "Europe/London")
INDIANAPOLIS = LocaleContext("en_US", "America/Indiana/Indianapolis")
ROUNDTABLE = datetime(2023, 2, 22, 10, 0, tzinfo=UTC)


def text(pattern: str, **values: Param) -> LazyText:
    """Create a text that is in no catalogue."""
    return LazyText(pattern, params=values)


def test_a_text_is_in_the_language_of_its_reader() -> None:
    guest = _("guest")
    assert render(guest, BERLIN) == rich("Gast")
    assert render(guest, LONDON) == rich("guest")
    assert render(guest, LocaleContext("fr_FR")) == rich("guest")


def test_a_plain_string_stays_as_it_is() -> None:
    assert render("*{not}* a `pattern", BERLIN) == rich("*{not}* a `pattern")
    assert render("", BERLIN) == ()


def test_marks_and_values() -> None:
    assert render(
        text("*{city}* says `{word}`: {text}", city="Köln", word="ja", text="*no* {markup} `here`"), BERLIN
    ) == rich(bold("Köln"), " says ", Code("ja"), ": *no* {markup} `here`")
    assert render(text(r"2 \* 3 \` \\ {{x}}"), LONDON) == rich(r"2 * 3 ` \ {x}")
    assert render(text("*write `a*b` {x}*", x="now"), LONDON) == rich(bold("write ", Code("a*b"), " now"))


@pytest.mark.parametrize("pattern", ["a * b", "a ` b", "{", "}", "{a", "{A}", "{a b}", "**", "``", "\\n", "*a `b*"])
def test_a_mark_without_a_partner_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="no partner"):
        parse(pattern)


def test_placeholders_are_found_at_every_depth() -> None:
    assert placeholders("{a} *{b} `{c}`* `{d}` {{e}}") == {"a", "b", "c", "d"}


def test_a_value_that_is_not_given_is_an_error() -> None:
    with pytest.raises(KeyError):
        render(text("{a}"), LONDON)


@given(st.text())
def test_a_value_is_never_markup(value: str) -> None:
    shown = plain(render(text("*{a}*{a}`{b}`", a=value, b=value or "x"), BERLIN))
    assert bare(shown) == bare(value * 2 + (value or "x"))


def bare(text: str) -> str:
    """Return a text without isolates."""
    return text.replace(FSI, "").replace(PDI, "")


@given(st.text())
def test_a_readable_pattern_renders(pattern: str) -> None:
    try:
        names = placeholders(pattern)
    except ValueError:
        return
    assert isinstance(plain(render(text(pattern, **dict.fromkeys(names, "x")), LONDON)), str)


@pytest.mark.parametrize(
    ("locale_context", "shown"),
    [
        (BERLIN, "Mittwoch, 22. Februar 2023, 11:00 Uhr (Berlin)"),
        (LocaleContext("de_AT", "Europe/Vienna"), "Mittwoch, 22. Februar 2023, 11:00 Uhr (Wien)"),
        (LONDON, "Wednesday, 22 February 2023, 10:00 (London)"),
        (INDIANAPOLIS, "Wednesday, February 22, 2023, 5:00\u202fAM (Indianapolis)"),
        (LocaleContext("en_GB", "UTC"), "Wednesday, 22 February 2023, 10:00 (UTC)"),
        (LocaleContext("fr_FR", "Europe/Paris"), "Wednesday, 22 February 2023, 11:00 (Paris)"),
    ],
)
def test_a_moment_is_shown_in_the_readers_zone(locale_context: LocaleContext, shown: str) -> None:
    assert render(text("{when}", when=ROUNDTABLE), locale_context) == (Moment(1677060000, shown),)


def test_a_moment_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        render(text("{when}", when=ROUNDTABLE.replace(tzinfo=None)), BERLIN)


def test_numbers_and_dates_as_the_reader_writes_them() -> None:
    values = text("{n} {x} {day}", n=12345, x=4.25, day=date(2027, 1, 5))
    assert plain(render(values, BERLIN)) == "12.345 4,25 5. Januar 2027"
    assert plain(render(values, LocaleContext("de_AT"))) == "12.345 4,25 5. Jänner 2027"
    assert plain(render(values, INDIANAPOLIS)) == "12,345 4.25 January 5, 2027"


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        (Fraction(17, 4), "4,25", "4.25"),
        (Fraction(4), "4,00", "4.00"),
        (Fraction(17, 8), "2,13", "2.13"),
        (Fraction(2, 3), "0,67", "0.67"),
        (Fraction(0), "0,00", "0.00"),
        (Fraction(4001, 4), "1.000,25", "1,000.25"),
    ],
)
def test_fractions_have_two_decimals(value: Fraction, german: str, english: str) -> None:
    shown = [plain(render(_("{mean}", mean=value), LocaleContext(locale))) for locale in ("de_DE", "en_GB", "en_US")]
    assert shown == [german, english, english]


def test_texts_and_nodes_as_values() -> None:
    link = Link("https://koeln.example", rich("Köln"))
    assert render(text("{role} {link}!", role=_("guest"), link=link), BERLIN) == (Text("Gast "), link, Text("!"))
    assert render(text("{all}", all=rich("a", bold("b"))), BERLIN) == rich("a", bold("b"))
    assert render(text("`{when}`", when=_("guest")), BERLIN) == (Code("Gast"),)


def test_a_block_brings_its_own_line_breaks() -> None:
    quote = Quote(rich("yes"))
    assert render(text("Anna:\n{quote}\n\nAgreed?", quote=quote), BERLIN) == (Text("Anna:"), quote, Text("\nAgreed?"))
    assert render(text("{quote}\n{quote}", quote=quote), BERLIN) == (quote, quote)


def test_commands_are_shown_as_the_messenger_writes_them() -> None:
    usage = text("Write `/pair CITY`, not `{typed}`; `/{word}`, `a/b`", typed="/pear", word="help")
    shown = rich("Write ", Code("!pair CITY"), ", not ", Code("/pear"), "; ", Code("!help"), ", ", Code("a/b"))
    assert render(usage, LocaleContext(prefix="!")) == shown
    example = text("`{line}` `{typed}`", line=text("/me"), typed="/me")
    assert render(example, LocaleContext(prefix="!")) == rich(Code("!me"), " ", Code("/me"))


def test_texts_under_each_other() -> None:
    assert render(lines(_("guest"), text("*{a}*", a="x")), BERLIN) == rich("Gast\n", bold("x"))


def test_one_and_many() -> None:
    def count(n: int) -> str:
        return plain(render(LazyText("{n} city", "{n} cities", {"n": n}), LONDON))

    assert n_("{n} city", "{n} cities", 2) == LazyText("{n} city", "{n} cities", {"n": 2})  # i18n: no text of the bot
    assert [count(n) for n in (0, 1, 2, 1000)] == ["0 cities", "1 city", "2 cities", "1,000 cities"]


def test_swiss_spelling_changes_our_words_only() -> None:
    assert render(text("schließen {name}", name="Strauß"), LocaleContext("de_CH")) == rich("schliessen Strauß")


def test_what_a_person_did_wrong_carries_its_text() -> None:
    error = UserError(_("guest"))
    assert render(error.text, BERLIN) == rich("Gast")
    assert str(error) == "guest"
