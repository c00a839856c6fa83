"""The /export command: what the features keep of a dialogue, as files."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.features import Export, Feature
from bot.model import File, FileKind, Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold

_MIME = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ics": "text/calendar",
    "json": "application/json",
    "md": "text/markdown",
}


def exporting(exports: Sequence[Export]) -> Feature:
    """Return the feature that sends these exports."""
    router = Router(_("Your data"))

    @router.command(
        "export",
        summary=_("sends the polls or the news of the dialogue as a file"),
        usage=_("polls|news csv|md|json|html"),
        example=_("`/export polls csv`"),
        role=Role.COORDINATOR,
        in_dialogue=True,
    )
    async def export(ctx: DialogueContext) -> None:
        """Send a file to the chat of the command; it contains nothing that its readers may not see anyway."""
        what, format = _chosen(ctx, exports)
        source, size = await ctx.store.files.add(await what.formats[format](ctx.store, ctx.dialogue), ctx.now)
        name = f"{what.word_in(ctx.locale_context.locale)}.{format}"
        file = File(kind=FileKind.DOCUMENT, source=source, name=name, mime=_MIME[format], size=size)
        caption = _("{what} of the dialogue “{dialogue}”", what=what.label, dialogue=ctx.dialogue.name)
        await ctx.reply(lines(caption, what.note) if what.note else caption, files=[file])

    return Feature(name="exports", routers=(router,))


def _chosen(ctx: DialogueContext, exports: Sequence[Export]) -> tuple[Export, str]:
    """Return what was asked for, as CSV if no format was named. Raises UserError."""
    word, format, *_rest = [*fold(ctx.args).replace(".", " ").split(), "", ""]
    what = next((each for each in exports if each.answers_to(word)), None)
    if what is None:
        forms = (_form(each, ctx.locale_context.locale) for each in exports)
        raise UserError(lines(_("What should I export?"), *forms))
    if format and format not in what.formats:
        raise UserError(
            lines(_("This is not available as “{format}”.", format=format), _form(what, ctx.locale_context.locale))
        )
    return what, format or "csv"


def _form(export: Export, locale: str) -> LazyText:
    return _("`/export {what} {formats}`", what=export.word_in(locale), formats="|".join(export.formats))
