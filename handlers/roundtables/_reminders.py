"""The reminders of a roundtable: planned as rows, sent when they are due ([ADR 27](docs/adr/0027-reminders.md)).

One job for each roundtable is due with the earliest of its rows, so the work grows with what is due.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.attempt import attempt
from bot.commands.context import Context, Told
from bot.dates import nights
from bot.jobs import lateness
from bot.model import MessengerName
from handlers.roundtables import _catchup, _moments, _recipients, _reminder_text
from handlers.roundtables._choices import choices
from storage import (
    AgendaItem,
    Answer,
    Chat,
    City,
    Dialogue,
    Invitation,
    Job,
    Participation,
    Person,
    Reminder,
    ReminderState,
    Roundtable,
    RoundtableState,
    StoredMessage,
)

REMINDERS = "reminders"
"""The kind of jobs; the key is the roundtable's id."""
MOST = 25
"""Reminders sent in one transaction: others wait for it."""


async def plan(ctx: Context, roundtable: Roundtable) -> None:
    """Plan the reminders of a roundtable anew, after its time, its state or its invitations have changed."""
    planned = roundtable.state is RoundtableState.PLANNED
    wanted = await _recipients.wanted(ctx, roundtable) if planned else []
    await ctx.store.reminders.plan(roundtable, wanted, ctx.now)
    await _schedule(ctx, roundtable)


async def reminded_privately(ctx: Context, roundtable: Roundtable) -> set[int]:
    """Return the ids of the people who have been reminded in private: they learn there of a change, too."""
    return await ctx.store.reminders.people_told(roundtable.id, Told.PRIVATELY)


async def send_due(ctx: Context, job: Job, _prepared: None) -> None:
    """Send the reminders of a roundtable that are due, a part of them if there are many."""
    roundtable = await ctx.store.roundtables.of_job(int(job.key))
    if roundtable is None:  # its dialogue was removed
        return
    if roundtable.started_at or roundtable.state is RoundtableState.CANCELLED:
        await plan(ctx, roundtable)
        return
    now = max(ctx.now, job.due_at)  # when the clock is set back, jobs come early
    for reminder in await ctx.store.reminders.due(roundtable.id, now, most=MOST):
        async with attempt(ctx.store, "reminder", reminder=reminder.id) as ended:
            await _send(ctx, roundtable, reminder)
        if ended.refusal is not None:
            await _expire(ctx, roundtable, reminder)
    await _schedule(ctx, roundtable)


async def fall_back(ctx: Context, chat: Chat, post: StoredMessage) -> bool:
    """Mention somebody in their city's chat, as they have blocked the private one before a reminder could arrive.

    Return whether the post was a reminder.
    """
    reminder = await ctx.store.reminders.posted(chat.person_id, post.id) if chat.person_id else None
    if reminder is None or reminder.person_id is None:
        return False
    if reminder.told != Told.PRIVATELY:
        return True
    roundtable = await ctx.store.roundtables.get(reminder.roundtable_id)
    invitation = await ctx.store.invitations.get(roundtable.id, reminder.person_id)
    told = Told.NOT
    if invitation and not _has_begun(ctx, roundtable) and _recipients.is_expected(invitation):
        dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
        text = _reminder_text.to_chat(roundtable, roundtable.starts_at - ctx.now, [])
        told = await ctx.tell(reminder.person_id, text, dialogue=dialogue)
    await ctx.store.reminders.close(reminder, reminder.state, ctx.now, told=told)
    return True


async def _schedule(ctx: Context, roundtable: Roundtable) -> None:
    """Schedule the job of a roundtable for its next reminder, if there is one."""
    if due := await ctx.store.reminders.next_due(roundtable.id):
        await ctx.store.jobs.schedule(REMINDERS, str(roundtable.id), due)
    else:
        await ctx.store.jobs.cancel(REMINDERS, str(roundtable.id))


async def _send(ctx: Context, roundtable: Roundtable, reminder: Reminder) -> None:
    is_late = lateness.is_late(reminder.due_at, ctx.now)
    if _has_begun(ctx, roundtable):
        await _expire(ctx, roundtable, reminder)
    elif is_late and await ctx.store.reminders.is_superseded(reminder, ctx.now):
        await ctx.store.reminders.close(reminder, ReminderState.VOID, ctx.now)
    elif reminder.chat_id is not None:
        await _to_chat(ctx, roundtable, reminder, reminder.chat_id, is_late=is_late)
    elif reminder.person_id is not None:
        await _to_person(ctx, roundtable, reminder, reminder.person_id, is_late=is_late)


def _has_begun(ctx: Context, roundtable: Roundtable) -> bool:
    return ctx.now >= roundtable.starts_at


async def _expire(ctx: Context, roundtable: Roundtable, reminder: Reminder) -> None:
    await ctx.store.reminders.close(reminder, ReminderState.EXPIRED, ctx.now, told=Told.NOT)
    await _catchup.schedule(ctx, roundtable.dialogue_id)


