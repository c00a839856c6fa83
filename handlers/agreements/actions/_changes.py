"""What people do with an action point; each takes it, locked, and the rest of what they typed."""

from __future__ import annotations

from bot.agreement import Step
from bot.commands.arguments import check_length
from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, UserError, _, lines
from handlers.agreements import _signing
from handlers.agreements._authority import check_not_muted
from handlers.agreements.actions import _agreement, _card, _terms
from handlers.agreements.actions._lookup import GROUP, staff_only
from storage import ActionPoint

router = Router(GROUP)

LONGEST_REMARK = 500
"""Characters."""
_NONE = {"none", "keine", "keiner", "keinen", "niemand", "nobody"}


async def agree(ctx: DialogueContext, point: ActionPoint, _rest: str) -> None:
    """Confirm the present text for the person's city."""
    await _signing.confirm(ctx, point.agreement)


async def object_to(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Object to the present text for the person's city, with a reason."""
    await _signing.object_to(ctx, point.agreement, rest)


# Its life


async def done(ctx: DialogueContext, point: ActionPoint, rest: str = "") -> None:
    """Mark an agreed action point as done; what is typed besides is a remark."""
    await _check_staff(ctx)
    head = _("☑️ *Action point {number} is done.*", number=str(point.number))
    await _step(ctx, point, Step.DONE, head, _remark(rest))


async def reopen(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Take back that an action point is done."""
    await _check_staff(ctx)
    head = _("🔁 *Action point {number} is open again.*", number=str(point.number))
    await _step(ctx, point, Step.REOPENED, head, _remark(rest))


async def withdraw(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Withdraw an action point; a proposal, its proposer may, too."""
    check_not_muted(ctx)
    own = point.agreement.in_force is None and point.proposed_by == ctx.person.id
    if not ctx.role.is_official and not own:
        raise UserError(
            _("An action point is withdrawn by a mayor or a coordinator; a proposal, by whoever made it as well.")
        )
    head = _("❌ *Action point {number} has been withdrawn.*", number=str(point.number))
    await _step(ctx, point, Step.WITHDRAWN, head, _remark(rest))


@router.button(_card.DONE, in_dialogue=True)
async def press_done(ctx: DialogueContext) -> None:
    """Mark an action point as done."""
    try:
        point = await ctx.store.actions.get(int(ctx.args))
    except LookupError:
        raise UserError(_("This is long over.")) from None
    await done(ctx, point)


async def _step(ctx: DialogueContext, point: ActionPoint, step: Step, head: LazyText, remark: str) -> None:
    """Take a step that ends or reopens an action point, and announce it."""
    content = {"role": str(ctx.role)} | ({"reason": remark} if remark else {})
    agreement = await _signing.take(ctx, point.agreement, step, content=content)
    point = await ctx.store.actions.get(agreement.id)
    await _agreement.changed(ctx, agreement)
    rows = [head, _terms.written(point.text)]
    rows += [_("*Remark:* {text}", text=_terms.written(remark))] if remark else []
    await ctx.announce(ctx.dialogue, lines(*rows, _who(ctx), _signing.check_number(agreement)))


def _who(ctx: DialogueContext) -> LazyText:
    role = ROLE_NAMES[ctx.role]
    if ctx.city is None:
        return _("{name}, {role}", name=ctx.person.name, role=role)
    return _("{name}, {role} of {city}", name=ctx.person.name, role=role, city=ctx.city.name)


def _remark(rest: str) -> str:
    remark = " ".join(rest.split())
    check_length(remark, LONGEST_REMARK)
    return remark


async def _check_staff(ctx: DialogueContext) -> None:
    check_not_muted(ctx)
    await staff_only(ctx)


# Its terms


async def edit(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Change what is typed of the text, the owners and the due date; what is not typed stays."""


async def due(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Set or remove the due date."""


async def owner(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Name the owners for their cities, in place of those whom these had; or remove all."""
