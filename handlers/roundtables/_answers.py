"""Answers to the invitation to a roundtable, by command, button or reaction."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from bot.commands.context import CommandContext, DialogueContext
from bot.commands.router import Router
from bot.model import Reaction
from bot.text.catalogue import LazyText, UserError, _
from handlers.roundtables._choices import ATTEND, Response, acknowledgement, response_by, response_in
from handlers.roundtables._deputies import is_withdrawn, name_deputy
from handlers.roundtables._invitations import change, current, say
from handlers.roundtables._lookup import GROUP, find, of_post
from storage import Answer, Invitation, Participation, Roundtable, RoundtableState

router = Router(GROUP)

_TYPED = re.compile(r"(?:#?(?P<number>\d{1,6})[,:.]?(?!\S)\s*)?(?P<word>\S+)?\s*(?P<rest>.*)", re.DOTALL)
_NUMBER = re.compile(r"#?(?P<number>\d{1,6})[.!]?")
_ANSWERS = {Response.YES: Answer.YES, Response.NO: Answer.NO, Response.MAYBE: Answer.MAYBE}
SIGN = "👌"
"""The reaction of the bot to a command that has taken effect."""


@router.command(
    "attend",
    "teilnahme",
    summary=_("answers the invitation to a roundtable"),
    usage=_("[NUMBER] yes|no|maybe|speak|deputy @NAME"),
    example=_("`/attend 3 yes`"),
    in_dialogue=True,
    takes=lambda typed: _read(typed.args)[1] is not None,
)
async def attend(ctx: DialogueContext) -> None:
    """Record the answer that somebody has typed."""
    number, response, rest = _read(ctx.args)
    if response is None:
        raise UserError(_("Please say whether you will attend."), usage=True)
    roundtable = await _meant(ctx, number)
    _check_time(roundtable, response, ctx.now)
    mine = await invitation_of(ctx, roundtable)
    if response is Response.DEPUTY and is_withdrawn(mine, rest):
        response = Response.OPEN  # nobody speaks for the city now, so its answer is awaited again
    if response is Response.DEPUTY:
        await name_deputy(ctx, roundtable, mine, rest)
    else:
        await _record(ctx, roundtable, mine, response)
    await _acknowledge(ctx, acknowledgement(response))


def _read(args: str) -> tuple[str | None, Response | None, str]:
    """Return the number, the response and what follows it: `3 yes`, `yes 3`, `#3, yes!` and `3 👍` say the same."""
    typed = _TYPED.fullmatch(args)
    if typed is None:
        return None, None, ""
    number, word, rest = typed["number"], (typed["word"] or "").strip(",:.!"), typed["rest"]
    if number is None and (behind := _NUMBER.fullmatch(rest)):
        number, rest = behind["number"], ""
    return number, response_in(word) or response_by(word), rest


async def _meant(ctx: DialogueContext, number: str | None) -> Roundtable:
    """Return the roundtable with a number, else the one whose card is replied to, else the only one to come."""
    if number:
        return await find(ctx, int(number))
    if ctx.replied_message and (replied := await of_post(ctx, ctx.replied_message)):
        return replied
    coming = await ctx.store.roundtables.coming(ctx.dialogue.id)
    if len(coming) == 1:
        return await ctx.store.roundtables.get(coming[0].id)
    if not coming:
        raise UserError(_("No roundtable is planned."))
    raise UserError(
        _(
            "Which roundtable do you mean? These are planned: {roundtables}. Please add the number: `/attend {number}"
            " yes`",
            roundtables=[_("{number} ({title})", number=str(each.number), title=each.title) for each in coming],
            number=str(coming[0].number),
        )
    )


async def invitation_of(ctx: CommandContext, roundtable: Roundtable) -> Invitation:
    """Return the person's invitation, as their role is now. Raises UserError if they have none."""
    if mine := await current(ctx, roundtable, ctx.person.id):
        return mine
    if ctx.rights.by_settings(ctx.person) and ctx.city:  # a coordinator without an appointment
        mine = Invitation(
            roundtable_id=roundtable.id,
            person_id=ctx.person.id,
            city_id=ctx.city.id,
            part=Participation.LISTENER,
            explicit=True,
        )
        await ctx.store.invitations.save(mine)
        return mine
    raise UserError(
        _(
            "Only those who are invited can answer. A coordinator can invite you: `/roundtable {number} invite @NAME"
            " as listener`",
            number=str(roundtable.number),
        )
    )


def _check_time(roundtable: Roundtable, response: Response, now: datetime) -> None:
    """Raise UserError if answers no longer count; who wishes to speak may say so until the end."""
    if text := _too_late(roundtable, response, now):
        raise UserError(text)


def _too_late(roundtable: Roundtable, response: Response, now: datetime) -> LazyText | None:
    number = str(roundtable.number)
    if roundtable.state is RoundtableState.CANCELLED:
        return _("Roundtable {number} is cancelled: answers no longer count.", number=number)
    if roundtable.state is RoundtableState.ENDED:
        return _("Roundtable {number} is over: answers no longer count.", number=number)
    if response is Response.SPEAK:
        return None
    if roundtable.state is RoundtableState.RUNNING or roundtable.starts_at <= now:
        return _("Roundtable {number} has begun: answers no longer count.", number=number)
    return None


