"""Who is invited: the mayors as speakers, staff and coordinators as listeners, and whom a coordinator adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.commands.context import Context, Told
from bot.dates import in_words
from bot.text.catalogue import LazyText, _, lines
from handlers.roundtables import _card, _files, _reminders, _unanswered
from handlers.roundtables._choices import PART_NAMES, choices
from handlers.roundtables._lookup import of_post
from handlers.roundtables._roster import reconciled
from storage import (
    Answer,
    Appointment,
    Chat,
    Invitation,
    Participation,
    Person,
    Roundtable,
    RoundtableState,
    StoredMessage,
)

Invited = Mapping[int, Invitation]
"""The invitations to one roundtable, by person."""


async def sync(ctx: Context, roundtable: Roundtable, *edited: Invitation) -> Invited:
    """Update the invitations of an open roundtable to the roles in its dialogue, and return them.

    `edited` take the place of those that are stored. Once the roundtable is announced, those concerned are told: who
    is to speak, whom a coordinator has invited, deputies, and whose deputy can stand in no more.
    """
    before = {each.person_id: each for each in await ctx.store.invitations.of(roundtable.id)}
    known = before | {each.person_id: each for each in edited}
    after = reconciled(roundtable.id, await _roster(ctx, roundtable, known.values()), known.values())
    changed = [id for id in sorted(before.keys() | after.keys()) if before.get(id) != after.get(id)]
    for id in changed:
        if invitation := after.get(id):
            await ctx.store.invitations.save(invitation)
        else:
            await ctx.store.invitations.withdraw(before[id])
    if changed and roundtable.card_id is not None:
        chosen = {each.person_id for each in edited}
        for id in changed:
            await _tell_change(ctx, roundtable, before.get(id), after.get(id), chosen=id in chosen)
        if _parts(before) != _parts(after):
            await _reminders.plan(ctx, roundtable)
        await _card.refresh(ctx, roundtable)
    return after


async def current(ctx: Context, roundtable: Roundtable, person_id: int) -> Invitation | None:
    """Return the invitation of a person, as their role is now."""
    stored = await ctx.store.invitations.get(roundtable.id, person_id)
    appointment = await ctx.store.roles.of(roundtable.dialogue_id, person_id)
    alone = replace(stored, deputy_id=None) if stored else None
    followed = reconciled(roundtable.id, [appointment] if appointment else [], [alone] if alone else [])
    if followed.get(person_id) == alone:
        return stored
    return (await sync(ctx, roundtable)).get(person_id)


async def change(ctx: Context, roundtable: Roundtable, before: Invitation, after: Invitation) -> None:
    """Store a changed invitation, and show it."""
    if before.deputy_id != after.deputy_id:
        await sync(ctx, roundtable, after)
    elif before != after:
        await ctx.store.invitations.save(after)
        await _card.refresh(ctx, roundtable)


async def send(ctx: Context, roundtable: Roundtable) -> None:
    """Notify everybody who is to speak, or was added by a coordinator; the others are invited by the card."""
    for each in await ctx.store.invitations.of(roundtable.id):
        if is_personal(each):
            await _invite(ctx, roundtable, each)
    await _unanswered.plan(ctx, roundtable)


def is_personal(invitation: Invitation) -> bool:
    """Whether a person is invited one by one, and not just by the card."""
    return invitation.part is Participation.SPEAKER or invitation.explicit


async def follow_roles(ctx: Context, dialogue_id: int) -> None:
    """Update the invitations to all roundtables to come, after a change of the roles in a dialogue."""
    for each in await ctx.store.roundtables.coming(dialogue_id):
        roundtable = await ctx.store.roundtables.get(each.id)  # locked
        if roundtable.is_open:
            await sync(ctx, roundtable)
            await _reminders.plan(ctx, roundtable)  # zones, and times that people have chosen, may have changed
            await _card.refresh(ctx, roundtable)  # people may have been forgotten, or become one


async def fall_back(ctx: Context, chat: Chat, post: StoredMessage) -> None:
    """Mention somebody in their city's chat, as they have blocked the private one before an invitation could arrive."""
    roundtable = await of_post(ctx, post) if chat.person_id else None
    if roundtable is None or roundtable.state is not RoundtableState.PLANNED:
        return
    invitation = await ctx.store.invitations.get(roundtable.id, chat.person_id or 0)
    if invitation and is_personal(invitation) and invitation.answer is Answer.OPEN:
        await _invite(ctx, roundtable, invitation)


