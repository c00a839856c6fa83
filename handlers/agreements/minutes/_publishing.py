"""Minutes that have ended, as the chats see them: the documents, and a card that shows which cities confirm them."""

from __future__ import annotations

from bot.agreement import AgreementState
from bot.commands.context import Context, DialogueContext
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.excerpts import shortened
from handlers.agreements import _confirmations, _proof, _signing
from handlers.agreements.minutes._files import files
from handlers.agreements.minutes._record import MinutesRecord, load
from storage import AgreementRecord, LineKind, Minutes

NOTHING = _("Nothing was noted, so there is no document, and nothing to confirm.")
_WHAT = _("A working record, not official minutes: as DOCX to edit and print, as HTML to read on a phone.")
_SHOWN = 5
"""Decisions that the card shows."""
_LONGEST = 200


async def publish(ctx: Context, minutes: Minutes, heading: LazyText) -> None:
    """Send the documents of the present version to every chat, and below them its card, which is the live one now."""
    record = await load(ctx.store, minutes)
    if record is None:
        return
    dialogue = await ctx.store.dialogues.get(minutes.dialogue_id)
    await ctx.announce(dialogue, lines(heading, _WHAT), files=files(ctx, record, dialogue.name))
    card = await ctx.announce(dialogue, await _live(ctx, record), *_signing.buttons(record.agreement))
    await ctx.store.minutes.change(minutes, card_id=card)


async def show(ctx: DialogueContext, minutes: Minutes) -> None:
    """Answer with the state of minutes that have ended, their history and proof, and their documents."""
    record = await load(ctx.store, minutes)
    if record is None:
        ended = _("📝 *Minutes {number} have ended: {title}*", number=str(minutes.number), title=minutes.title)
        await ctx.reply(lines(ended, NOTHING))
        return
    await ctx.reply(_caption(record), files=files(ctx, record, ctx.dialogue.name))
    text = lines(await _card(ctx, record), *await _proof.summary(ctx, record.agreement))
    await ctx.reply(text, *_signing.buttons(record.agreement))


async def refresh(ctx: Context, agreement: AgreementRecord) -> None:
    """Bring the card up to date in every chat; those that have joined meanwhile get it."""
    minutes = await ctx.store.minutes.by_agreement(agreement.id)
    record = await load(ctx.store, minutes) if minutes else None
    if record and record.minutes.card_id is not None:
        chats = await ctx.store.chats.of_dialogue(agreement.dialogue_id)
        buttons = _signing.buttons(record.agreement)
        await ctx.update(record.minutes.card_id, await _live(ctx, record), *buttons, everywhere=chats)


async def announce_agreed(ctx: Context, agreement: AgreementRecord) -> None:
    """Announce in every chat that all cities have confirmed the minutes, with the documents that say so."""
    await refresh(ctx, agreement)
    minutes = await ctx.store.minutes.by_agreement(agreement.id)
    record = await load(ctx.store, minutes) if minutes else None
    if record is None:
        return
    dialogue = await ctx.store.dialogues.get(agreement.dialogue_id)
    text = _(
        "✅ *Minutes {number} are confirmed by all cities: {title}* (version {version})",
        number=str(agreement.number),
        title=record.content["title"],
        version=str(agreement.version),
    )
    text = lines(text, *await _confirmations.rows(ctx, agreement), _signing.check_number(agreement))
    await ctx.announce(dialogue, text, files=files(ctx, record, dialogue.name))


async def close(ctx: Context, minutes: Minutes) -> None:
    """Mark the card of an earlier version as out of date."""
    if minutes.card_id is not None:
        text = _("📝 *Minutes {number}: {title}*", number=str(minutes.number), title=minutes.title)
        corrected = _("This version has been corrected; the new one is further down.")
        await _signing.retire(ctx, minutes.card_id, lines(text, corrected))


def _caption(record: MinutesRecord) -> LazyText:
    title = _(
        "📝 *Minutes {number}: {title}*, version {version}",
        number=str(record.minutes.number),
        title=record.content["title"],
        version=str(record.agreement.version),
    )
    return lines(title, _WHAT)


async def _live(ctx: Context, record: MinutesRecord) -> LazyText:
    return lines(await _card(ctx, record), _signing.check_number(record.agreement))


async def _card(ctx: Context, record: MinutesRecord) -> LazyText:
    content, agreement = record.content, record.agreement
    decisions = [each["text"] for each in content["lines"] if each["kind"] == LineKind.AGREED]
    rows = [
        _("📝 *Minutes {number}: {title}*", number=str(record.minutes.number), title=content["title"]),
        n_("{n} decision", "{n} decisions", len(decisions)),
        *(
            LazyText("{number}. {text}", params={"number": str(number), "text": shortened(text, _LONGEST)})
            for number, text in enumerate(decisions[:_SHOWN], 1)
        ),
        *([_("… and more in the documents")] if decisions[_SHOWN:] else []),
        *([n_("{n} action point", "{n} action points", len(content["actions"]))] if content["actions"] else []),
        *([n_("{n} poll", "{n} polls", len(content["polls"]))] if content["polls"] else []),
        *(_corrected(each) for each in content["corrections"][-1:]),
        _state(agreement),
        *await _confirmations.rows(ctx, agreement),
    ]
    return lines(*rows)


def _corrected(correction: dict[str, str]) -> LazyText:
    return _("Corrected by {city}: {text}", city=correction["city"], text=shortened(correction["text"], _LONGEST))


def _state(agreement: AgreementRecord) -> LazyText:
    version = str(agreement.version)
    if agreement.state is AgreementState.AGREED:
        return _("*Version {version} is confirmed by all cities.*", version=version)
    asked = lines(
        _("*Version {version}* needs a yes from each city: from a mayor or a coordinator.", version=version),
        _(
            "*To answer:* press a button, or write `/minutes {number} agree` or `/minutes {number} object REASON`.",
            number=str(agreement.number),
        ),
    )
    if agreement.in_force is None:
        return asked
    return lines(asked, _("Until then, version {version} is in force.", version=str(agreement.in_force)))


async def _card_of(ctx: Context, agreement: AgreementRecord) -> int | None:
    minutes = await ctx.store.minutes.by_agreement(agreement.id)
    return minutes.card_id if minutes else None


def _label(agreement: AgreementRecord) -> LazyText:
    return _("Minutes {number}", number=str(agreement.number))


def _advice(agreement: AgreementRecord) -> LazyText:
    return _("A coordinator can correct them: `/minutes {number} correct TEXT`", number=str(agreement.number))


KIND = _signing.Kind(
    feature="minutes",
    word="minutes",
    label=_label,
    advice=_advice,
    card=_card_of,
    changed=refresh,
    agreed=announce_agreed,
)
