"""The /help command."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import CommandContext
from bot.commands.router import Command, Router
from bot.features import Feature
from bot.text.catalogue import LazyText, UserError, _, lines

router = Router(_("Help"))
feature = Feature(name="help", routers=(router,))


@router.command(
    "help",
    "hilfe",
    summary=_("shows what you may do here"),
    usage=_("WORD"),
    example=_("`/help language`"),
)
async def help_(ctx: CommandContext) -> None:
    """Show the commands that this person may use here, grouped by what they are for, or the details of one."""
    mine = [command for command in ctx.commands if command.is_open_to(ctx)]
    if not ctx.args:
        await ctx.reply(_overview(mine, ctx.locale_context.locale))
        return
    word = ctx.args.split()[0].lstrip("/!")
    command = next((each for each in mine if each.answers_to(word)), None)
    if command is None:
        raise UserError(_("There is no command “{word}” for you here. `/help` shows them all.", word=word))
    await ctx.reply(_detail(command, ctx.locale_context.locale))


def _overview(commands: Sequence[Command], locale: str) -> LazyText:
    """Return the words alone, so that they fit the screen of a phone."""
    groups: dict[str, list[Command]] = {}
    for each in commands:
        groups.setdefault(each.group.message, []).append(each)
    rows = [
        _(
            "*{group}:* {words}",
            group=each[0].group,
            words=lines(*(_("`/{word}`", word=command.word_in(locale)) for command in each), by=" "),
        )
        for each in groups.values()
    ]
    return lines(
        _("*This is what you may do here:*"),
        *rows,
        _("`/help WORD` explains one of them, for example `/help language`."),
    )


def _detail(command: Command, locale: str) -> LazyText:
    line = _("{command} – {summary}", command=command.form_in(locale), summary=command.summary)
    others = ", ".join(each for each in command.words if each != command.word_in(locale))
    rows = [_("{line}. Example: {example}", line=line, example=command.example) if command.example else line]
    rows += [_("Other words for it: {words}", words=others)] if others else []
    return lines(*rows)
