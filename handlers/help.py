"""What one may do here."""

from __future__ import annotations

from bot.router import Command, Context, Router
from bot.text.catalogue import Lazy, UserError, _, lines

router = Router()


@router.command(
    "help",
    "hilfe",
    summary=_("shows what you may do here"),
    usage=_("WORD"),
    example=_("/help language"),
)
async def help_(ctx: Context) -> None:
    """Show the commands that this person may use here, or one of them in full."""
    mine = [command for command in ctx.commands if command.may(ctx.role, reply=True)]
    if not ctx.args:
        await ctx.reply(lines(_("*This is what you may do here:*"), *(_line(command) for command in mine)))
        return
    word = ctx.args.split()[0].lstrip("/!")
    command = next((each for each in mine if each.answers_to(word)), None)
    if command is None:
        raise UserError(_("There is no command “{word}” for you here. `/help` shows them all.", word=word))
    await ctx.reply(_detail(command))


@router.command("start", summary=_("begins a conversation with me"))
async def start(ctx: Context) -> None:
    """Greet someone who opens a chat with the bot."""
    greeting = _(
        "Good day, {name}. I am Intercity, the dialogue bot of paired cities: I pass messages between"
        " their chats, whichever messenger each city uses.\n\n`/help` shows what you may do here,"
        " `/language` in which language I write to you.",
        name=ctx.person.name,
    )
    await ctx.reply(greeting)


def _line(command: Command) -> Lazy:
    return _("{command} – {summary}", command=_form(command), summary=command.summary)


def _form(command: Command) -> Lazy:
    if command.usage:
        return _("`/{word} {usage}`", word=command.word, usage=command.usage)
    return _("`/{word}`", word=command.word)


def _detail(command: Command) -> Lazy:
    others = ", ".join(command.words[1:])
    parts = [_line(command)]
    if command.example:
        parts.append(_("For example: {example}", example=_("`{line}`", line=command.example)))
    if others:
        parts.append(_("Other words for it: {words}", words=others))
    return lines(*parts)
