"""Reminders to vote: those that a coordinator asks for, and a notice shortly before the close.

Who has a private chat with the bot is reminded there, by a job in small parts; the others of a city are mentioned in
one message in its chat. The notice follows the local day of each recipient, one time zone after the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.commands.attempt import attempt
from bot.commands.context import Context, DialogueContext
from bot.dates import nights
from bot.jobs import lateness
from bot.jobs.kinds import JobKind
from bot.text.catalogue import UserError, _
from handlers.polls import _choices, _mentions, _posts, _reminder_text, _turnout
from handlers.polls._mentions import Place
from handlers.polls._receipts import voter
from handlers.polls._reminder_text import Why
from handlers.polls._turnout import are_named
from storage import Chat, Job, Poll, RosterMember, StoredMessage

REMIND = "reminders to vote"
"""The kind of jobs that remind people in private; the payload has the poll, the people who are left, and why."""
NOTICE = "polls that close soon"
"""The kind of jobs that send the notice; the key is the poll's id, the payload has the time zones that are done."""
PAUSE = timedelta(hours=1)
"""Least time between two reminders that a coordinator asks for."""
MOST = 25
"""People reminded in one transaction: others wait for it."""
LONG, EARLY, LATE = timedelta(days=3), timedelta(days=1), timedelta(hours=1)
"""How long before the close the notice is sent: a day, if the poll is open for three days or more, else an hour."""


async def remind(ctx: DialogueContext, poll: Poll, _rest: str) -> None:
    """Remind everybody with a role who has not voted, and reply how many are reached, and how."""
    if not _is_open(ctx, poll):
        raise UserError(_("Poll {number} is not open, so there is nobody to remind.", number=str(poll.number)))
    if poll.reminded_at and ctx.now < poll.reminded_at + PAUSE:
        raise UserError(_reminder_text.too_soon(poll, poll.reminded_at, poll.reminded_at + PAUSE))
    missing = [each for city in await _turnout.of(ctx, poll) for each in city.missing]
    if not missing:
        await ctx.reply(_("Everybody with a role has voted in poll {number}.", number=str(poll.number)))
        return
    privately, others = await _divided(ctx, missing)
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    found = await _mentions.find(ctx, poll, chats, others)
    for place in found.places.values():
        await _post(ctx, poll, place, Why.ASKED)
    await _schedule(ctx, poll, privately, Why.ASKED)
    await ctx.store.polls.change(poll, reminded_at=ctx.now)
    await ctx.reply(await _reminder_text.outcome(ctx, poll, len(privately), found))


async def plan(ctx: Context, poll: Poll) -> None:
    """Plan the notice anew, after the poll has opened or closed, or its closing time has changed."""
    times = await _times(ctx, poll) if _is_open(ctx, poll) else {}
    coming = [at for at in times.values() if at > ctx.now]
    if coming:
        over = [zone for zone, at in times.items() if at <= ctx.now]
        await ctx.store.jobs.schedule(NOTICE, str(poll.id), min(coming), {"done": over})
    else:
        await ctx.store.jobs.cancel(NOTICE, str(poll.id))


async def send_notice(ctx: Context, job: Job, _prepared: None) -> None:
    """Send the notice where its time has come; the job is due again when the next time zone is."""
    poll = await ctx.store.polls.read(int(job.key))
    if poll is None or not _is_open(ctx, poll):
        return
    now = max(ctx.now, job.due_at)  # when the clock is set back, jobs come early
    done, due, coming, why = set[str](job.payload["done"]), set[str](), list[datetime](), Why.SOON
    for zone, planned in (await _times(ctx, poll)).items():
        is_late = lateness.is_late(planned, now)
        at = nights.by_day(now, _end(poll), zone) if is_late else planned
        if zone in done:
            continue
        if at > now:
            coming.append(at)
            continue
        done.add(zone)
        if at == now or not is_late:  # otherwise it is night there until the close
            due.add(zone)
            why = Why.LATE if is_late else why
    await _notify(ctx, poll, due, why)
    if coming:
        await ctx.store.jobs.schedule(job.kind, job.key, min(coming), {"done": sorted(done)})


