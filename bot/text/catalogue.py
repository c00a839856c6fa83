"""Translatable texts, rendered in the language of each reader.

    card = _("*{city}* proposes: {text}, due {due}", city=city.name, text=point.text, due=point.due)
    render(card, LocaleContext("de_AT", "Europe/Vienna"))

The marks in a text are those of `bot.text.patterns`; values are never parsed as markup. Code that begins with `/` is a
command and is shown with the prefix of the reader's messenger. Translations are read directly from the .po files in
locales/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO
from typing import TypeAlias
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from bot.model import Code, Moment, Node, Pre, Quote, RichText, Span, Style, Text, plain
from bot.text.direction import FSI, PDI, isolated
from bot.text.languages import catalogue_of, cldr
from bot.text.localtimes import LocalDate, LocalTime, ShortDate, format_local
from bot.text.offsets import zone_name
from bot.text.patterns import Bold, Fixed, Part, Pattern, Placeholder, parse
from bot.text.rounding import half_up

ForReader: TypeAlias = "Callable[[LocaleContext], LazyText]"
"""A text that depends on more of its reader than the language, such as a list that begins with their own city."""

Param: TypeAlias = (
    "str | int | float | Fraction | datetime | date | timedelta | LocalTime | LocalDate | ShortDate | LazyText"
    " | ForReader | Node | RichText | list[str] | list[LazyText]"
)


@dataclass(frozen=True, slots=True)
class LazyText:
    """A text to be rendered later. `plural` is chosen by the number `params["n"]`; it is empty if there is one form."""

    message: str
    plural: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)


def _(message: str, /, **params: Param) -> LazyText:
    """Mark a text for translation. `message` must be a literal so that it can be extracted from the source."""
    return LazyText(message, "", params)


def n_(one: str, many: str, /, n: int, **params: Param) -> LazyText:
    """Mark a text for translation whose form depends on the number `n`, which fills `{n}`."""
    return LazyText(one, many, {"n": n, **params})


def lines(*texts: LazyText, by: str = "\n") -> LazyText:
    """Join texts with line breaks, or with another separator."""
    pattern = by.join(f"{{line{number}}}" for number in range(len(texts)))
    return LazyText(pattern, "", {f"line{number}": text for number, text in enumerate(texts)})


class UserError(Exception):
    """An error caused by a person's input; the text says politely what they can do instead.

    `usage`: a command was typed wrong, so its usage is shown as well.
    """

    def __init__(self, text: LazyText, *, usage: bool = False) -> None:
        """Store the text for rendering."""
        super().__init__(text.message)
        self.text = text
        self.usage = usage


@dataclass(frozen=True, slots=True)
class LocaleContext:
    """What a text is rendered for: locale (de_AT), tz database zone and the messenger's command prefix."""

    locale: str = "en_GB"
    zone: str = "UTC"
    prefix: str = "/"

    def of(self, locale: str | None) -> LocaleContext:
        """Return a copy with the given locale, if any."""
        return replace(self, locale=locale) if locale else self


def render(text: LazyText | str, locale_context: LocaleContext) -> RichText:
    """Return the text translated and formatted for the reader; a plain string unchanged.

    Strings are inserted verbatim, numbers in the reader's format (so pass a year or an id as a string), fractions with
    two decimals, aware datetimes as a Moment in the reader's zone (LocalTime and LocalDate: in their own), dates and
    durations in words (ShortDate: in few characters), lists as "A, B and C", blocks on separate lines, functions as the
    text that they return for the reader.
    Raises ValueError for a naive datetime and KeyError for a placeholder without a value.
    """
    if isinstance(text, str):
        return (Text(text),) if text else ()
    return _fill(parse(_translated(text, locale_context.locale)), text.params, locale_context)


# Rendering