async def _record(ctx: CommandContext, roundtable: Roundtable, mine: Invitation, response: Response) -> None:
    if response is Response.SPEAK and mine.part is not Participation.SPEAKER:
        raise UserError(await _who_speaks(ctx, roundtable))
    after = answered(mine, response, ctx.now)
    await change(ctx, roundtable, mine, after)
    if after.deputy_for and (after.answer is Answer.NO) != (mine.answer is Answer.NO):
        await say(ctx, roundtable, after.deputy_for, _word_to_mayor(after.answer, ctx.person.name))


def _word_to_mayor(answer: Answer, name: str) -> LazyText:
    """Return the message to a mayor whose deputy has declined, or has taken that back."""
    if answer is Answer.NO:
        return _("{name} cannot stand in for you. Please name somebody else, or answer again.", name=name)
    return _("{name} has taken back the refusal to stand in for you.", name=name)


def answered(mine: Invitation, response: Response, now: datetime) -> Invitation:
    """Return an invitation with an answer. Repeating one changes nothing; only who declines keeps a deputy."""
    if response is Response.OPEN:
        return replace(mine.reopened(), deputy_id=None)
    answer = _ANSWERS.get(response, Answer.YES)  # who wishes to speak comes
    wish = mine.wishes_to_speak_at if answer is Answer.YES else None
    return replace(
        mine,
        answer=answer,
        answered_at=mine.answered_at if mine.answer is answer else now,
        wishes_to_speak_at=wish or (now if response is Response.SPEAK else None),
        deputy_id=mine.deputy_id if answer is Answer.NO else None,
    )


def taken_back(mine: Invitation, response: Response) -> Invitation:
    """Return an invitation without the answer that a reaction gave, if that still is the person's answer."""
    if response is Response.SPEAK and mine.wishes_to_speak_at:
        came_with_it = mine.answered_at == mine.wishes_to_speak_at
        return mine.reopened() if came_with_it else replace(mine, wishes_to_speak_at=None)
    stands = mine.wishes_to_speak_at is None and mine.deputy_id is None
    return mine.reopened() if stands and mine.answer is _ANSWERS.get(response) else mine


async def _who_speaks(ctx: CommandContext, roundtable: Roundtable) -> LazyText:
    """Return a text for a listener who wishes to speak."""
    invited = await ctx.store.invitations.of(roundtable.id)
    ours = [each for each in invited if each.part is Participation.SPEAKER and ctx.city and each.city_id == ctx.city.id]
    people = [await ctx.store.people.get(each.person_id) for each in ours]
    if not people:
        return _("You are invited as a listener: mayors speak, and the deputies they name.")
    return _(
        "You are invited as a listener: mayors speak, and the deputies they name. For your city: {names}",
        names=[each.name for each in people],
    )


async def _acknowledge(ctx: CommandContext, text: LazyText) -> None:
    """Acknowledge an answer for that person alone, or by a sign: in a chat with others, the card says the rest."""
    if ctx.private or (ctx.notices is not None and not ctx.by_reaction):
        await ctx.answer(text)
    elif ctx.subject is None:
        await ctx.react(SIGN)


# Buttons and reactions


async def _check_press(ctx: CommandContext) -> None:
    """Raise UserError unless the person is invited to the roundtable, and it takes place when the post said."""
    roundtable, response, is_current = await _pressed(ctx)
    if ctx.taken_back:
        return
    if not is_current:
        raise UserError(
            _(
                "Roundtable {number} has been moved to {start}. Please answer on its card, or write `/attend {number}"
                " yes`.",
                number=str(roundtable.number),
                start=roundtable.starts_at,
            )
        )
    _check_time(roundtable, response, ctx.now)
    await invitation_of(ctx, roundtable)


@router.button(ATTEND, in_dialogue=True, takes_back=True, check=_check_press)
async def press(ctx: DialogueContext) -> None:
    """Record the answer of whoever has pressed, or take it back with their reaction."""
    roundtable, response, is_current = await _pressed(ctx)
    if ctx.taken_back and is_current:
        await _take_back(ctx, roundtable, response)
    elif not ctx.taken_back:
        await _record(ctx, roundtable, await invitation_of(ctx, roundtable), response)
        await _acknowledge(ctx, acknowledgement(response))


async def _pressed(ctx: CommandContext) -> tuple[Roundtable, Response, bool]:
    """Return the roundtable and the answer of a button, and whether it still takes place when the post said."""
    id, start, response = ctx.args.split(":")
    try:
        roundtable = await ctx.store.roundtables.get(int(id))
    except LookupError:
        raise UserError(_("This roundtable is long over.")) from None
    return roundtable, Response(response), int(start) == int(roundtable.starts_at.timestamp())


async def react(ctx: CommandContext, event: Reaction) -> None:
    """Record a person's own reaction to the card, or to another post about a roundtable, as their answer."""
    response = response_by(event.key)
    if response is None or ctx.subject is None or ctx.subject.feature != ctx.feature:
        return
    roundtable = await of_post(ctx, ctx.subject)
    if roundtable is None or _too_late(roundtable, response, ctx.now):
        return
    if event.removed:
        await _take_back(ctx, roundtable, response)
    else:
        await _record(ctx, roundtable, await invitation_of(ctx, roundtable), response)


async def _take_back(ctx: CommandContext, roundtable: Roundtable, response: Response) -> None:
    mine = await ctx.store.invitations.get(roundtable.id, ctx.person.id)
    if mine and not _too_late(roundtable, response, ctx.now):
        await change(ctx, roundtable, mine, taken_back(mine, response))
