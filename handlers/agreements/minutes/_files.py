"""Minutes as files: DOCX to edit and to print, HTML to read on a phone, in the language of each chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.documents import to_docx, to_html
from bot.exports import MIME_TYPES
from bot.model import File, FileKind
from bot.text.catalogue import LocaleContext, _
from bot.voice import Files, words
from handlers.agreements.minutes._document import document
from handlers.agreements.minutes._record import MinutesRecord


def files(ctx: Context, record: MinutesRecord, dialogue: str) -> Files:
    """Return the files of minutes, made once for each language. `dialogue`: its name."""
    made = dict[str, Sequence[File]]()

    async def for_reader(reader: LocaleContext) -> Sequence[File]:
        if reader.locale not in made:
            shown = document(record, dialogue, reader.locale)
            name = words(_("minutes-{number}", number=str(record.minutes.number)), reader)
            made[reader.locale] = (
                await _file(ctx, name, "docx", await to_docx(shown)),
                await _file(ctx, name, "html", to_html(shown)),
            )
        return made[reader.locale]

    return for_reader


async def _file(ctx: Context, name: str, format: str, data: bytes) -> File:
    source, size = await ctx.store.files.add(data, ctx.now)
    mime = MIME_TYPES[format]
    return File(kind=FileKind.DOCUMENT, source=source, name=f"{name}.{format}", mime=mime, size=size)
