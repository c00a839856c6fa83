"""Lines are taken, changed and removed."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.commands.arguments import check_length
from bot.commands.context import Context, DialogueContext
from bot.relay import put_sign
from bot.text.catalogue import LazyText, UserError, _
from handlers.agreements.minutes import _actions, _card
from handlers.agreements.minutes._lookup import check_open, check_writer
from handlers.agreements.minutes._reading import MarkedLine
from storage import LineKind, Minutes, MinutesLine

LONGEST = 1000
MOST = 1000
"""Lines that minutes can have."""
_LONGEST_TOPIC = 150
_URL = re.compile(r"https?://[^\s()<>]+", re.IGNORECASE)


async def take(ctx: DialogueContext, minutes: Minutes, marked: MarkedLine) -> None:
    """Add a line that the person has written, and make its action point. Raises UserError if it is not complete."""
    _check(marked)
    kind, (text, translation), action = LineKind(marked.meaning), texts(ctx, marked), None
    if kind is LineKind.ACTION:
        action = (await _actions.propose(ctx, minutes, text)).number
    line = await ctx.store.minutes_lines.add(
        minutes,
        kind,
        text,
        ctx.at,
        translation=translation,
        person_id=ctx.person.id,
        city_id=ctx.city.id if ctx.city else None,
        message=(ctx.chat.id, ctx.message),
        action=action,
    )
    if line.position > MOST:
        raise UserError(_("Minutes can have {n} lines at most. Please end these, and start new ones.", n=MOST))


async def change(ctx: DialogueContext, minutes: Minutes, line: MinutesLine, marked: MarkedLine) -> None:
    """Change a line, and its action point, to what its author has made of it. Raises UserError as `take` does."""
    _check(marked)
    kind, (text, translation), action = LineKind(marked.meaning), texts(ctx, marked), line.action
    if kind is LineKind.ACTION and action is not None:
        await _actions.edit(ctx, minutes, action, text)
    elif kind is LineKind.ACTION:
        action = (await _actions.propose(ctx, minutes, text)).number
    elif action is not None:
        await _actions.withdraw(ctx, minutes, action)
        action = None
    await ctx.store.minutes_lines.change(
        line, kind=kind, text=text, translation=translation, action=action, changed_at=ctx.now
    )


def texts(ctx: DialogueContext, marked: MarkedLine) -> tuple[str, str | None]:
    """Return the text of a line in the language of its writer's city, and the one in another language."""
    if marked.second is None:
        return marked.text, None
    language, text = marked.second
    own = ctx.city.locale.partition("_")[0] if ctx.city else ""
    return (text, marked.text) if language == own else (marked.text, text)


async def remove(ctx: Context, minutes: Minutes, line: MinutesLine) -> None:
    """Take a line back, with the action point that it has made; its text is erased (trust: case 139)."""
    if line.action is not None:
        await _actions.withdraw(ctx, minutes, line.action)
    await ctx.store.minutes_lines.change(line, text="", translation=None, removed_at=ctx.now)
    await _take_sign_back(ctx, minutes, line)


async def undo(ctx: Context, minutes: Minutes) -> LazyText:
    """Take the last line back, and return what to say about it. Raises UserError if there is none."""
    written = await ctx.store.minutes_lines.of(minutes)
    if not written:
        raise UserError(_("There is no line yet that could be taken back."))
    await remove(ctx, minutes, written[-1])
    return _("Taken back: {line}", line=_card.shown(written[-1]))


async def undo_command(ctx: DialogueContext, minutes: Minutes, _rest: str) -> None:
    """Take the last line back, for `/minutes undo`."""
    check_open(minutes)
    await check_writer(ctx, minutes)
    said = await undo(ctx, minutes)
    await _card.refresh(ctx, minutes)
    await ctx.reply(said)


async def _take_sign_back(ctx: Context, minutes: Minutes, line: MinutesLine) -> None:
    """Take the sign back from a message of which no line counts any more."""
    if line.chat_id is None or line.native_id is None:
        return
    same = await ctx.store.minutes_lines.by_message(line.chat_id, line.native_id)
    chat = await ctx.store.chats.find(line.chat_id)
    if chat and chat.dialogue_id == minutes.dialogue_id and all(each.removed_at for each in same):
        message = await ctx.store.messages.find(chat, line.native_id)
        if message and message.deleted_at is None:
            await put_sign(ctx.store, chat, message, "", ctx.now)


def _check(marked: MarkedLine) -> None:
    """Raise UserError for a line that is empty, too long, or no link where there should be one."""
    if not marked.text:
        raise UserError(_("What should be recorded? Please write it after the word: `#{word} TEXT`", word=marked.word))
    for text in (marked.text, *(marked.second or ())[1:]):
        check_length(text, _LONGEST_TOPIC if marked.meaning == LineKind.TOPIC else LONGEST)
    if marked.meaning == LineKind.LINK and not _has_address(marked.text):
        raise UserError(_("A link is an address that begins with https:// or http://."))


def _has_address(text: str) -> bool:
    """Whether there is a web address in a text, with a host."""
    found = _URL.search(text)
    try:
        return bool(found and urlsplit(found[0]).hostname)
    except ValueError:
        return False
