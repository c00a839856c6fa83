"""An action point is made: the one place for it, whether it is typed, noted in minutes, or replaces another one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.commands.context import DialogueContext
from bot.dates import seems_due
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.voice import name_of
from handlers.agreements._authority import check_not_muted, signatory
from handlers.agreements.actions import _card, _changes, _clashes, _reminders
from handlers.agreements.actions._links import source_in
from handlers.agreements.actions._lookup import staff_only
from handlers.agreements.actions._parsing import NewAction, read
from storage import ActionLinks, ActionPoint, Terms

MOST = 30
"""How many action points one person may propose within `_SPAN`."""
_SPAN = timedelta(hours=1)


async def create(ctx: DialogueContext) -> None:
    """Propose what is typed after `/action`, or edit what the same message has proposed before it was changed."""
    if point := await ctx.store.actions.by_command(ctx.chat.id, ctx.message):
        await _changes.edit(ctx, point, ctx.args)
        return
    new = await _read(ctx, ctx.args)
    await _answer(ctx, await propose(ctx, replace(new, links={**await _typed_in(ctx), **new.links})), new)


async def supersede(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Propose an action point that replaces another one when it is agreed. What that one is about stays.

    If the same message has proposed it before it was changed, it is edited.
    """
    number = str(point.number)
    made = await ctx.store.actions.by_command(ctx.chat.id, ctx.message)
    if made and made.replaces == point.number:
        await _changes.edit(ctx, made, rest)
        return
    if not point.agreement.is_open:
        raise UserError(_("Action point {number} is over: nothing can replace it.", number=number))
    if not rest:
        raise UserError(
            _("What is to be done instead? `/action {number} supersede TEXT @owner by DATE`", number=number)
        )
    new = await _read(ctx, rest)
    about: ActionLinks = {"sdgs": point.sdgs, "roundtable": point.roundtable, "poll": point.poll}
    links: ActionLinks = {**about, **await _typed_in(ctx), **new.links, "replaces": point.number}
    await _answer(ctx, await propose(ctx, replace(new, links=links)), new)


async def _typed_in(ctx: DialogueContext) -> ActionLinks:
    """Return the message of the command, whose edits change the action point, and its source."""
    return {**await source_in(ctx), "command_chat_id": ctx.chat.id, "command_native_id": ctx.message}


async def propose(ctx: DialogueContext, new: NewAction) -> ActionPoint:
    """Store a new action point in the person's name, and post its card in every chat.

    Raises UserError if they may not, if there is no text, and for too many at once.
    """
    check_not_muted(ctx)
    await staff_only(ctx)
    if not new.terms.get("text"):
        raise UserError(_no_text(ctx), usage=True)
    if await ctx.store.actions.proposed_since(ctx.dialogue.id, ctx.person.id, ctx.now - _SPAN) >= MOST:
        raise UserError(_("You have proposed {n} action points within an hour. Please continue later.", n=MOST))
    point = await ctx.store.actions.propose(ctx.dialogue.id, Terms(**new.terms), signatory(ctx), ctx.now, **new.links)
    await _card.post(ctx, point)
    point = await ctx.store.actions.get(point.id)
    await _reminders.plan(ctx, point)
    return point


async def _read(ctx: DialogueContext, typed: str) -> NewAction:
    check_not_muted(ctx)
    await staff_only(ctx)
    return await read(ctx, typed)


def _no_text(ctx: DialogueContext) -> LazyText:
    if ctx.is_reply:
        return _(
            "What is to be done? Please write it after the command: the message that you reply to is linked, but its"
            " text is not copied."
        )
    return _("What is to be done? Please write it after the command.")


async def _answer(ctx: DialogueContext, point: ActionPoint, new: NewAction) -> None:
    """Answer with what the card in the chat does not show."""
    rows = [*await _receipt(ctx, point), *new.notes]
    if ctx.is_reply and ctx.replied_message is None:
        rows.append(_("I no longer know the message that you reply to, so it is not linked."))
    if point.due_on is None and seems_due(point.text):
        rows.append(
            _("I have found no due date. If there is one: `/action {number} due 15 December`", number=str(point.number))
        )
    if rows:
        await ctx.reply(lines(*rows))


async def _receipt(ctx: DialogueContext, point: ActionPoint) -> Sequence[LazyText]:
    """Return what to tell somebody who does not see the card: they are in private."""
    if not ctx.private:
        return []
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    number = str(point.number)
    done = n_(
        "Action point {number} is proposed in {n} chat: {chats}.",
        "Action point {number} is proposed in {n} chats: {chats}.",
        len(chats),
        number=number,
        chats=[name_of(each) for each in chats],
    )
    return [done, _("`/action {number}` shows it.", number=number), *await _clashes.rows(ctx, point)]
