"""The /help command."""

from __future__ import annotations

from bot.commands.context import CommandContext
from bot.commands.router import Command, Router
from bot.features import Feature
from bot.text.catalogue import LazyText, UserError, _, lines

router = Router()
feature = Feature(name="help", routers=(router,))


@router.command(
    "help",
    "hilfe",
    summary=_("shows what you may do here"),
    usage=_("WORD"),
    example=_("`/help language`"),
)
async def help_(ctx: CommandContext) -> None:
    """Show the commands that this person may use here, or the details of one."""
    mine = [command for command in ctx.commands if command.is_open_to(ctx)]
    if not ctx.args:
        await ctx.reply(lines(_("*This is what you may do here:*"), *(_line(command, ctx) for command in mine)))
        return
    word = ctx.args.split()[0].lstrip("/!")
    command = next((each for each in mine if each.answers_to(word)), None)
    if command is None:
        raise UserError(_("There is no command “{word}” for you here. `/help` shows them all.", word=word))
    await ctx.reply(_detail(command, ctx))


def _line(command: Command, ctx: CommandContext) -> LazyText:
    word = command.word_in(ctx.locale_context.locale)
    form = _("`/{word} {usage}`", word=word, usage=command.usage) if command.usage else _("`/{word}`", word=word)
    line = _("{command} – {summary}", command=form, summary=command.summary)
    return _("{line}. Example: {example}", line=line, example=command.example) if command.example else line


def _detail(command: Command, ctx: CommandContext) -> LazyText:
    word = command.word_in(ctx.locale_context.locale)
    others = ", ".join(each for each in command.words if each != word)
    line = _line(command, ctx)
    return lines(line, _("Other words for it: {words}", words=others)) if others else line