async def _to_chat(ctx: Context, roundtable: Roundtable, reminder: Reminder, chat_id: int, *, is_late: bool) -> None:
    """Remind a chat, and in it those of its city who cannot be reminded in private."""
    chat = await ctx.store.chats.get(chat_id)
    if _recipients.has_left(chat, roundtable):
        await ctx.store.reminders.close(reminder, ReminderState.VOID, ctx.now)
        return
    mentioned = await _recipients.mentioned_in(ctx, roundtable, chat)
    time = _moments.to_go(ctx.now, roundtable.starts_at, chat.zone or roundtable.zone)
    rest = [_reminder_text.please_open(mentioned, _address(ctx, chat.ref.messenger))] if mentioned else []
    rest += [lateness.mark(reminder.due_at)] if is_late else []
    dialogue, agenda = await _about(ctx, roundtable)
    post_id = await ctx.post(
        [chat],
        _reminder_text.to_chat(roundtable, time, agenda, *rest),
        reply_to=roundtable.card_id,
        mentions=tuple(account for _person, account in mentioned),
        dialogue=dialogue,
    )
    if mentioned and chat.city and not await ctx.store.reminders.has_mentioned(roundtable.id, chat.id, Told.IN_CHAT):
        await _tell_coordinators(ctx, roundtable, chat.city, [person for person, _account in mentioned])
    await _sent(ctx, roundtable, reminder, Told.IN_CHAT if mentioned else None, post_id, is_late=is_late)


async def _to_person(
    ctx: Context, roundtable: Roundtable, reminder: Reminder, person_id: int, *, is_late: bool
) -> None:
    """Remind a person in private, if they have opened a chat with the bot; others are mentioned in their city's."""
    person = await ctx.store.people.get(person_id)
    invitation = await ctx.store.invitations.get(roundtable.id, person_id)
    times = roundtable.remind if person.remind is None else person.remind
    if invitation is None or not _recipients.is_reminded(invitation) or reminder.before not in times:
        await ctx.store.reminders.close(reminder, ReminderState.VOID, ctx.now)
        return
    chat = await ctx.private_chat(person_id)
    if chat is None:
        told = await _told_otherwise(ctx, roundtable, reminder, person, invitation)
        await ctx.store.reminders.close(reminder, ReminderState.SENT, ctx.now, told=told)
        return
    zone = (await ctx.voice.locale_context(ctx.store, chat)).zone
    if is_late and (morning := nights.by_day(ctx.now, roundtable.starts_at, zone)) > ctx.now:
        await ctx.store.reminders.postpone(reminder, morning)
        return
    dialogue, agenda = await _about(ctx, roundtable)
    time = _moments.to_go(ctx.now, roundtable.starts_at, zone)
    rest = [lateness.mark(reminder.due_at)] if is_late else []
    text = _reminder_text.to_person(roundtable, dialogue, time, agenda, *rest, invitation=invitation)
    speaks = invitation.part is Participation.SPEAKER
    buttons = choices(roundtable, speaks=speaks) if invitation.answer in {Answer.OPEN, Answer.MAYBE} else ()
    post_id = await ctx.post([chat], text, *buttons, dialogue=dialogue)
    await _sent(ctx, roundtable, reminder, Told.PRIVATELY, post_id, is_late=is_late)


async def _told_otherwise(
    ctx: Context, roundtable: Roundtable, reminder: Reminder, person: Person, invitation: Invitation
) -> Told | None:
    """Return how somebody without a private chat is told: by the reminder in their city's chat, if they should be."""
    if person.remind == () or reminder.before not in roundtable.remind or not _recipients.is_expected(invitation):
        return None
    place = await _recipients.place_of_mention(ctx, roundtable, person, invitation.city_id)
    return Told.IN_CHAT if place else Told.NOT


async def _sent(
    ctx: Context, roundtable: Roundtable, reminder: Reminder, told: Told | None, post_id: int, *, is_late: bool
) -> None:
    state = ReminderState.LATE if is_late else ReminderState.SENT
    await ctx.store.reminders.close(reminder, state, ctx.now, told=told, post_id=post_id)
    if is_late:
        await _catchup.schedule(ctx, roundtable.dialogue_id)


async def _tell_coordinators(ctx: Context, roundtable: Roundtable, city: City, people: Sequence[Person]) -> None:
    """Report to the coordinators of a city, in private, who was only mentioned; in the chat they have seen it."""
    for each in await ctx.store.roles.coordinators_of(city):
        if each.dialogue_id == roundtable.dialogue_id and (chat := await ctx.private_chat(each.person_id)):
            address = _address(ctx, people[0].accounts[0].messenger)
            await ctx.post([chat], _reminder_text.not_reached(roundtable, people, city, address))


async def _about(ctx: Context, roundtable: Roundtable) -> tuple[Dialogue, list[AgendaItem]]:
    return await ctx.store.dialogues.get(roundtable.dialogue_id), await ctx.store.agenda.of(roundtable.id)


def _address(ctx: Context, messenger: MessengerName) -> str:
    """Return the address at which people open a private chat with the bot."""
    return ctx.addresses("remind").get(messenger, "")
