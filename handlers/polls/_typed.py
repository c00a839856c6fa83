"""Ballots as people type them: the command `/vote`, and replies to posts about a poll."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.excerpts import shortened
from bot.voting import Ballot, Method, example, read_ballot
from handlers.polls import _ballot, _receipts
from handlers.polls._eligibility import check, is_invited
from handlers.polls._lookup import GROUP, find
from handlers.polls._posts import VOTE, is_ballot, of_post
from handlers.polls._voting import Via, vote
from storage import Poll

router = Router(GROUP)

_NUMBERED = re.compile(
    r"(?i:(?:poll|umfrage)\s+)?#?(?P<number>\d{1,6})(?P<sign>[.,:]?)(?:\s+(?P<rest>[^\s=:>→≻].*))?", re.DOTALL
)
_BEHIND = re.compile(r"(?P<rest>[^\W\d]+)\s+#?(?P<number>\d{1,6})")
_BALLOT = re.compile(r"\d{1,4}\s*[=:>→]|[^\W\d]")
"""How a ballot begins that no list of numbers is confused with."""
SIGN = "👌"
"""The reaction of the bot to a ballot that it has counted."""


def _read(args: str) -> tuple[int | None, str]:
    """Return the number of the poll and the ballot: `4 1=5`, `#4 1=5`, `poll 4: 1=5`; `1=5`, `1: 5` have no number."""
    found = _NUMBERED.fullmatch(args) or _BEHIND.fullmatch(args)
    if found is None:
        return None, args
    rest = found["rest"] or ""
    if "sign" in found.groupdict() and found["sign"] and rest and not _BALLOT.match(rest):
        return None, args
    return int(found["number"]), rest


def _is_argument(typed: ParsedCommand) -> bool:
    number, ballot = _read(typed.args)
    return is_ballot(ballot) or (number is not None and not ballot)


@router.command(
    VOTE,
    "stimme",
    summary=_("votes in a poll: `/vote 4 1=5 2=3` gives points, `/vote 4 3>1>2` ranks; `/vote 4 none` takes it back"),
    usage=_("[NUMBER] BALLOT|none"),
    in_dialogue=True,
    takes=_is_argument,
    by_address=True,
    runs_again=True,
    always=True,
)
async def typed(ctx: DialogueContext) -> None:
    """Cast the ballot that somebody has typed, or open the private one. A link only opens it (trust: case 100).

    One ballot too many in a minute is not answered, but it counts: it is the last one.
    """
    number, text = _read(ctx.args)
    poll, text = await _meant(ctx, number, text)
    if ctx.by_address or not text:
        if not ctx.silent:
            await _ballot.open_for(ctx, poll)
        return
    await check(ctx, poll)
    if poll.secret and not ctx.private:
        raise UserError(_only_in_private(ctx, poll))
    topics = await ctx.store.polls.topics(poll.id)
    ballot = _ballot_in(poll, len(topics), text)
    before = await vote(ctx, poll, ballot, Via.TEXT)
    if ctx.silent:
        return
    if ballot is None and before is None:
        raise UserError(_("You have not voted in poll {number} so far.", number=str(poll.number)))
    if not ctx.private and ballot is not None:
        await ctx.react(SIGN)
    elif ballot is None:
        await ctx.reply(_receipts.withdrawn(poll))
    else:
        await ctx.reply(_receipts.receipt(poll, topics, ballot), *_ballot.after(ctx, poll))


def _ballot_in(poll: Poll, topics: int, text: str) -> Ballot | None:
    """Read a ballot. Raises UserError with what to type for this very poll."""
    method = poll.method
    try:
        return read_ballot(text, method, topics)
    except UserError as error:
        form = _("Please write: `/vote {number} {ballot}`", number=str(poll.number), ballot=example(method, topics))
        raise UserError(lines(error.text, form)) from None


async def _meant(ctx: DialogueContext, number: int | None, text: str) -> tuple[Poll, str]:
    """Return the poll that is meant and the ballot: by its number, by what is replied to, or the only open one."""
    replied = await of_post(ctx, ctx.replied_message) if ctx.replied_message else None
    if replied and replied.dialogue_id != ctx.dialogue.id:
        raise UserError(_("This message is about a poll of another dialogue."))
    if number is None:
        return replied or await _only_one(ctx, text), text
    listed = {Method.APPROVAL, Method.SINGLE}
    if replied and replied.number != number and replied.method in listed and is_ballot(ctx.args):
        raise UserError(_ask_which(replied, number, ctx.args))
    return await _numbered(ctx, number, text or ctx.args), text


def _ask_which(replied: Poll, number: int, text: str) -> LazyText:
    return _(
        "Do you mean poll {number}, or the one you are replying to? For that one please write:"
        " `/vote {replied} {ballot}`",
        number=str(number),
        replied=str(replied.number),
        ballot=shortened(text),
    )


async def _numbered(ctx: DialogueContext, number: int, text: str) -> Poll:
    """Return the poll with a number. Raises UserError; the number may have been meant as that of a topic."""
    if found := await ctx.store.polls.numbered(ctx.dialogue.id, number):
        return found
    polls = await _open_polls(ctx)
    if not polls:
        return await find(ctx, number)
    raise UserError(
        lines(
            _("There is no poll {number} here.", number=str(number)),
            _list(polls),
            _("Please begin with its number: `/vote {number} {ballot}`", number=str(polls[0].number), ballot=text),
        )
    )


async def _only_one(ctx: DialogueContext, text: str) -> Poll:
    """Return the only poll that is open to the person. Raises UserError, with the polls, if there are several."""
    polls = await _open_polls(ctx)
    invited = [each for each in polls if is_invited(ctx, each)] or polls
    if not invited:
        raise UserError(_("No poll is open here at the moment. `/polls` shows those that there were."))
    if len(invited) == 1:
        return await ctx.store.polls.get(invited[0].id)
    topics = await ctx.store.polls.topics(invited[0].id)
    ballot = text or example(invited[0].method, len(topics))
    how = _("Please add the number: `/vote {number} {ballot}`", number=str(invited[0].number), ballot=shortened(ballot))
    raise UserError(lines(_("Which poll do you mean?"), _list(invited), how))


async def _open_polls(ctx: DialogueContext) -> list[Poll]:
    return [each for each in reversed(await ctx.store.polls.of_dialogue(ctx.dialogue.id)) if each.is_open]


def _list(polls: Sequence[Poll]) -> LazyText:
    shown = [_("{number} ({question})", number=str(each.number), question=shortened(each.question)) for each in polls]
    return _("Open: {polls}", polls=shown)


def _only_in_private(ctx: DialogueContext, poll: Poll) -> LazyText:
    """Return the refusal of a secret ballot that others can read; on Telegram it ends with the link to the ballot."""
    rows = [
        _(
            "Poll {number} is secret, and everybody here can read your message: it does not count. You can delete it.",
            number=str(poll.number),
        )
    ]
    if there := _ballot.address(ctx, poll, ctx.dialogue):
        rows += [_("Please vote in private: {address}", address=there)]
    return lines(*rows)
