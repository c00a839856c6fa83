"""The /export command: what the features keep of a dialogue, as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.commands.context import Context, DialogueContext
from bot.commands.router import Router
from bot.exports import MIME_TYPES, Export
from bot.features import Feature
from bot.jobs.kinds import JobKind, Work
from bot.model import File, FileKind, Role
from bot.text.catalogue import LazyText, LocaleContext, UserError, _, lines
from bot.text.characters import fold
from storage import Chat, Dialogue, Job

_KIND = "export"


def exporting(exports: Sequence[Export[Any]]) -> Feature:
    """Return the feature that sends these exports."""
    router = Router(_("Your data"))

    @router.command(
        "export",
        summary=_("sends action points, minutes, polls or news as a file"),
        usage=_("actions|minutes|polls|news csv|md|ics|docx|html|json"),
        example=_("`/export actions csv`"),
        role=Role.COORDINATOR,
        in_dialogue=True,
    )
    async def export(ctx: DialogueContext) -> None:
        """Schedule a file for the chat of the command; it contains nothing that its readers may not see anyway."""
        what, format = _chosen(ctx, exports)
        reads = ctx.locale_context
        payload = {
            "dialogue": ctx.dialogue.id,
            "what": what.name,
            "format": format,
            "reads": [reads.locale, reads.zone, reads.prefix],
            "chat": ctx.chat.id,
            "message": ctx.message,
        }
        await ctx.store.jobs.schedule(_KIND, f"{ctx.chat.id} {ctx.message}", payload=payload)

    async def write(work: Work, job: Job) -> bytes:
        """Write the file: it may take seconds, and no transaction is open meanwhile."""
        what = _named(exports, job.payload["what"])
        async with work.database.begin() as store:
            dialogue = await store.dialogues.get(job.payload["dialogue"])
        content = await what.read(work.database, dialogue)
        return await what.write(job.payload["format"], dialogue, content, LocaleContext(*job.payload["reads"]))

    async def send(ctx: Context, job: Job, data: bytes) -> None:
        """Send the file as an answer to the command, if the chat still is one that may have it."""
        dialogue = await ctx.store.dialogues.get(job.payload["dialogue"])
        chat = await ctx.store.chats.find(job.payload["chat"])
        if chat is None or not await _may_have(ctx, chat, dialogue):
            return
        what, format = _named(exports, job.payload["what"]), job.payload["format"]
        source, size = await ctx.store.files.add(data, ctx.now)
        name = f"{what.word_in(job.payload['reads'][0])}.{format}"
        file = File(kind=FileKind.DOCUMENT, source=source, name=name, mime=MIME_TYPES[format], size=size)
        caption = _("{what} of the dialogue “{dialogue}”", what=what.label, dialogue=dialogue.name)
        text = lines(caption, what.note) if what.note else caption
        await ctx.post([chat], text, reply_to=job.payload["message"] or None, files=[file], dialogue=dialogue)

    job = JobKind(name=_KIND, prepare=write, apply=send, parallel=1)  # one at a time: each may need much memory
    return Feature(name="exports", routers=(router,), jobs=(job,))


async def _may_have(ctx: Context, chat: Chat, dialogue: Dialogue) -> bool:
    """Whether a chat is one of the dialogue, or the private one of its coordinator."""
    if chat.person_id is None:
        return chat.dialogue_id == dialogue.id
    return chat.person_id in {each.id for each in await ctx.rights.coordinators(ctx.store, dialogue.id)}


def _named(exports: Sequence[Export[Any]], name: str) -> Export[Any]:
    return next(each for each in exports if each.name == name)


def _chosen(ctx: DialogueContext, exports: Sequence[Export[Any]]) -> tuple[Export[Any], str]:
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
    return what, format or next(iter(what.formats))


def _form(export: Export[Any], locale: str) -> LazyText:
    return _("`/export {what} {formats}`", what=export.word_in(locale), formats="|".join(export.formats))
