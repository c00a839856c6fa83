"""Action points listed for who asks, page by page."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import NamedTuple

from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from bot.text.excerpts import shortened
from bot.voice import Choice
from handlers.agreements.actions import _digest, _rows
from handlers.agreements.actions._lookup import GROUP
from storage import ActionFilter

router = Router(GROUP)

PAGE = 10
"""Action points on a page, which fit one message."""
LIST = "actions"
"""The button action `actions:FILTER:PAGE`."""

_WORDS: Mapping[ActionFilter, tuple[str, ...]] = {
    ActionFilter.OPEN: ("open", "offen", "offene"),
    ActionFilter.MINE: ("mine", "me", "my", "meine", "mir", "ich"),
    ActionFilter.OVERDUE: ("overdue", "late", "überfällig", "überfällige"),
    ActionFilter.AGREED: ("agreed", "beschlossen", "beschlossene", "vereinbart", "vereinbarte"),
    ActionFilter.DONE: ("done", "erledigt", "erledigte"),
    ActionFilter.ALL: ("all", "alle"),
}
_FILTERS = {fold(word): which for which, words in _WORDS.items() for word in words}
_DIGEST = {"digest", "wochenueberblick", "ueberblick", "uebersicht"}
_SPELLED = {fold(each): each for words in (*_WORDS.values(), ("digest", "wochenüberblick")) for each in words}
_NONE: Mapping[ActionFilter, LazyText] = {
    ActionFilter.OPEN: _("No action point is open."),
    ActionFilter.MINE: _("No open action point is yours."),
    ActionFilter.OVERDUE: _("No action point is overdue."),
    ActionFilter.AGREED: _("No action point is agreed and still to be done."),
    ActionFilter.DONE: _("No action point is done yet."),
    ActionFilter.ALL: _("There is no action point here yet. Staff propose one with `/action TEXT @owner by DATE`."),
}


class ListPage(NamedTuple):
    """What a list shows."""

    text: LazyText
    buttons: tuple[Choice, ...] = ()


def is_filter(typed: str) -> bool:
    """Whether a text is a word for what is listed."""
    return fold(typed) in _FILTERS


async def show(ctx: DialogueContext, rest: str) -> None:
    """Answer with the action points that `/actions` asks for, or do what its first word says."""
    word, _space, more = rest.strip().partition(" ")
    if fold(word) in _DIGEST:
        await _digest.switch(ctx, more)
        return
    which = _FILTERS.get(fold(word)) if word else await _default(ctx)
    if which is None or more:
        raise UserError(_unknown(rest))
    page = await _page(ctx, which, 1)
    await ctx.reply(page.text, *page.buttons)


@router.button(LIST, in_dialogue=True)
async def turn(ctx: DialogueContext) -> None:
    """Show another page in place of the one that the button is under."""
    which, _colon, number = ctx.args.partition(":")
    page = await _page(ctx, ActionFilter(which), int(number))
    await ctx.update(ctx.pressed_post, page.text, *page.buttons)


async def _default(ctx: DialogueContext) -> ActionFilter:
    """Return what is listed without a word: the open ones; in private those of the person, if there are any."""
    return ActionFilter.MINE if ctx.private and await _count(ctx, ActionFilter.MINE) else ActionFilter.OPEN


async def _count(ctx: DialogueContext, which: ActionFilter) -> int:
    today = _rows.today(ctx, ctx.locale_context.zone)
    return await ctx.store.actions.count(ctx.dialogue.id, which, today=today, person_id=ctx.person.id)


async def _page(ctx: DialogueContext, which: ActionFilter, number: int) -> ListPage:
    """Return a page of a list; the last one, if there are fewer."""
    count = await _count(ctx, which)
    if not count:
        return ListPage(_NONE[which])
    pages = -(-count // PAGE)
    number = min(number, pages)
    today = _rows.today(ctx, ctx.locale_context.zone)
    points = await ctx.store.actions.listed(
        ctx.dialogue.id, which, today=today, person_id=ctx.person.id, offset=(number - 1) * PAGE, limit=PAGE
    )
    shown = [await _head(ctx, which, count), *[await _rows.row(ctx, ctx.dialogue, each, today) for each in points]]
    hint = _("`/action {number}` shows one of them.", number=str(points[0].number))
    if pages > 1:
        hint = lines(_("Page {page} of {pages}.", page=str(number), pages=str(pages)), hint, by=" ")
    return ListPage(lines(*shown, hint), tuple(_buttons(ctx, which, number, pages)))


async def _head(ctx: DialogueContext, which: ActionFilter, count: int) -> LazyText:
    heads = {
        ActionFilter.OPEN: n_("*{n} open action point*", "*{n} open action points*", count),
        ActionFilter.MINE: n_("*{n} open action point of yours*", "*{n} open action points of yours*", count),
        ActionFilter.OVERDUE: n_("*{n} overdue action point*", "*{n} overdue action points*", count),
        ActionFilter.AGREED: n_("*{n} agreed action point to be done*", "*{n} agreed action points to be done*", count),
        ActionFilter.DONE: n_("*{n} action point done*", "*{n} action points done*", count),
        ActionFilter.ALL: n_("*{n} action point*", "*{n} action points*", count),
    }
    overdue = await _count(ctx, ActionFilter.OVERDUE) if which is ActionFilter.OPEN else 0
    if not overdue:
        return heads[which]
    return _("{head}, {overdue}", head=heads[which], overdue=n_("{n} of them overdue", "{n} of them overdue", overdue))


def _buttons(ctx: DialogueContext, which: ActionFilter, number: int, pages: int) -> list[Choice]:
    made_for = ctx.person if which is ActionFilter.MINE else None
    keys = [Choice(_("back"), "◀️", f"{LIST}:{which}:{number - 1}", made_for)] if number > 1 else []
    return keys + ([Choice(_("more"), "▶️", f"{LIST}:{which}:{number + 1}", made_for)] if number < pages else [])


def _unknown(typed: str) -> LazyText:
    word = typed.split(maxsplit=1)[0]
    if word.lstrip("#").isdecimal():
        return _("One action point is shown by `/action {number}`.", number=word.lstrip("#"))
    near = difflib.get_close_matches(fold(word), _SPELLED, n=1, cutoff=0.65)
    unknown = _("I do not know “{word}” here.", word=shortened(typed))
    if near:
        return lines(unknown, _("Did you mean `/actions {word}`?", word=_SPELLED[near[0]]), by=" ")
    return lines(unknown, _("You can write: `/actions open`, `mine`, `overdue`, `agreed`, `done` or `all`."))
