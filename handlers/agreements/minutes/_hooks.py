"""What is heard while minutes are open: marked lines, their corrections and deletions, and who is present."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import TypeAlias

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.parse import mentions_in
from bot.model import Edit, Message, Role
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.excerpts import shortened
from handlers.agreements.actions._languages import language_keys
from handlers.agreements.minutes import _card, _lines, _presence
from handlers.agreements.minutes._lookup import check_open, may_write, who_may
from handlers.agreements.minutes._reading import UNDO, MarkedLine, read
from storage import Chat, LineKind, Minutes, MinutesLine, StoredMessage

TAKEN, DECLINED = "✍️", "🤷"
"""The signs on messages whose lines were taken, or were not because of who wrote them."""
MOST_AT_ONCE = 50
"""Lines of a message that are taken."""
_SURELY_MEANT = {LineKind.TOPIC, LineKind.AGREED, LineKind.ACTION}
"""What is hardly ever an ordinary hashtag."""

_Step: TypeAlias = tuple[MinutesLine | None, MarkedLine | None]
"""A line as it is, and what it becomes: one that is new, changed, or (None) removed."""


async def on_message(ctx: CommandContext, event: Message) -> None:
    """Take the marked lines of a message, if its author may write the minutes; whoever writes is present."""
    here = _in_dialogue(ctx, event)
    minutes = await here.store.minutes.open_of(here.dialogue.id)
    if minutes is None:
        _check_missed(here, event)
        return
    marked = read(event.text, language_keys(here))
    is_new = await _presence.notice(here, minutes)
    if may_write(here, minutes):
        await _write(here, minutes, [(None, each) for each in marked])
    elif any(each.meaning for each in marked):
        await _decline(here, minutes)
    if is_new:
        await _card.refresh(here, minutes)


async def on_anonymous(ctx: Context, chat: Chat, event: Message) -> LazyText | None:
    """Explain that lines are taken from people only."""
    if any(each.meaning for each in read(event.text)) and await ctx.store.minutes.open_of(chat.dialogue_id or 0):
        return _("I take lines of the minutes only from people: please write as yourself, not in the name of a chat.")
    return None


async def on_edit(ctx: CommandContext, event: Edit) -> None:
    """Change the lines of a message into those that it has now; nothing is taken back by an edit that says `#undo`."""
    here = _in_dialogue(ctx, event)
    marked = [each for each in read(event.text, language_keys(here)) if each.meaning != UNDO]
    before = await _counting(here)
    steps = list(_steps(here, before, marked))
    minutes = await here.store.minutes.open_of(here.dialogue.id)
    if not steps or (minutes is None and not before):
        return
    if before and (minutes is None or minutes.id != before[0].minutes_id):
        check_open(await here.store.minutes.get(before[0].minutes_id))
    elif minutes and may_write(here, minutes):
        _check_written_since(here, minutes, before)
        await _write(here, minutes, steps)
    elif minutes and any(each.meaning for each in marked):
        await _decline(here, minutes)


async def on_gap(ctx: Context, chats: Sequence[Chat]) -> None:
    """Warn that lines may be missing, as messages have never arrived."""
    affected = {each.dialogue_id for each in chats if each.dialogue_id is not None}
    for minutes in [await ctx.store.minutes.open_of(id) for id in sorted(affected)]:
        if minutes:
            dialogue = await ctx.store.dialogues.get(minutes.dialogue_id)
            text = _(
                "Some messages have never reached me: lines of minutes {number} may be missing. Please compare the last"
                " ones with `/minutes`, and write again what is missing.",
                number=str(minutes.number),
            )
            await ctx.announce(dialogue, text)


async def on_deletion(ctx: Context, stored: StoredMessage) -> None:
    """Remove the lines of a message that was deleted while their minutes are open."""
    written = await ctx.store.minutes_lines.by_message(stored.chat_id or 0, stored.native_id or "")
    for line in written:
        minutes = await ctx.store.minutes.get(line.minutes_id)
        if minutes.is_open and line.removed_at is None:
            await _lines.remove(ctx, minutes, line)
            await _card.refresh(ctx, minutes)


def _in_dialogue(ctx: CommandContext, event: Message | Edit) -> DialogueContext:
    """Return the context of what somebody writes in a chat of a dialogue, with whom they mention."""
    if ctx.dialogue is None:
        raise LookupError("this is heard in the chats of dialogues only")
    return replace(ctx, mentions=dict(mentions_in(event.text))).in_dialogue(ctx.dialogue)


async def _counting(ctx: DialogueContext) -> list[MinutesLine]:
    """Return the lines that the message has made."""
    made = await ctx.store.minutes_lines.by_message(ctx.chat.id, ctx.message)
    return [each for each in made if each.removed_at is None]


def _steps(ctx: DialogueContext, before: Sequence[MinutesLine], now: Sequence[MarkedLine]) -> Iterator[_Step]:
    """Yield how the lines of a message become those that it has now; what stays as it was is left out."""
    known = [(each.kind, each.text, each.translation) for each in before]
    typed = [(each.meaning, *_lines.texts(ctx, each)) for each in now]
    for tag, start, end, first, last in SequenceMatcher(None, known, typed, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from zip_longest(before[start:end], now[first:last])


async def _write(ctx: DialogueContext, minutes: Minutes, steps: Sequence[_Step]) -> None:
    """Take the steps, each for itself; put a sign on the message, and say what could not be done."""
    said: list[LazyText] = []
    done = False
    for line, marked in steps[:MOST_AT_ONCE]:
        try:
            async with ctx.store.savepoint():
                said += await _take(ctx, minutes, line, marked)
            done = True
        except UserError as error:
            said.append(_refused(error.text, line, marked, alone=len(steps) == 1))
    if done:
        minutes = await ctx.store.minutes.change(minutes, active_at=ctx.now)
        await _card.refresh(ctx, minutes)
        if await _counting(ctx):
            await ctx.react(TAKEN)
    said += _left_out(marked for _line, marked in steps if marked)
    if steps[MOST_AT_ONCE:]:
        said.append(_("Only {n} lines of a message are taken. Please write the others in new ones.", n=MOST_AT_ONCE))
    if said:
        await ctx.reply(lines(*said))


async def _take(
    ctx: DialogueContext, minutes: Minutes, line: MinutesLine | None, marked: MarkedLine | None
) -> list[LazyText]:
    """Take one step, and return what to say about it."""
    if marked is None:
        if line:
            await _lines.remove(ctx, minutes, line)
    elif not marked.meaning:
        raise UserError(
            _(
                "I do not know `#{word}`. Did you mean `#{near}`? Correct your message, and the line will be added.",
                word=marked.word,
                near=marked.near,
            )
        )
    elif marked.meaning == UNDO:
        return [await _lines.undo(ctx, minutes)]
    elif line:
        await _lines.change(ctx, minutes, line, marked)
    else:
        await _lines.take(ctx, minutes, marked)
    return []


def _refused(problem: LazyText, line: MinutesLine | None, marked: MarkedLine | None, *, alone: bool) -> LazyText:
    """Return what to say about a step that was not taken; `alone`: it is clear which one is meant."""
    if marked and not alone:
        problem = _("“{line}”: {problem}", line=shortened(f"#{marked.word} {marked.text}"), problem=problem)
    return lines(problem, _("The line stays as it was: {line}", line=_card.shown(line))) if line else problem


def _left_out(marked: Iterable[MarkedLine]) -> list[LazyText]:
    """Return a remark about lines below a marked one that have no mark themselves."""
    following = [line for each in marked if each.meaning for line in each.following]
    if not following:
        return []
    return [
        _(
            "Only lines that begin with a word such as `#agreed` are recorded. This one is not: “{line}”",
            line=shortened(" ".join(following)),
        )
    ]


async def _decline(ctx: DialogueContext, minutes: Minutes) -> None:
    """Explain, once in a meeting, why somebody's lines are not taken; later a sign says so."""
    told = ctx.grant.appointment
    if told and await ctx.store.roles.mark_told(told, ctx.now, minutes.started_at):
        text = _("Your line was passed on, but not added to the minutes.")
        await ctx.reply(lines(text, await who_may(ctx, minutes)))
    else:
        await ctx.react(DECLINED)


def _check_missed(ctx: DialogueContext, event: Message) -> None:
    """Raise UserError if a coordinator writes a line while no minutes are open."""
    if not ctx.role.reaches(Role.COORDINATOR):
        return
    if any(each.meaning in _SURELY_MEANT and each.text for each in read(event.text)):
        raise UserError(
            _(
                "No minutes are open, so this was not recorded. Please begin with `/minutes start`, and write the"
                " line again."
            )
        )


def _check_written_since(ctx: DialogueContext, minutes: Minutes, before: Sequence[MinutesLine]) -> None:
    """Raise UserError for a message from before the minutes that is edited into a line."""
    if not before and ctx.subject and ctx.subject.sent_at < minutes.started_at:
        raise UserError(_("This message is from before the minutes began. Please write the line in a new message."))
