"""Reminders of the owners of an action point: in their own morning, on the day before the due date and on the day.

One job for each action point is due with the earliest of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.agreement import AgreementState
from bot.commands.attempt import attempt
from bot.commands.context import Context, Told
from bot.dates import nights
from bot.dates.daily import MORNING, at_local
from bot.jobs import lateness
from bot.jobs.kinds import JobKind
from bot.text.catalogue import LazyText, _, lines
from bot.voice import Choice
from handlers.agreements.actions import _card, _rows, _terms
from storage import ActionPoint, Chat, Dialogue, DueReminder, Job, PlannedDueReminder, StoredMessage

REMIND = "due dates"
"""The kind of jobs; the key is the action point's id."""
MOVED = "moved owners"
"""The kind of jobs after somebody has moved to another time zone; the key is the dialogue's id."""
MOST = 25
"""Action points planned anew in one transaction: others wait for it."""
DAYS = (1, 0)
"""How many days before the due date people are reminded."""
LONGEST = 300
"""Characters of the text that a reminder shows."""


async def plan(ctx: Context, point: ActionPoint) -> None:
    """Bring the reminders into step with the due date, the owners and the state."""
    wanted = []
    if point.agreement.is_open and (due := point.effective_due):
        for person_id, zone in (await ctx.store.due_reminders.zones(point)).items():
            wanted += [_planned(person_id, due, days, zone) for days in DAYS]
    await ctx.store.due_reminders.plan(point.id, wanted, ctx.now)
    await _schedule(ctx, point.id)


async def follow(ctx: Context, dialogue_id: int) -> None:
    """Schedule new plans for the reminders of people in a dialogue who live in another time zone now."""
    await ctx.store.jobs.schedule(MOVED, str(dialogue_id))


async def plan_moved(ctx: Context, job: Job, _prepared: None) -> None:
    """Plan the reminders of people in another time zone anew; the job is due again while there are more."""
    moved = await ctx.store.due_reminders.moved(int(job.key), most=MOST)
    for action_id in moved:
        if point := await ctx.store.actions.of_job(action_id):
            await plan(ctx, point)
    if len(moved) == MOST:
        await ctx.store.jobs.schedule(job.kind, job.key)


async def send_due(ctx: Context, job: Job, _prepared: None) -> None:
    """Send the reminders of an action point that are due; of several to one person, the last."""
    point = await ctx.store.actions.of_job(int(job.key))
    if point is None:  # its dialogue was removed
        return
    now = max(ctx.now, job.due_at)  # when the clock is set back, jobs come early
    due = [each for each in await ctx.store.due_reminders.pending(point.id) if _moment(each, now) <= now]
    last = {each.person_id: each for each in due}
    for reminder in due:
        if reminder is last[reminder.person_id]:
            async with attempt(ctx.store, "reminder", reminder=reminder.id):
                await _send(ctx, point, reminder)
                continue
        await ctx.store.due_reminders.close(reminder, ctx.now)
    await _schedule(ctx, point.id)


