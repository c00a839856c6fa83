"""A person's own settings: language, time zone and private reminders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.commands.arguments import Keys, parse_arguments
from bot.commands.context import CommandContext
from bot.commands.mentions import label
from bot.commands.router import Router
from bot.dates import in_words, read_periods
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.languages import locale_name, parse_locale
from bot.text.offsets import zone_name
from bot.text.zones import zone_named
from handlers.people._languages import LANGUAGES

router = Router(_("Your settings"))

LONGEST_ZONE = 40
"""Most characters of a time zone as people type it."""
KEYS: Keys = {"remind": ("erinnern",)}
_REMIND = {"remind", *KEYS["remind"]}
NEVER = {"none", "keine", "never", "nie", "off", "aus"}
AS_PLANNED = {"default", "standard"}


@router.command(
    "me",
    summary=_("shows who you are here, and your settings"),
    usage=_("[remind: 1d, 2h]"),
    example=_("`/me remind: 1d, 2h`"),
    takes=lambda typed: "remind" in _typed(typed.args),
)
async def me(ctx: CommandContext) -> None:
    """Show the person's role here and their settings, or set when they are reminded in private."""
    if (remind := _typed(ctx.args).get("remind")) is not None:
        await _remind(ctx, remind)
        return
    role = ROLE_NAMES[ctx.role]
    text = _(
        "*{who}*\nRole: {role}\nLanguage: {language}\nTime zone: {zone}\nPrivate reminders: {reminders}",
        who=label(ctx.person, await ctx.store.people.of_person(ctx.person.id)),
        role=_("{role} ({city})", role=role, city=ctx.city.name) if ctx.city else role,
        language=_language(ctx),
        zone=_supposed(*(each and zone_name(each) for each in (ctx.person.zone, ctx.person.guessed_zone))),
        reminders=_reminders(ctx.person.remind),
    )
    await ctx.reply(text)


def _typed(args: str) -> Mapping[str, str]:
    """Return what is set; the colon may be left out."""
    word, _space, rest = args.partition(" ")
    values = parse_arguments(args, KEYS, inline=True).values
    return {"remind": rest} if not values and fold(word) in _REMIND else values


async def _remind(ctx: CommandContext, typed: str) -> None:
    """Set how long before a roundtable the person is reminded in private."""
    before: tuple[timedelta, ...] | None = None
    if fold(typed) in NEVER:
        before = ()
    elif fold(typed) not in AS_PLANNED and not (before := read_periods(typed)):
        raise UserError(_("Please say when I shall remind you: `/me remind: 1d, 2h`, or `/me remind: none`."))
    await ctx.store.people.remind(ctx.person, before)
    rows = [_("Private reminders of roundtables: {reminders}", reminders=_reminders(before))]
    rows += [_("Of action points you are not reminded either.")] if before == () else []
    address = ctx.addresses("remind").get(ctx.chat.ref.messenger, "")
    if address and before != () and not await ctx.store.chats.private(ctx.person.id):
        rows.append(_("For that, please open a private chat with me: {address}", address=address))
    await ctx.reply(lines(*rows))


def _reminders(before: tuple[timedelta, ...] | None) -> LazyText:
    if before is None:
        return _("as planned for each roundtable")
    if not before:
        return _("none")
    return _("{periods} before", periods=[in_words(each) for each in before])


def _language(ctx: CommandContext) -> LazyText:
    chosen, guessed = (
        locale and locale_name(locale, ctx.locale_context.locale)
        for locale in (ctx.person.locale, ctx.person.guessed_locale)
    )
    return _supposed(chosen, guessed)


def _supposed(chosen: str | None, guessed: str | None) -> LazyText:
    if chosen:
        return _("{setting}", setting=chosen)
    return _("{setting} (assumed)", setting=guessed) if guessed else _("not set")


@router.command(
    "language",
    "sprache",
    summary=_("sets the language in which I write to you"),
    usage=_("LANGUAGE"),
    example=_("`/language en`"),
    takes=lambda typed: parse_locale(typed.args) is not None,
)
async def language(ctx: CommandContext) -> None:
    """Set the person's language, or offer the available ones."""
    if not ctx.args:
        await ctx.reply(_("Which language shall I use when I write to you?"), *LANGUAGES)
        return
    territory = (ctx.chat.locale or "").partition("_")[2]
    locale = parse_locale(ctx.args, territory)
    if locale is None:
        text = _("I do not know the language “{language}”. I write German and English.", language=ctx.args)
        raise UserError(text, usage=True)
    await _speak(ctx, locale)


@router.button("language")
async def choose_language(ctx: CommandContext) -> None:
    """Set the language chosen by a button."""
    await _speak(ctx, ctx.args)


async def _speak(ctx: CommandContext, locale: str) -> None:
    await ctx.store.people.set(ctx.person, locale=locale)
    name = locale_name(locale, locale if ctx.private else ctx.locale_context.locale)
    await ctx.reply(_("From now on I write to you in this language: {language}", language=name))


def _is_zone(text: str) -> bool:
    return len(text) <= LONGEST_ZONE and zone_named(text) is not None


@router.command(
    "timezone",
    "zeitzone",
    summary=_("sets your time zone"),
    usage=_("ZONE"),
    example=_("`/timezone Europe/Berlin`"),
    takes=lambda typed: _is_zone(typed.args),
)
async def timezone(ctx: CommandContext) -> None:
    """Set the person's time zone."""
    if not ctx.args:
        raise UserError(_("Please name a time zone."), usage=True)
    zone = await ctx.read_zone(ctx.args)
    await ctx.store.people.set(ctx.person, zone=zone)
    local = ctx.now.astimezone(ZoneInfo(zone))
    offset = f"{local:%z}"
    text = _(
        "Your time zone is now {zone} ({offset}). There it is {time}.",
        zone=zone_name(zone),
        offset=f"UTC{offset[:3]}:{offset[3:]}",
        time=f"{local:%H:%M}",
    )
    await ctx.reply(text)
