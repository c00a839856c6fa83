"""The calendar file of a roundtable."""

from __future__ import annotations

from collections.abc import Sequence

from bot.calendars import MIME, SchedulingMethod, write_calendar
from bot.commands.context import Context
from bot.model import File, FileKind
from bot.text.catalogue import LocaleContext, _
from bot.voice import Files, words
from handlers.roundtables import _calendar
from storage import Chat, Roundtable


def calendar(ctx: Context, roundtable: Roundtable) -> Files:
    """Return the calendar file (iCalendar, RFC 5545) of a roundtable, made for each reader.

    It invites to a roundtable, or cancels it: calendars that have it already update it.
    """

    async def for_reader(reads: LocaleContext) -> Sequence[File]:
        events = await _calendar.for_file(ctx, roundtable, reads)
        method = SchedulingMethod.CANCEL if events[0].cancelled else SchedulingMethod.REQUEST
        source, size = await ctx.store.files.add(write_calendar(events, method), ctx.now)
        name = words(_("roundtable-{number}.ics", number=str(roundtable.number)), reads)
        return (File(kind=FileKind.DOCUMENT, source=source, name=name, mime=MIME, size=size),)

    return for_reader


async def post(ctx: Context, roundtable: Roundtable, chats: Sequence[Chat], below: int | None = None) -> None:
    """Post the calendar file of a roundtable, as a reply to another post.

    It is a post of its own: captions are short, and a card changes while its file stays.
    """
    caption = _("For your calendar: roundtable {number}", number=str(roundtable.number))
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    await ctx.post(chats, caption, files=calendar(ctx, roundtable), reply_to=below, dialogue=dialogue)
