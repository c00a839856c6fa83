"""The brief: what a mayor needs to know before the next roundtable, on one screen of a phone."""

from __future__ import annotations

from datetime import timedelta

from bot.commands.context import CommandContext, Context, DialogueContext, Told
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.excerpts import shortened
from bot.voting import Result
from handlers.agreements.actions import _rows, _terms
from handlers.agreements.actions._lookup import GROUP
from storage import ActionFilter, ActionPoint, Answer, Dialogue, RosterMember, RoundtableState

router = Router(GROUP)

MOST = 3
"""Rows of each part."""
LONGEST = 60
"""Characters of a text, a topic or a title."""
LATELY = timedelta(days=30)
"""What counts as agreed lately if there was no roundtable."""
_PAST = 10
"""Roundtables looked at for the last one that took place."""

_ANSWERS = {
    Answer.YES: _("Your answer: yes"),
    Answer.NO: _("Your answer: no"),
    Answer.MAYBE: _("Your answer: perhaps"),
}


@router.command(
    "brief",
    "ueberblick",
    summary=_("gives you an overview in private: priorities, what is agreed and overdue, the next roundtable"),
    role=Role.STAFF,
    in_dialogue=True,
    by_address=True,
)
async def brief(ctx: DialogueContext) -> None:
    """Send the person the brief in private."""
    text = await _text(ctx, ctx.dialogue, ctx.person.id, ctx.person.zone or ctx.locale_context.zone)
    text = text or _("There are no priorities, action points or roundtables yet.")
    if ctx.private:
        await ctx.reply(text)
    elif chat := await ctx.private_chat(ctx.person.id):
        await ctx.post([chat], text, dialogue=ctx.dialogue)
        await ctx.reply(_("The overview is for you alone: I have sent it to you in private."))
    else:
        await ctx.reply(_please_open(ctx))


async def send(ctx: Context, dialogue: Dialogue, mayor: RosterMember, *marks: LazyText) -> Told:
    """Send a mayor the brief, if it has anything, they have opened a private chat, and want reminders."""
    chat = await ctx.private_chat(mayor.person_id)
    if chat is None or (await ctx.store.people.get(mayor.person_id)).remind == ():
        return Told.NOT
    text = await _text(ctx, dialogue, mayor.person_id, mayor.zone)
    if text is None:
        return Told.NOT
    await ctx.post([chat], lines(text, *marks), dialogue=dialogue)
    return Told.PRIVATELY


def _please_open(ctx: CommandContext) -> LazyText:
    return _(
        "The overview is for you alone. Please open a private chat with me: {address}",
        address=ctx.addresses("brief").get(ctx.chat.ref.messenger, ""),
    )


async def _text(ctx: Context, dialogue: Dialogue, person_id: int, zone: str) -> LazyText | None:
    """Return the brief for a person in a time zone; None if there is nothing in it."""
    parts = [
        await _priorities(ctx, dialogue),
        await _agreed(ctx, dialogue, zone),
        await _overdue(ctx, dialogue, zone),
        await _coming(ctx, dialogue, person_id),
    ]
    if not any(parts):
        return None
    title = _("🗒️ *{dialogue} at a glance*", dialogue=shortened(dialogue.name, LONGEST))
    return lines(title, *(lines(*part) for part in parts if part), by="\n\n")


async def _priorities(ctx: Context, dialogue: Dialogue) -> list[LazyText]:
    poll = await ctx.store.polls.in_force(dialogue.id)
    if poll is None or poll.result is None:
        return []
    topics = await ctx.store.polls.topics(poll.id)
    order = Result.from_json(poll.result).topics
    rows = [
        _("{place}. {topic}", place=str(each.place), topic=shortened(topics[each.topic - 1].text, LONGEST))
        for each in order[:MOST]
    ]
    return [_("*Priorities* (`/priorities`)"), *rows, *_more(len(order) - MOST)]


async def _agreed(ctx: Context, dialogue: Dialogue, zone: str) -> list[LazyText]:
    """Return what was agreed since the last roundtable or, if there was none, lately."""
    past = await ctx.store.roundtables.past(dialogue.id, _PAST)
    last = next((each for each in past if each.state is RoundtableState.ENDED), None)
    since = (last.ended_at or last.ends_at) if last else ctx.now - LATELY
    today, which = _rows.today(ctx, zone), ActionFilter.AGREED
    count = await ctx.store.actions.count(dialogue.id, which, today=today, since=since)
    points = await ctx.store.actions.listed(dialogue.id, which, today=today, since=since, limit=MOST)
    n = str(count)
    head = _("*Agreed in the last 30 days: {n}*", n=n)
    if last:
        head = _("*Agreed since roundtable {number}: {n}*", number=str(last.number), n=n)
    return [head, *[await _row(ctx, each) for each in points], *_more(count - MOST)] if count else []


async def _overdue(ctx: Context, dialogue: Dialogue, zone: str) -> list[LazyText]:
    today, which = _rows.today(ctx, zone), ActionFilter.OVERDUE
    count = await ctx.store.actions.count(dialogue.id, which, today=today)
    points = await ctx.store.actions.listed(dialogue.id, which, today=today, limit=MOST)
    rows = [await _row(ctx, each) for each in points]
    return [_("*Overdue: {n}*", n=str(count)), *rows, *_more(count - MOST)] if count else []


async def _coming(ctx: Context, dialogue: Dialogue, person_id: int) -> list[LazyText]:
    """Return the next roundtable, when it is, and what the person has answered."""
    coming = await ctx.store.roundtables.coming(dialogue.id)
    if not coming:
        return []
    first = coming[0]
    title, number = shortened(first.title, LONGEST), str(first.number)
    rows = [
        _("*Next roundtable: {title}*", title=title),
        _("Number {number}, {when}", number=number, when=first.starts_at),
    ]
    invitation = await ctx.store.invitations.get(first.id, person_id)
    if invitation and invitation.deputy_id is None:
        rows.append(_ANSWERS.get(invitation.answer) or _open(number))
    return rows


def _open(number: str) -> LazyText:
    return _("You have not answered yet: `/attend {number} yes`", number=number)


async def _row(ctx: Context, point: ActionPoint) -> LazyText:
    point = await _terms.effective(ctx, point)
    text = _("*{number}* {text}", number=str(point.number), text=_rows.wording(point, LONGEST))
    return _("{action} – due {day}", action=text, day=point.due_on) if point.due_on else text


def _more(left: int) -> list[LazyText]:
    return [n_("… and {n} more", "… and {n} more", left)] if left > 0 else []
