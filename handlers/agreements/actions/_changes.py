"""What people do with an action point; each takes it, locked, and the rest of what they typed."""

from __future__ import annotations

from dataclasses import replace

from bot.agreement import IllegalStep, Step
from bot.commands.arguments import check_length
from bot.commands.context import DialogueContext
from bot.commands.router import Router
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from handlers.agreements import _proof, _signing
from handlers.agreements._authority import check_not_muted, signatory
from handlers.agreements.actions import _agreement, _card, _clashes, _parsing, _reminders, _terms
from handlers.agreements.actions._lookup import GROUP, staff_only
from handlers.agreements.actions._owners import owners_in
from storage import ActionPoint, NewOwner, Terms

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
    await _proof.check(ctx, point.agreement)
    await done(ctx, point)


async def _step(ctx: DialogueContext, point: ActionPoint, step: Step, head: LazyText, remark: str) -> None:
    """Take a step that ends or reopens an action point, and announce it."""
    content = {"role": str(ctx.role)} | ({"reason": remark} if remark else {})
    agreement = await _signing.take(ctx, point.agreement, step, content=content)
    point = await ctx.store.actions.get(agreement.id)
    await _agreement.changed(ctx, agreement)
    rows = [head, _terms.written((await _terms.effective(ctx, point)).text)]
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
    await _check_staff(ctx)
    if not rest.strip():
        raise UserError(_("Please write the new text after it: `/action {number} edit TEXT`", number=str(point.number)))
    await apply(ctx, point, await _parsing.read(ctx, rest, written_in=point.language))


async def due(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Set or remove the due date."""
    await _check_staff(ctx)
    day, notes = (None, ()) if fold(rest.strip()) in _NONE else _parsing.due_in(ctx, rest)
    await change(ctx, point, replace(await present(ctx, point), due_on=day), *notes)


async def owner(ctx: DialogueContext, point: ActionPoint, rest: str) -> None:
    """Name the owners for their cities, in place of those whom these had; or remove all."""
    await _check_staff(ctx)
    if fold(rest.strip()) in _NONE:
        await change(ctx, point, replace(await present(ctx, point), owners=()))
        return
    left, named = await owners_in(ctx, rest)
    if left or not named:
        raise UserError(_("Please name who is to do it: `/action {number} owner @NAME`", number=str(point.number)))
    await apply(ctx, point, _parsing.NewAction(terms={"owners": named}, links={}))


async def apply(ctx: DialogueContext, point: ActionPoint, new: _parsing.NewAction) -> None:
    """Change what somebody typed about an action point; owners replace those of their cities. Raises UserError.

    A text in a second language that belongs to the old text is removed, unless there is a new one.
    """
    now = await present(ctx, point)
    after = replace(now, **new.terms)
    if after.text != now.text and "translation" not in new.terms:
        after = replace(after, translation=None, translation_language=None)
    if "owners" in new.terms:
        after = replace(after, owners=_instead(now.owners, new.terms["owners"]))
    if new.links and not point.state.is_final:
        point = await ctx.store.actions.link(point, **new.links)
        if after == now:
            await _card.refresh(ctx, point)
            await ctx.reply(_("Action point {number} has been changed.", number=str(point.number)))
            return
    lost = now.translation is not None and after.translation is None
    await change(ctx, point, after, *new.notes, *([_LOST] if lost else []))


_LOST = _(
    "The text in the second language belonged to the old text and was removed. To add a new one, put it on a line of"
    " its own: `de: TEXT` or `en: TEXT`"
)


def _instead(owners: tuple[NewOwner, ...], named: tuple[NewOwner, ...]) -> tuple[NewOwner, ...]:
    """Return the owners with those named in place of the ones of the same cities."""
    cities, people = {each.city for each in named}, {each.person_id for each in named}
    after = (*(each for each in owners if each.city not in cities and each.person_id not in people), *named)
    return owners if {each.person_id for each in after} == {each.person_id for each in owners} else after


async def change(ctx: DialogueContext, point: ActionPoint, terms: Terms, *notes: LazyText) -> None:
    """Make new terms the next version, which every city has to confirm, and post its card in every chat.

    `notes`: what the person should know besides. Raises UserError if nothing changes, or nothing may change any more.
    """
    if terms == await present(ctx, point):
        raise UserError(_("Action point {number} is already like that.", number=str(point.number)))
    try:
        changed = await ctx.store.actions.change(point, terms, signatory(ctx), ctx.now)
    except IllegalStep as illegal:
        raise UserError(_signing.refused(illegal.refusal, point.agreement)) from None
    await _card.post(ctx, changed)
    await _reminders.plan(ctx, changed)
    said = [_receipt(changed), *await _clashes.rows(ctx, changed), *notes] if ctx.private else notes
    if said:
        await ctx.reply(lines(*said))


def _receipt(point: ActionPoint) -> LazyText:
    return _(
        "Action point {number} has been changed. The new version is in every chat, and every city has to agree again.",
        number=str(point.number),
    )


async def present(ctx: DialogueContext, point: ActionPoint) -> Terms:
    """Return the present terms of an action point."""
    cities = {each.id: each for each in ctx.dialogue.cities}
    return Terms(
        text=point.text,
        language=point.language,
        translation=point.translation,
        translation_language=point.translation_language,
        due_on=point.due_on,
        owners=tuple(
            NewOwner(person_id=each.person_id, pseudonym=each.pseudonym, city=cities.get(each.city_id or 0))
            for each in await ctx.store.actions.owners(point)
        ),
        lead=cities.get(point.lead_city_id or 0),
    )