async def fall_back(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Mention somebody in their city's chat, as they have blocked the private one before a reminder could arrive."""
    reminder = await ctx.store.due_reminders.posted(chat.person_id, post.id) if chat.person_id else None
    if reminder is None or reminder.told != Told.PRIVATELY:
        return
    point = await ctx.store.actions.get(reminder.action_id)
    told = Told.NOT
    if point.agreement.is_open and point.effective_due == reminder.due_on:
        told = await _mention(ctx, point, reminder)
    await ctx.store.due_reminders.close(reminder, ctx.now, told=told)


async def _schedule(ctx: Context, action_id: int) -> None:
    """Schedule the job of an action point for its next reminder, if there is one."""
    if pending := await ctx.store.due_reminders.pending(action_id):
        due = min(_moment(each, ctx.now) for each in pending)
        await ctx.store.jobs.schedule(REMIND, str(action_id), due)
    else:
        await ctx.store.jobs.cancel(REMIND, str(action_id))


def _planned(person_id: int, due_on: date, days: int, zone: str) -> PlannedDueReminder:
    return PlannedDueReminder(person_id, due_on, days, zone, at_local(MORNING, due_on - timedelta(days), zone))


def _moment(reminder: DueReminder, now: datetime) -> datetime:
    """Return when a reminder is sent: when it is due; if that is over, as soon as it is not night there."""
    if not lateness.is_late(reminder.due_at, now):
        return reminder.due_at
    return nights.by_day(now, now + timedelta(days=1), reminder.zone)


async def _send(ctx: Context, point: ActionPoint, reminder: DueReminder) -> None:
    """Remind a person in private, or else by a mention in their city's chat; nobody who wants none, or has left."""
    person = await ctx.store.people.get(reminder.person_id)
    if person.remind == () or await ctx.store.roles.of(point.dialogue_id, person.id) is None:
        await ctx.store.due_reminders.close(reminder, ctx.now)
    elif chat := await ctx.private_chat(person.id):
        dialogue = await ctx.store.dialogues.get(point.dialogue_id)
        text = await _text(ctx, point, reminder, dialogue)
        post_id = await ctx.post([chat], text, *_buttons(point), dialogue=dialogue)
        await ctx.store.due_reminders.close(reminder, ctx.now, told=Told.PRIVATELY, post_id=post_id)
    else:
        await ctx.store.due_reminders.close(reminder, ctx.now, told=await _mention(ctx, point, reminder))


async def _mention(ctx: Context, point: ActionPoint, reminder: DueReminder) -> Told:
    dialogue = await ctx.store.dialogues.get(point.dialogue_id)
    text = await _text(ctx, point, reminder, dialogue)
    told = await ctx.tell(reminder.person_id, text, *_buttons(point), dialogue=dialogue)
    if told is Told.NOT:  # they are on another messenger than the chats of their city, which should know
        appointment = await ctx.store.roles.of(dialogue.id, reminder.person_id)
        city = appointment.city if appointment else None
        chats = [each for each in await ctx.store.chats.of_dialogue(dialogue.id) if city and each.city == city]
        name = (await ctx.store.people.get(reminder.person_id)).name
        await ctx.post(chats, _("{who}: {text}", who=name, text=text), *_buttons(point), dialogue=dialogue)
    return told


def _buttons(point: ActionPoint) -> Sequence[Choice]:
    """Return the button that marks it as done, once it is agreed."""
    return _card.buttons(point) if point.state is AgreementState.AGREED else ()


async def _text(ctx: Context, point: ActionPoint, reminder: DueReminder, dialogue: Dialogue) -> LazyText:
    point = await _terms.effective(ctx, point)
    rows = [
        _when(reminder, _rows.today(ctx, reminder.zone), point),
        _(
            "Action point {number} of {dialogue}, due {day}",
            number=str(point.number),
            dialogue=dialogue.name,
            day=_terms.day(reminder.due_on),
        ),
        _state(point),
    ]
    return lines(*rows, *([lateness.mark(reminder.due_at)] if lateness.is_late(reminder.due_at, ctx.now) else []))


def _when(reminder: DueReminder, today: date, point: ActionPoint) -> LazyText:
    text = _rows.wording(point, LONGEST)
    if reminder.due_on < today:
        return _("🔔 *Overdue:* {text}", text=text)
    if reminder.due_on == today:
        return _("🔔 *Due today:* {text}", text=text)
    return _("🔔 *Due tomorrow:* {text}", text=text)


def _state(point: ActionPoint) -> LazyText:
    number = str(point.number)
    if point.state is AgreementState.AGREED:
        return _("When it is done, press the button or write `/action {number} done`.", number=number)
    if point.agreement.in_force is not None:
        return _("A change of it is not agreed yet: `/action {number}` shows it.", number=number)
    if point.state is AgreementState.OBJECTED:
        return _("It is not agreed, as a city objects: `/action {number}` shows why.", number=number)
    return _("It is not agreed yet: `/action {number}` shows which city is missing.", number=number)


KINDS = (JobKind(name=REMIND, apply=send_due), JobKind(name=MOVED, apply=plan_moved))
