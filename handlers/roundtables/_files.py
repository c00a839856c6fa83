"""The calendar file of a roundtable."""

from __future__ import annotations

from collections.abc import Sequence

from bot.calendars import MIME, SchedulingMethod, write_calendar
from bot.commands.context import Context
from bot.model import File, FileKind
from bot.text.catalogue import LocaleContext, _
from bot.voice import Files, words
from handlers.roundtables import _calendar
from storage import Roundtable


def calendar(ctx: Context, roundtable: Roundtable) -> Files:
    """Return the calendar file (iCalendar, RFC 5545) of a roundtable, made for each reader.

    It invites to a roundtable, or cancels it: calendars that have it already update it.
    """

    async def for_reader(reads: LocaleContext) -> Sequence[File]:
        event = await _calendar.on_its_own(ctx, roundtable, reads)
        method = SchedulingMethod.CANCEL if event.cancelled else SchedulingMethod.REQUEST
        source, size = await ctx.store.files.add(write_calendar([event], method), ctx.now)
        name = words(_("roundtable-{number}.ics", number=str(roundtable.number)), reads)
        return (File(kind=FileKind.DOCUMENT, source=source, name=name, mime=MIME, size=size),)

    return for_reader
