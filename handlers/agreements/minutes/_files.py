"""Minutes as files: DOCX to edit and to print, HTML to read on a phone, in the language of each chat."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.context import Context
from bot.documents import to_docx, to_html
from bot.model import File, FileKind
from bot.text.catalogue import LocaleContext, _
from bot.voice import Files, words
from handlers.agreements.minutes._document import document
from handlers.agreements.minutes._record import MinutesRecord

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def files(ctx: Context, record: MinutesRecord, dialogue: str) -> Files:
    """Return the files of minutes, made once for each language. `dialogue`: its name."""
    made = dict[str, Sequence[File]]()

    async def for_reader(reader: LocaleContext) -> Sequence[File]:
        if reader.locale not in made:
            shown = document(record, dialogue, reader.locale)
            name = words(_("minutes-{number}", number=str(record.minutes.number)), reader)
            made[reader.locale] = (
                await _file(ctx, f"{name}.docx", _DOCX, await to_docx(shown)),
                await _file(ctx, f"{name}.html", "text/html", to_html(shown)),
            )
        return made[reader.locale]

    return for_reader


async def _file(ctx: Context, name: str, mime: str, data: bytes) -> File:
    source, size = await ctx.store.files.add(data, ctx.now)
    return File(kind=FileKind.DOCUMENT, source=source, name=name, mime=mime, size=size)
