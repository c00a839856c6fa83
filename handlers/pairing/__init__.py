"""Pairing: chats join a dialogue by a one-time code, and leave it; people first learn what is relayed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands import arguments
from bot.commands.checks import own_city
from bot.commands.codes import INCOMPLETE, issue, looks_incomplete, redeem, split_code
from bot.commands.context import CommandContext
from bot.commands.router import Router, Where
from bot.features import Feature
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.text.languages import locale_name
from bot.text.offsets import zone_name
from bot.voice import Choice
from handlers.pairing._approval import ask
from handlers.pairing._approval import router as approval
from handlers.pairing._authority import check_maker, dialogue_of, may_join
from handlers.pairing._city import city_of
from handlers.pairing._joining import join
from handlers.pairing._leaving import router as leaving
from storage import City, OneTimeCode, Purpose

router = Router(_("Connected chats"))
feature = Feature(name="pairing", routers=(router, leaving, approval))

VALID = timedelta(hours=24)
"""How long a pairing code is valid."""
CONFIRM_WITHIN = timedelta(hours=1)
"""How long a question about an encrypted chat can be answered."""
KEYS = {"locale": ("sprache", "language"), "zone": ("zeitzone", "timezone")}
YES = ("yes", "ja")


@router.command(
    "pair",
    "koppeln",
    summary=_("connects this chat with a partner city: makes a code, or takes the one that you were given"),
    usage=_("CITY, or CODE CITY"),
    example=_("`/pair Köln`"),
    role=Role.COORDINATOR,
    admins=True,
    where=Where.GROUP,
    takes=lambda typed: _is_argument(typed.args),
)
async def pair(ctx: CommandContext) -> None:
    """Create a code for this chat, or join it to the dialogue of a code."""
    typed = arguments.parse_arguments(ctx.args, KEYS, inline=True)
    if fold(typed.line) in YES:
        await _confirmed(ctx)
        return
    digits, name = split_code(f"{typed.line} {typed.text}".strip())
    if not (digits or name):
        raise UserError(await _usage(ctx))
    if digits and not name:
        raise UserError(_("Which city does this chat speak for? Please write it after the code: `/pair CODE CITY`"))
    if not digits and looks_incomplete(name):
        raise UserError(INCOMPLETE, usage=True)
    code = await redeem(ctx, Purpose.PAIR, digits) if digits else None
    if digits and code is None:
        return
    city = await city_of(ctx, name, typed.values.get("locale", ""), typed.values.get("zone", ""))
    await _check(ctx, city, code)
    if ctx.dialogue and code is None and typed.values:
        await _speak(ctx, city)
        return
    if ctx.chat.encrypted and not (ctx.dialogue and code is None):
        await _ask(ctx, city, code)
    else:
        await _go_on(ctx, city, code)


def _is_argument(text: str) -> bool:
    """Whether a text is a code, a yes or has known keys; city names cannot be recognised."""
    typed = arguments.parse_arguments(text, KEYS, inline=True)
    return bool(typed.values or split_code(text)[0]) or fold(text) in YES


async def _usage(ctx: CommandContext) -> LazyText:
    if ctx.dialogue:
        cities = [city.name for city in ctx.dialogue.cities]
        return _(
            "This chat belongs to {dialogue} ({cities}). `/pair CITY` with its own city makes a code for another chat.",
            dialogue=ctx.dialogue.name,
            cities=cities,
        )
    return _(
        "Please name the city of this chat: `/pair Köln`. If you were given a code, put it first: `/pair CODE Köln`"
    )


async def _check(ctx: CommandContext, city: City, code: OneTimeCode | None) -> None:
    """Check that the chat can speak for the city in the code's dialogue. Raises UserError."""
    if ctx.chat.city and ctx.chat.city.name != city.name:
        text = _(
            "This chat speaks for {ours}. To let it speak for {theirs}, take it out first: `/unpair`",
            ours=ctx.chat.city.name,
            theirs=city.name,
        )
        raise UserError(text)
    if code is None:
        await check_maker(ctx, city)
        return
    partner = await ctx.store.chats.get(code.chat_id)
    if partner.id == ctx.chat.id:
        raise UserError(
            _("This code was made in this chat. Give it to the partner city: it has to be typed in their chat.")
        )
    if ctx.dialogue and ctx.dialogue.id != partner.dialogue_id:
        raise UserError(
            _("This chat already belongs to {dialogue}. `/unpair` takes it out.", dialogue=ctx.dialogue.name)
        )