async def tell_privately(ctx: Context, roundtable: Roundtable, text: LazyText) -> None:
    """Notify those who are invited personally, or were reminded in private; the others read it in a chat."""
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    reminded = await _reminders.reminded_privately(ctx, roundtable)
    for each in await ctx.store.invitations.of(roundtable.id):
        hears = is_personal(each) or each.person_id in reminded
        private = await ctx.store.chats.private(each.person_id) if hears else []
        if private and private[0].is_at_home:
            buttons = choices(roundtable, speaks=each.part is Participation.SPEAKER) if roundtable.is_open else ()
            told = await ctx.post(private[:1], text, *buttons, dialogue=dialogue)
            await _files.post(ctx, roundtable, private[:1], told)


async def say(ctx: Context, roundtable: Roundtable, person_id: int, text: LazyText) -> None:
    """Notify one person about a roundtable, in private or else by a mention."""
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    about = _("Roundtable {number}, {title}: {text}", number=str(roundtable.number), title=roundtable.title, text=text)
    await ctx.tell(person_id, about, dialogue=dialogue)


async def _roster(ctx: Context, roundtable: Roundtable, known: Iterable[Invitation]) -> list[Appointment]:
    """Return the appointments above guests, and those of guests who are invited."""
    roster = await ctx.store.roles.above_guests(roundtable.dialogue_id)
    ids = {each.person_id for each in known} - {each.person_id for each in roster}
    guests = [await ctx.store.roles.of(roundtable.dialogue_id, id) for id in sorted(ids)]
    return roster + [each for each in guests if each]


def _parts(invited: Invited) -> dict[int, Participation]:
    return {id: each.part for id, each in invited.items()}


async def _tell_change(
    ctx: Context, roundtable: Roundtable, before: Invitation | None, after: Invitation | None, *, chosen: bool
) -> None:
    """Notify a person of what has changed for them, unless it is what was `chosen`."""
    if before and before.deputy_for and (after is None or after.deputy_for != before.deputy_for):
        speaker = await ctx.store.people.get(before.deputy_for)
        text = _("You no longer stand in for {name}.", name=speaker.name)
        await say(ctx, roundtable, before.person_id, text)
    if after is None:
        return
    if before and before.deputy_id and after.deputy_id is None and not chosen:
        text = _("Your deputy can no longer stand in for you. Please answer again, or name somebody else.")
        await say(ctx, roundtable, after.person_id, text)
    if _is_new(before, after):
        await _invite(ctx, roundtable, after)


def _is_new(before: Invitation | None, after: Invitation) -> bool:
    """Whether somebody is invited personally as what they were not before."""
    if before is None or before.part is not after.part:
        return is_personal(after)
    return (after.explicit and not before.explicit) or after.deputy_for not in {None, before.deputy_for}


async def _invite(ctx: Context, roundtable: Roundtable, invitation: Invitation) -> None:
    dialogue = await ctx.store.dialogues.get(roundtable.dialogue_id)
    person = await ctx.store.people.get(invitation.person_id)
    speaks = invitation.part is Participation.SPEAKER
    rows = [
        _(
            "📨 You are invited as *{part}* to roundtable {number}: *{title}*",
            part=PART_NAMES[invitation.part],
            number=str(roundtable.number),
            title=roundtable.title,
        )
    ]
    if invitation.deputy_for:
        speaker = await ctx.store.people.get(invitation.deputy_for)
        rows.append(_("You stand in for {name}.", name=speaker.name))
    rows += facts(roundtable)
    rows.append(_("Please answer with a button, or write `/attend {number} yes`.", number=str(roundtable.number)))
    buttons = choices(roundtable, speaks=speaks, made_for=person)
    told = await ctx.tell(person.id, lines(*rows), *buttons, dialogue=dialogue)
    if told is Told.PRIVATELY:
        await _files.post(ctx, roundtable, (await ctx.store.chats.private(person.id))[:1])
    elif told is Told.NOT:
        (city,) = [each for each in dialogue.cities if each.id == invitation.city_id]
        await _unanswered.tell_city(ctx, dialogue, city, _not_told(roundtable, person))


def _not_told(roundtable: Roundtable, person: Person) -> LazyText:
    return _(
        "I cannot tell {name} about the invitation to roundtable {number}: please do, and ask them to write to me in"
        " private once.",
        name=person.name,
        number=str(roundtable.number),
    )


def facts(roundtable: Roundtable) -> list[LazyText]:
    """Return when, in the reader's zone, and where a roundtable takes place."""
    rows = [_("{start}, for {length}", start=roundtable.starts_at, length=in_words(roundtable.length))]
    return rows + ([_("*Where:* {place}", place=roundtable.place)] if roundtable.place else [])
