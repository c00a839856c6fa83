"""A worked example of a feature: breaks in a meeting, with a command, a button, a job, a file and a live card.

`/break 15` posts a card in every chat, with an entry for the calendar. A press of its button adds five minutes, and the
card changes in every chat. When the time has come, a job says so on the card.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.context import Context, DialogueContext
from bot.commands.router import Router
from bot.features import Feature
from bot.jobs.kinds import JobKind
from bot.model import File, FileKind, Role
from bot.text.catalogue import LazyText, UserError, _
from bot.voice import Choice
from storage import Job

LONGER = timedelta(minutes=5)

router = Router(_("Meetings"))


@router.command(
    "break",
    "pause",
    summary=_("announces a break"),
    usage=_("MINUTES"),
    example=_("`/break 15`"),
    role=Role.STAFF,
    in_dialogue=True,
)
async def take_break(ctx: DialogueContext) -> None:
    """Announce a break in every chat."""
    if not ctx.args.isdecimal():
        raise UserError(_("Please say how many minutes the break takes."), usage=True)
    until = ctx.now + timedelta(minutes=int(ctx.args))
    card = await ctx.announce(ctx.dialogue, _card(until), _button(until), files=[await _calendar(ctx, until)])
    await ctx.store.jobs.schedule("break", str(card), until)


@router.button("longer", role=Role.STAFF, in_dialogue=True)
async def make_longer(ctx: DialogueContext) -> None:
    """Make the break longer, in every chat; who pressed is told alone, where the messenger can."""
    until = datetime.fromtimestamp(int(ctx.args), UTC) + LONGER
    await ctx.update(ctx.pressed_post, _card(until), _button(until))
    await ctx.store.jobs.schedule("break", str(ctx.pressed_post), until)
    await ctx.answer(_("The break is {time} longer.", time=LONGER))


async def end_break(ctx: Context, job: Job, _prepared: None) -> None:
    """Mark the break as over on its card."""
    await ctx.update(int(job.key), _("The break is over."))


def _card(until: datetime) -> LazyText:
    return _("☕ Break until {until}", until=until)


def _button(until: datetime) -> Choice:
    return Choice(_("five minutes more"), "⏳", f"longer:{int(until.timestamp())}")


async def _calendar(ctx: Context, until: datetime) -> File:
    entry = f"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTEND:{until:%Y%m%dT%H%M%SZ}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    source, size = await ctx.store.files.add(entry.encode(), ctx.now)
    return File(kind=FileKind.DOCUMENT, source=source, name="break.ics", mime="text/calendar", size=size)


feature = Feature(name="breaks", routers=(router,), jobs=(JobKind(name="break", apply=end_break),))
