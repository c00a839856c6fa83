"""The welcome in private: who the bot is, which language it uses, and what comes next."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.checks import checked_command
from bot.commands.context import CommandContext
from bot.commands.router import Router, Where
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.languages import locale_name
from bot.text.offsets import zone_name
from bot.voice import Choice
from handlers.people._languages import LANGUAGES

router = Router(_("Your settings"))

RIGHT = Choice(_("that is right"), "✅", "settings:right")


@router.command("start", summary=_("starts a conversation with me"), where=Where.PRIVATE)
async def start(ctx: CommandContext) -> None:
    """Greet someone and ask whether language and zone are right; with a payload, run the command that it names.

    A payload is a command's word and, after `_`, its arguments (`t.me/…?start=link_K7QF2MXD`) and perhaps the id of the
    dialogue meant (`vote_4_7`). Anybody can send such a link and it takes one tap, so it leads only to commands that
    then do no more than ask (trust: case 100).
    """
    word, _sign, rest = ctx.args.strip().partition("_")
    args, _sign, id = rest.partition("_")
    meant = next((each for each in ctx.dialogues if str(each.id) == id), None)
    if meant:
        grant = await ctx.rights.admit(ctx.store, ctx.chat, ctx.person, meant.id)
        ctx = replace(ctx, dialogue=meant, grant=grant)
    fits = (
        each for each in ctx.commands if each.by_address and word and each.answers_to(word) and each.is_open_to(ctx)
    )
    if command := next(fits, None):
        await checked_command(command)(replace(ctx, args=args, by_address=True))
    else:
        await _greet(ctx)


async def _greet(ctx: CommandContext) -> None:
    rows = [
        _(
            "Hello, {name}! I am Intercity, the dialogue bot for paired cities: I pass messages between their chats,"
            " whichever messenger each city uses.",
            name=ctx.person.name,
        ),
        _("From now on I can remind you here, in private."),
        _place(ctx),
    ]
    if ctx.person.locale and ctx.person.zone:
        await ctx.reply(lines(*rows, _("`/help` shows what you may do here.")))
        return
    rows += [
        _(
            "I write to you in this language: {language}. Times are shown for {zone}. Is that right? If not, choose a"
            " language, and tell me your time zone: `/timezone Europe/Berlin`",
            language=locale_name(ctx.locale_context.locale, ctx.locale_context.locale),
            zone=zone_name(ctx.locale_context.zone),
        )
    ]
    await ctx.reply(lines(*rows), RIGHT, *LANGUAGES)


def _place(ctx: CommandContext) -> LazyText:
    """Return a text about the dialogues in which the person takes part."""
    if ctx.dialogues:
        return _("You take part in: {dialogues}.", dialogues=[each.name for each in ctx.dialogues])
    return _("You do not take part in a dialogue yet: that begins in the chat of your city.")


@router.button("settings", where=Where.PRIVATE)
async def confirm(ctx: CommandContext) -> None:
    """Store the guessed locale and zone."""
    await ctx.store.people.set(ctx.person, locale=ctx.locale_context.locale, zone=ctx.locale_context.zone)
    await ctx.reply(
        _("Thank you, I will keep it that way. `/language` and `/timezone` change it, `/help` shows what you may do.")
    )


@router.button("dialogue", where=Where.PRIVATE)
async def choose(ctx: CommandContext) -> None:
    """Choose the dialogue that commands in private refer to."""
    dialogue = next((each for each in ctx.dialogues if str(each.id) == ctx.args), None)
    if dialogue is None:
        raise UserError(_("You no longer take part in this dialogue."))
    await ctx.store.people.choose(ctx.person, dialogue)
    await ctx.reply(
        _("From now on your commands here apply to {dialogue}. Please type the last one again.", dialogue=dialogue.name)
    )