async def _speak(ctx: CommandContext, city: City) -> None:
    """Set locale and zone of a paired chat alone; its city keeps its own."""
    if ctx.role is not Role.COORDINATOR:
        raise UserError(_("Only a coordinator can change the language and time zone of this chat."))
    own_city(ctx)
    await ctx.store.chats.speak(ctx.chat, locale=city.locale, zone=city.zone)
    here = replace(ctx, chat=await ctx.store.chats.get(ctx.chat.id))
    language = locale_name(city.locale, city.locale)
    await here.reply(
        _(
            "From now on I write {language} in this chat, with times in {zone}.",
            language=language,
            zone=zone_name(city.zone),
        )
    )


# Confirmation for encrypted chats


async def _ask(ctx: CommandContext, city: City, code: OneTimeCode | None) -> None:
    """Ask someone entitled whether content may leave the encryption (trust: case 83)."""
    await ctx.store.pairings.ask(ctx.chat, ctx.account, city, code.digest if code else "", ctx.now)
    text = _(
        "🔒 This chat is end-to-end encrypted. What is passed on *leaves the encryption*: my server reads it to pass it"
        " on, and so do the messengers of the other cities, such as Telegram. What was said here before stays"
        " encrypted.\n\nDo you agree? I continue only if you do. You can also type `/pair yes`."
    )
    await ctx.reply(text, Choice(_("yes, pass it on"), "✅", "pair:yes"), Choice(_("no"), "❌", "pair:no"))


@router.button("pair")
async def answer(ctx: CommandContext) -> None:
    """Continue the pairing of an encrypted chat, or cancel it."""
    if ctx.args == "yes":
        await _confirmed(ctx)
        return
    await _asked(ctx)
    await ctx.store.pairings.drop(ctx.chat)
    await ctx.reply(_("Nothing was changed: nothing is passed on."))


async def _confirmed(ctx: CommandContext) -> None:
    city, digest = await _asked(ctx)
    await ctx.store.pairings.drop(ctx.chat)
    code = await ctx.store.codes.find(Purpose.PAIR, digest, ctx.now) if digest else None
    if digest and code is None:
        raise UserError(
            _(
                "This code is no longer valid: it has been used or has expired. Please ask the partner city for a new"
                " one."
            )
        )
    await _check(ctx, city, code)
    await _go_on(ctx, city, code)


async def _asked(ctx: CommandContext) -> tuple[City, str]:
    """Return city and digest that wait for a yes. Raises UserError for all but the asker, if still entitled."""
    waiting = await ctx.store.pairings.of(ctx.chat, ctx.now - CONFIRM_WITHIN)
    if waiting is None:
        raise UserError(_("There is nothing to confirm here. Begin with `/pair CITY`."))
    entitled = ctx.role is Role.COORDINATOR or ctx.admin
    if not entitled or waiting.account not in ctx.person.accounts:
        raise UserError(
            _("Only the person who typed `/pair` can answer this, as a coordinator or an administrator of this chat.")
        )
    return await ctx.store.cities.named(waiting.city.name) or waiting.city, waiting.digest


# Create a code, or join


async def _go_on(ctx: CommandContext, city: City, code: OneTimeCode | None) -> None:
    if code is None:
        await _give_code(ctx, city)
        return
    dialogue = await dialogue_of(ctx, code)
    if ctx.dialogue is None and not await may_join(ctx, city, code, dialogue):
        await ask(ctx, city, code, dialogue)
    else:
        await join(ctx, city, code)
        if city.id == 0:
            await replace(ctx, chat=await ctx.store.chats.get(ctx.chat.id)).reply(_guessed(ctx, city))


async def _give_code(ctx: CommandContext, city: City) -> None:
    code, until, replaces = await issue(ctx, Purpose.PAIR, VALID, city)
    rows = [
        _("*Code for the partner city:* `{code}`", code=code),
        _("Valid until {until}, for one chat.", until=until),
        _(
            "In *their* chat a coordinator or administrator types this, with the name of their city:"
            " `{telegram} CITY` on Telegram, `{matrix} CITY` on Matrix.",
            telegram=f"/pair {code}",
            matrix=f"!pair {code}",
        ),
        _("Give it only to people you know: read it to them, or send it by e-mail."),
    ]
    rows += [_("This chat's earlier code is no longer valid.")] if replaces else []
    rows += [_guessed(ctx, city)] if city.id == 0 else []
    spoken = replace(ctx.chat, locale=ctx.chat.locale or city.locale, zone=ctx.chat.zone or city.zone)
    await replace(ctx, chat=spoken).reply(lines(*rows))


def _guessed(ctx: CommandContext, city: City) -> LazyText:
    return _(
        "{city}: I write {language} there, with times in {zone}. If that is wrong: `/pair {city} | locale: {locale} |"
        " zone: {zone}`",
        city=city.name,
        language=locale_name(city.locale, ctx.locale_context.locale),
        zone=zone_name(city.zone),
        locale=city.locale,
    )
