"""Open minutes as every chat sees them: a live card with the last lines, and who is present."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.excerpts import shortened
from handlers.agreements.minutes import _presence
from storage import LineKind, Minutes, MinutesLine

SHOWN = 5
"""How many lines the card shows."""
_LONGEST = 200


async def post(ctx: Context, minutes: Minutes) -> Minutes:
    """Post the card of new minutes in every chat of the dialogue, and return them."""
    dialogue = await ctx.store.dialogues.get(minutes.dialogue_id)
    chats = await ctx.store.chats.of_dialogue(dialogue.id)
    card_id = await ctx.post(chats, await _drawn(ctx, minutes), dialogue=dialogue)
    return await ctx.store.minutes.change(minutes, card_id=card_id)


async def refresh(ctx: Context, minutes: Minutes) -> None:
    """Bring the card of open minutes up to date in every chat; those that have joined meanwhile get it."""
    if minutes.card_id is not None and minutes.is_open:
        chats = await ctx.store.chats.of_dialogue(minutes.dialogue_id)
        await ctx.update(minutes.card_id, await _drawn(ctx, minutes), everywhere=chats)


async def show(ctx: DialogueContext, minutes: Minutes) -> None:
    """Answer with the present state of open minutes."""
    await ctx.reply(await _drawn(ctx, minutes))


async def follow(ctx: Context, dialogue_id: int) -> None:
    """Update the card after chats or roles of a dialogue have changed."""
    if minutes := await ctx.store.minutes.open_of(dialogue_id):
        await refresh(ctx, minutes)


def shown(line: MinutesLine) -> LazyText:
    """Return a line with a word for its kind, shortened."""
    text = shortened(f"{line.text} / {line.translation}" if line.translation else line.text, _LONGEST)
    match line.kind:
        case LineKind.TOPIC:
            return _("📌 Topic: {text}", text=text)
        case LineKind.AGREED:
            return _("✅ Agreed: {text}", text=text)
        case LineKind.ACTION:
            return _("☑️ Action point {number}: {text}", number=str(line.action), text=text)
        case LineKind.IDEA:
            return _("💡 Idea: {text}", text=text)
        case LineKind.LINK:
            return _("🔗 Link: {text}", text=text)
        case _:
            return _("ℹ️ Info: {text}", text=text)


async def _drawn(ctx: Context, minutes: Minutes) -> LazyText:
    written = await ctx.store.minutes_lines.of(minutes)
    chair = await ctx.store.people.get(minutes.chair_id) if minutes.chair_id is not None else None
    rows = [
        _("📝 *Minutes {number}: {title}*", number=str(minutes.number), title=minutes.title),
        *([_("Place: {place}", place=minutes.place)] if minutes.place else []),
        _("Since: {time}", time=minutes.started_at),
        _("Chair: {name}", name=chair.name)
        if chair
        else _("Nobody is in the chair. A coordinator takes it with `/minutes chair`."),
        *_last(written),
        n_("{n} line so far", "{n} lines so far", len(written)),
        *await _presence.by_city(ctx, minutes),
        _(
            "Only lines of the chair and the coordinators that begin with `#topic`, `#agreed`, `#action`, `#info`,"
            " `#idea` or `#link` are recorded. Edit a line to correct it; `#undo` takes back the last one."
        ),
    ]
    return lines(*rows)


def _last(written: Sequence[MinutesLine]) -> Iterator[LazyText]:
    """Yield the present topic, and the last lines."""
    topics = [each for each in written if each.kind is LineKind.TOPIC]
    if topics:
        yield _("*{topic}*", topic=shown(topics[-1]))
    others = [each for each in written if each.kind is not LineKind.TOPIC]
    if len(others) > SHOWN:
        yield _("…")
    yield from map(shown, others[-SHOWN:])