@cache
def _translations(catalogue: str) -> GNUTranslations:
    compiled = BytesIO()
    with (files("locales") / catalogue / "LC_MESSAGES" / "messages.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=catalogue))
    compiled.seek(0)
    return GNUTranslations(compiled)


def _translated(text: LazyText, locale: str) -> str:
    if not text.message:  # gettext: the header of the catalogue
        return ""
    translations = _translations(catalogue_of(locale))
    if text.plural:
        pattern = translations.ngettext(text.message, text.plural, _number(text.params["n"]))
    else:
        pattern = translations.gettext(text.message)
    # Swiss and Liechtenstein spelling has no ß.
    return pattern.replace("ß", "ss") if locale in {"de_CH", "de_LI"} else pattern


def _number(n: Param) -> int:
    if isinstance(n, int):
        return n
    raise ValueError(f"{n!r} does not count anything")


def _fill(pattern: Pattern, params: Mapping[str, Param], locale_context: LocaleContext) -> RichText:
    nodes: list[Node] = []
    for part in pattern:
        match part:
            case str():
                nodes.append(Text(part))
            case Placeholder(name):
                nodes += _value(params[name], locale_context)
            case Bold(parts):
                nodes.append(Span(Style.BOLD, _fill(parts, params, locale_context)))
            case Fixed(parts):
                code = _without_isolates(plain(_fill(parts, params, locale_context)))  # people may copy it
                nodes.append(Code(_command(code, locale_context) if _is_ours(parts[0], params) else code))
    return _joined(nodes)


def _value(value: Param, locale_context: LocaleContext) -> RichText:
    if callable(value):
        value = value(locale_context)
    match value:
        case LazyText() | str():
            return render(isolated(value) if isinstance(value, str) else value, locale_context)
        case int() | float() | Fraction():
            return (Text(_in_digits(value, cldr(locale_context.locale))),)
        case datetime():
            return (_moment(value, locale_context),)
        case date() | timedelta() | LocalTime() | LocalDate() | ShortDate() | list():
            return (Text(_in_words(value, locale_context)),)
        case tuple():
            return value
        case _:
            return (value,)


def _in_digits(value: float | Fraction, locale: Locale) -> str:
    if not isinstance(value, Fraction):
        return format_decimal(value, locale=locale)
    return format_decimal(Decimal(half_up(value * 100)) / 100, "#,##0.00", locale)


def _in_words(
    value: date | timedelta | LocalTime | LocalDate | ShortDate | list[str] | list[LazyText],
    locale_context: LocaleContext,
) -> str:
    locale = cldr(locale_context.locale)
    match value:
        case date():
            return format_date(value, "long", locale)
        case timedelta():
            return format_timedelta(value, threshold=1, locale=locale)  # otherwise 23 hours would be "1 day"
        case LocalTime() | LocalDate() | ShortDate():
            return format_local(value, locale)
        case list():
            return format_list([isolated(plain(render(each, locale_context))) for each in value], locale=locale)


def _without_isolates(text: str) -> str:
    return text.replace(FSI, "").replace(PDI, "")


def _is_ours(part: Part, params: Mapping[str, Param]) -> bool:
    """Whether this is the program's own text, not something a person typed."""
    return isinstance(part, str) or (isinstance(part, Placeholder) and isinstance(params[part.name], LazyText))


def _command(code: str, locale_context: LocaleContext) -> str:
    return locale_context.prefix + code[1:] if re.match(r"/[^\W\d_]", code) else code


def _moment(at: datetime, locale_context: LocaleContext) -> Moment:
    if at.tzinfo is None:
        raise ValueError(f"{at} names no moment without a zone")
    zone = ZoneInfo(locale_context.zone)
    locale = cldr(locale_context.locale)
    text = _(
        "{date}, {time} ({city})",
        date=format_date(at.astimezone(zone), "full", locale),
        time=format_time(at, "short", zone, locale),
        city=_place(zone, locale),
    )
    return Moment(int(at.timestamp()), plain(render(text, locale_context)))


def _place(zone: ZoneInfo, locale: Locale) -> str:
    if (shown := zone_name(zone.key)) != zone.key:  # a fixed UTC offset
        return shown
    return get_timezone_location(zone, locale, return_city=True).rpartition("/")[2]  # of "Indiana/Indianapolis"


def _joined(nodes: list[Node]) -> RichText:
    """Join adjacent texts, and drop the pattern's line breaks around a block, which has its own."""
    joined: list[Node] = []
    for node in nodes:
        before = joined[-1] if joined else None
        if isinstance(node, Text) and isinstance(before, Text):
            joined[-1] = Text(before.text + node.text)
        elif isinstance(node, Text) and isinstance(before, Pre | Quote):
            joined.append(Text(node.text.removeprefix("\n")))
        elif isinstance(node, Pre | Quote) and isinstance(before, Text):
            joined[-1:] = [Text(before.text.removesuffix("\n")), node]
        else:
            joined.append(node)
    return tuple(node for node in joined if node != Text(""))
