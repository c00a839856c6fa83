"""What can be done with minutes that have ended: confirm them, object to them, correct them."""

from __future__ import annotations

from bot.agreement import Step, outcome
from bot.commands.arguments import check_length
from bot.commands.checks import coordinators_only
from bot.commands.context import DialogueContext
from bot.text.catalogue import LazyText, UserError, _, lines
from handlers.agreements import _proof, _signing
from handlers.agreements._authority import check_not_muted
from handlers.agreements.minutes import _publishing
from handlers.agreements.minutes._content import corrected
from storage import AgreementRecord, Minutes

LONGEST_CORRECTION = 1000
"""Characters."""


async def agree(ctx: DialogueContext, minutes: Minutes, _rest: str) -> None:
    """Confirm minutes for the person's city."""
    await _signing.confirm(ctx, await _agreement(ctx, minutes))


async def object_to(ctx: DialogueContext, minutes: Minutes, reason: str) -> None:
    """Object to minutes for the person's city."""
    await _signing.object_to(ctx, await _agreement(ctx, minutes), reason)


async def history(ctx: DialogueContext, minutes: Minutes, _rest: str) -> None:
    """Answer with the whole history, and the proof that nobody has changed it."""
    agreement = await _agreement(ctx, minutes)
    title = _("📝 *Minutes {number}: {title}*", number=str(minutes.number), title=minutes.title)
    await ctx.reply(lines(title, *await _proof.summary(ctx, agreement, most=None)))


async def correct(ctx: DialogueContext, minutes: Minutes, text: str) -> None:
    """Add a correction, which makes a new version; what was noted, and agreed on, stays as it is."""
    check_not_muted(ctx)
    await coordinators_only(ctx)
    agreement = await _agreement(ctx, minutes)
    text = text.strip()
    if not text:
        raise UserError(
            _(
                "Please write what is corrected: `/minutes {number} correct Decision 2: 30 trees, not 300`",
                number=str(minutes.number),
            )
        )
    check_length(text, LONGEST_CORRECTION)
    before = outcome(await ctx.store.agreements.history(agreement.id)).content
    content = corrected(before, text, ctx.city, ctx.now, agreement.version)
    agreement = await _signing.take(ctx, agreement, Step.EDITED, None, content)
    await _publishing.close(ctx, minutes)
    await _publishing.publish(ctx, minutes, _announcement(ctx, agreement, text))


def _announcement(ctx: DialogueContext, agreement: AgreementRecord, text: str) -> LazyText:
    number, version, name = str(agreement.number), str(agreement.version), ctx.person.name
    return lines(
        _("✏️ *Minutes {number} have been corrected by {name}: {text}*", number=number, name=name, text=text),
        _(
            "This is version {version}. Earlier answers do not count for it: please answer again.",
            version=version,
        ),
    )


async def _agreement(ctx: DialogueContext, minutes: Minutes) -> AgreementRecord:
    """Return the agreement on minutes, locked. Raises UserError if they are open, or nothing was noted."""
    if minutes.is_open:
        raise UserError(
            _("Minutes {number} are still open. First end them: `/minutes end`", number=str(minutes.number))
        )
    if minutes.agreement_id is None:
        raise UserError(
            _("In minutes {number} nothing was noted, so there is nothing to confirm.", number=str(minutes.number))
        )
    return await ctx.store.agreements.get(minutes.agreement_id)
