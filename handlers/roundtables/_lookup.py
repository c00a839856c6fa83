"""Which roundtable is meant, and how dates that people type about it are read."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta

from bot.commands.context import Context, DialogueContext
from bot.dates import When, in_words
from bot.text.catalogue import UserError, _
from handlers.roundtables._choices import ATTEND
from handlers.roundtables._progress import MEETING
from storage import Roundtable, RoundtableState, StoredMessage

GROUP = _("Roundtables")
"""The group of the commands in /help."""
KEYS = {
    "when": ("wann",),
    "where": ("wo", "ort"),
    "remind": ("erinnern", "erinnerung"),
    "agenda": ("tagesordnung",),
    "repeat": ("wiederholen", "wiederholung"),
}
"""What can be said about a new roundtable."""
LONGEST_DURATION = timedelta(hours=12)
LONGEST = {"title": 150, "place": 300, "description": 1000, "reason": 300}
"""The most characters of each text."""


async def find(ctx: DialogueContext, number: int) -> Roundtable:
    """Return the roundtable with this number. Raises UserError, with the numbers that exist, if there is none."""
    if found := await ctx.store.roundtables.numbered(ctx.dialogue.id, number):
        return found
    numbers = await ctx.store.roundtables.numbers(ctx.dialogue.id)
    if not numbers:
        raise UserError(_("There is no roundtable here yet."))
    raise UserError(
        _(
            "There is no roundtable {number} here. These exist: {numbers}",
            number=str(number),
            numbers=[str(each) for each in numbers[-10:]],
        )
    )


def check_open(roundtable: Roundtable) -> None:
    """Raise UserError if a roundtable has ended or was cancelled: nothing about it changes any more."""
    number = str(roundtable.number)
    if roundtable.state is RoundtableState.ENDED:
        raise UserError(_("Roundtable {number} has already ended.", number=number))
    if roundtable.state is RoundtableState.CANCELLED:
        raise UserError(_("Roundtable {number} has been cancelled.", number=number))


def check_duration(when: When) -> None:
    """Raise UserError if a roundtable would take longer than half a day: its end was probably meant to be earlier."""
    if when.end and when.end - when.start > LONGEST_DURATION:
        duration = in_words(when.end - when.start)
        raise UserError(_("It would end {duration} after its beginning. Please check both times.", duration=duration))


_ANSWER = re.compile(rf"(?:@[^:]*:)?(?:{ATTEND}|{MEETING}):(?P<id>\d+):")


async def of_post(ctx: Context, post: StoredMessage) -> Roundtable | None:
    """Return the roundtable that a post is about, unless it has expired: its card, or one with buttons to answer."""
    if found := await ctx.store.roundtables.by_card(post.id):
        return found
    for sealed in post.buttons.values():
        if action := _ANSWER.match(ctx.signer.verify(post.id, sealed) or ""):
            with suppress(LookupError):
                return await ctx.store.roundtables.get(int(action["id"]))
    return None
