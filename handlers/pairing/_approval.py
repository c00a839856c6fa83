"""Approval of a new chat for a city by one of the city's own coordinators."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.codes import spend
from bot.commands.context import CommandContext
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.names import clean_name
from bot.voice import Choice
from handlers.pairing._authority import acts_for, chats_of, deciders, dialogue_of
from handlers.pairing._joining import complete
from storage import Chat, City, Dialogue, OneTimeCode, Pairing

router = Router(_("Connected chats"))

WAITS = timedelta(hours=24)
"""How long the question can be answered: as long as the code is valid."""


async def ask(ctx: CommandContext, city: City, code: OneTimeCode, dialogue: Dialogue | None) -> None:
    """Ask the coordinators of a city in its chats and in private, once per code. Raises UserError."""
    people = await deciders(ctx, city, dialogue)
    chats = await chats_of(ctx, city, dialogue)
    chats += [private[0] for each in people if (private := await ctx.store.chats.private(each.id))]
    names = [each.name for each in people]
    if not chats:
        text = _(
            "{city} has coordinators: {names}. Please ask one of them for a code for {city}.",
            city=city.name,
            names=names,
        )
        raise UserError(text)
    if code.claimed_by or not await ctx.store.codes.claim(code, ctx.account):
        raise UserError(_("The coordinators of {city} have already been asked: {names}.", city=city.name, names=names))
    await ctx.store.pairings.ask(ctx.chat, ctx.account, city, code.digest, ctx.now)
    yes, no = (f"approve:{word}:{code.id}:{ctx.chat.id}" for word in ("yes", "no"))
    buttons = (Choice(_("yes, it is ours"), "✅", yes), Choice(_("no"), "❌", no))
    await ctx.post(chats, await _question(ctx, city, dialogue), *buttons)
    await ctx.reply(
        _(
            "{city} has coordinators of its own. I have asked them: {names}. As soon as one of them agrees, this chat"
            " joins.",
            city=city.name,
            names=names,
        )
    )


async def _question(ctx: CommandContext, city: City, dialogue: Dialogue | None) -> LazyText:
    appointment = await ctx.store.roles.in_dialogue(dialogue.id) if dialogue else []
    headless = not any(each.role is Role.COORDINATOR and each.city.id == city.id for each in appointment)
    text = _(
        "❓ {name} ({account}) wants the chat “{title}” on {messenger} to speak for *{city}*. Is it one of your chats?"
        " A coordinator of {city} has to answer.",
        name=ctx.person.name,
        account=str(ctx.account),
        title=_title(ctx.chat),
        messenger=ctx.chat.ref.messenger.title(),
        city=city.name,
    )
    follows = _("If you agree, {name} becomes coordinator of {city} there.", name=ctx.person.name, city=city.name)
    return lines(text, follows) if headless else text


@router.button("approve")
async def decide(ctx: CommandContext) -> None:
    """Join the chat or turn it down, as a coordinator of the city decides."""
    answer, code_id, chat_id = ctx.args.split(":")
    chat = await ctx.store.chats.get(int(chat_id))
    code = await ctx.store.codes.get(int(code_id), ctx.now)
    waiting = await ctx.store.pairings.of(chat, ctx.now - WAITS)
    asked = code and waiting and (waiting.digest, waiting.account) == (code.digest, code.claimed_by)
    if code is None or waiting is None or not asked or not chat.is_at_home or chat.dialogue_id:
        raise UserError(_("This question has already been answered, or is too old."))
    city = await ctx.store.cities.named(waiting.city.name)
    dialogue = await dialogue_of(ctx, code)
    if city is None or not await acts_for(ctx, ctx.person, city, dialogue):
        raise UserError(_("Only a coordinator of {city} can answer this.", city=waiting.city.name))
    await ctx.store.pairings.drop(chat)
    if answer == "yes":
        await _agreed(ctx, chat, waiting, code, city)
    else:
        await spend(ctx, code)
        text = _(
            "{name} does not agree: the chat “{title}” does not speak for {city}.",
            name=ctx.person.name,
            title=_title(chat),
            city=city.name,
        )
        await ctx.post([ctx.chat, chat], text)


async def _agreed(ctx: CommandContext, chat: Chat, waiting: Pairing, code: OneTimeCode, city: City) -> None:
    asker = await ctx.store.people.by_account(waiting.account)
    if asker is None:
        raise UserError(_("This question has already been answered, or is too old."))
    text = _(
        "{name} agrees: the chat “{title}” speaks for {city}.",
        name=ctx.person.name,
        title=_title(chat),
        city=city.name,
    )
    await ctx.post([ctx.chat], text)
    spoken = replace(city, locale=waiting.city.locale, zone=waiting.city.zone)
    theirs = replace(ctx, chat=chat, person=asker, account=waiting.account, dialogue=None, message="")
    dialogue = await complete(theirs, spoken, code)
    await ctx.store.audit.record(
        ctx.now, "approve", by=ctx.account, dialogue=dialogue, subject=str(chat.ref), details=city.name
    )


def _title(chat: Chat) -> str:
    return clean_name(chat.title, chat.ref.id)