async def send(ctx: Context, job: Job, _prepared: None) -> None:
    """Remind some people in private; the job is due again while there are more."""
    poll = await ctx.store.polls.read(job.payload["poll"])
    if poll is None or not _is_open(ctx, poll):
        return
    people = job.payload["people"]
    dialogue, topics = await ctx.store.dialogues.get(poll.dialogue_id), await ctx.store.polls.topics(poll.id)
    text = _reminder_text.to_person(poll, len(topics), dialogue, ctx.now, Why(job.payload["why"]))
    for person_id in people[:MOST]:
        async with attempt(ctx.store, "reminder", poll=poll.id):
            chats = await ctx.store.chats.private(person_id)
            has_voted = await ctx.store.ballots.of(poll, voter(ctx, poll, person_id)) is not None  # meanwhile
            if chats and chats[0].is_at_home and not has_voted:
                await ctx.post(chats[:1], text, _choices.vote_button(poll), dialogue=dialogue)
    if rest := people[MOST:]:
        await ctx.store.jobs.schedule(job.kind, job.key, payload={**job.payload, "people": rest})


async def fall_back(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Mention somebody in their city's chat, as they have blocked the private one before a reminder could arrive."""
    poll = await _posts.of_post(ctx, post) if chat.person_id else None
    if chat.person_id is None or poll is None or not (_is_open(ctx, poll) and are_named(poll)):
        return
    if await ctx.store.ballots.of(poll, voter(ctx, poll, chat.person_id)) is None:
        dialogue, topics = await ctx.store.dialogues.get(poll.dialogue_id), await ctx.store.polls.topics(poll.id)
        text = _reminder_text.to_person(poll, len(topics), dialogue, ctx.now, Why.ASKED, has_button=False)
        await ctx.tell(chat.person_id, text, dialogue=dialogue)


async def _notify(ctx: Context, poll: Poll, zones: set[str], why: Why) -> None:
    """Send the notice to the chats and people of some time zones."""
    missing = [each for city in await _turnout.of(ctx, poll) for each in city.missing]
    privately, others = await _divided(ctx, missing)
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    found = await _mentions.find(ctx, poll, chats, others)
    for chat in chats:
        if chat.is_at_home and _zone(chat) in zones:
            await _post(ctx, poll, found.at(chat), why)
    await _schedule(ctx, poll, [each for each in privately if each.zone in zones], why)


async def _post(ctx: Context, poll: Poll, place: Place, why: Why) -> None:
    """Remind a chat, as an answer to the card there, and mention those who cannot be reminded in private."""
    topics = await ctx.store.polls.topics(poll.id)
    dialogue = await ctx.store.dialogues.get(poll.dialogue_id)
    text = _reminder_text.to_chat(poll, len(topics), place, ctx.now, why)
    accounts = tuple(account for _person, account in place.people)
    await ctx.post([place.chat], text, reply_to=poll.card_id, mentions=accounts, dialogue=dialogue)


async def _schedule(ctx: Context, poll: Poll, people: Iterable[RosterMember], why: Why) -> None:
    """Schedule that people are reminded in private."""
    if ids := [each.person_id for each in people]:
        key = f"{poll.id} {why} {int(ctx.now.timestamp())}"
        await ctx.store.jobs.schedule(REMIND, key, payload={"poll": poll.id, "people": ids, "why": why})


async def _divided(ctx: Context, people: Iterable[RosterMember]) -> tuple[list[RosterMember], list[RosterMember]]:
    """Return who can be reminded in private, and who cannot."""
    here = await ctx.store.chats.in_private()
    divided: tuple[list[RosterMember], list[RosterMember]] = [], []
    for each in people:
        divided[each.person_id not in here].append(each)
    return divided


def _is_open(ctx: Context, poll: Poll) -> bool:
    return poll.is_open and poll.closes_at is not None and ctx.now < poll.closes_at


def _end(poll: Poll) -> datetime:
    if poll.closes_at is None:
        raise LookupError(f"poll {poll.number} has no end")
    return poll.closes_at


async def _times(ctx: Context, poll: Poll) -> dict[str, datetime]:
    """Return when the notice is due in each time zone of the chats and of those with a role: not in the night."""
    end = _end(poll)
    is_long = end - (poll.opened_at or poll.created_at) >= LONG
    planned = end - (EARLY if is_long else LATE)
    chats = await ctx.store.chats.of_dialogue(poll.dialogue_id)
    zones = {*map(_zone, chats), *(each.zone for each in await ctx.store.roles.roster(poll.dialogue_id))}
    return {zone: nights.by_day(planned, end, zone) for zone in sorted(zones)}


def _zone(chat: Chat) -> str:
    return chat.zone or "UTC"


KINDS = (JobKind(name=REMIND, apply=send), JobKind(name=NOTICE, apply=send_notice))
