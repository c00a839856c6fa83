"""Confirming and objecting, the same for everything that cities agree on.

A confirmation is for one version of the text: that of the pressed button or, if it was typed, the one whose card has
arrived in the chat. Whoever brings an agreement, locked, may call `confirm` and `object_to`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeAlias

from bot.agreement import AgreementState, IllegalStep, Step, StepRefusal, outcome
from bot.commands.arguments import check_length
from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.router import Router
from bot.model import Message, rich
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, Param, UserError, _, lines
from bot.text.names import guard
from bot.voice import Choice
from handlers.agreements import _proof
from handlers.agreements._authority import city_signed_for, parties, signatory
from storage import AgreementKind, AgreementRecord, City, Delivery, State, StoredMessage

router = Router(_("Action points"))

AGREE = "agree"
"""The action of the buttons that confirm: `agree:AGREEMENT:VERSION`."""
OBJECTION = "objection"
"""The action of the buttons that object, `objection:AGREEMENT:VERSION`, and of the one that takes the question for the
reason back, with `:no`."""
LONGEST_REASON = 500
"""Characters."""
_LATEST = timedelta(hours=24)
"""No message comes later than that: if it seems to, the messenger's clock is wrong."""

Follow: TypeAlias = Callable[[Context, AgreementRecord], Awaitable[None]]
"""What follows a step, in the same transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What is particular to a kind of agreement.

    `feature`: the name of its feature. `word`: its command. `label`: `Action point 3`. `advice`: what people can do
    after an objection. `card`: the message with the present version. `changed`: after a confirmation or an objection.
    `agreed`: when the present version has come into force.
    """

    feature: str
    word: str
    label: Callable[[AgreementRecord], LazyText]
    advice: Callable[[AgreementRecord], LazyText]
    card: Callable[[Context, AgreementRecord], Awaitable[int | None]]
    changed: Follow
    agreed: Follow


KINDS: dict[AgreementKind, Kind] = {}
"""Each kind of agreement, as its package registers it."""


def kind_of(agreement: AgreementRecord) -> Kind:
    """Return the kind of an agreement."""
    return KINDS[agreement.kind]


def buttons(agreement: AgreementRecord) -> tuple[Choice, ...]:
    """Return the buttons with which the present version is confirmed or objected to, as long as it can be."""
    if not agreement.is_pending:
        return ()
    which = f"{agreement.id}:{agreement.version}"
    return (
        Choice(_("agree"), "✅", f"{AGREE}:{which}"),
        Choice(_("object"), "✋", f"{OBJECTION}:{which}"),
    )


async def retire(ctx: Context, card: int, text: LazyText) -> None:
    """Replace the card of an earlier version. Whoever presses its buttons, where they are still seen, is told so."""
    stored = await ctx.store.messages.kept(card)
    await ctx.update(card, text)
    if stored:
        await ctx.store.messages.set_buttons(card, stored.buttons)


# Confirming


async def confirm(ctx: DialogueContext, agreement: AgreementRecord, version: int | None = None) -> None:
    """Confirm the present version for the person's city; with the last city, it is agreed. Raises UserError.

    `version`: the one that they have seen; None: the one whose card has arrived.
    """
    city = await city_signed_for(ctx)
    if version is None:
        await _check_arrived(ctx, agreement)
    content = {"role": str(ctx.role)}
    agreement = await take(ctx, agreement, Step.CONFIRMED, city, content, version=version)
    if agreement.state is AgreementState.AGREED:
        await kind_of(agreement).agreed(ctx, agreement)
        return
    await kind_of(agreement).changed(ctx, agreement)
    here = await parties(ctx, agreement.dialogue_id)
    confirmed = await ctx.store.agreements.signatories(agreement)
    missing = [each.name for each in here if each.name not in confirmed]
    receipt = _("{what}: {city} agrees.", what=kind_of(agreement).label(agreement), city=city.name)
    await ctx.answer(lines(receipt, _("Still missing: {cities}.", cities=missing), by=" ") if missing else receipt)


async def take(
    ctx: DialogueContext,
    agreement: AgreementRecord,
    step: Step,
    city: City | None = None,
    content: Mapping[str, object] | None = None,
    *,
    version: int | None = None,
) -> AgreementRecord:
    """Take a step in the person's name and return the agreement. Raises UserError if its state does not allow it.

    `city`: on whose behalf (None: the one they speak for). `version`: as in `Agreements.take`.
    """
    by = signatory(ctx, city)
    try:
        return await ctx.store.agreements.take(agreement, step, by, ctx.now, content, version=version)
    except IllegalStep as illegal:
        raise UserError(refused(illegal.refusal, agreement, by.city)) from None


async def _check_arrived(ctx: DialogueContext, agreement: AgreementRecord) -> None:
    """Raise UserError if they typed before the present version had arrived: they mean another (trust: case 124).

    Before the first version there is none that they could mean.
    """
    if agreement.version == 1:
        return
    card = await kind_of(agreement).card(ctx, agreement)
    chats = await ctx.store.chats.of_dialogue(agreement.dialogue_id) if ctx.private else [ctx.chat]
    mine = {each.id for each in chats if not ctx.private or (ctx.city and each.city == ctx.city)}
    sent = await ctx.store.deliveries.of_message(card) if card is not None else []
    coming = {each.chat_id for each in sent if each.kind == "send" and _came_later(each, ctx.at)}
    if mine and mine <= coming:
        raise UserError(refused(StepRefusal.STALE, agreement))


def _came_later(sent: Delivery, at: datetime) -> bool:
    """Whether a post arrived after a time, which messengers may report in whole seconds, or is still on its way."""
    if sent.state in {State.QUEUED, State.SENDING}:
        return True
    return sent.done_at is not None and timedelta(0) < sent.done_at.replace(microsecond=0) - at < _LATEST


_REFUSALS: Mapping[StepRefusal, Callable[[Mapping[str, Param]], LazyText]] = {
    StepRefusal.STALE: lambda values: _(
        "{what}: the text has been changed meanwhile, so nothing was recorded. Please read the newest version first.",
        **values,
    ),
    StepRefusal.CONFIRMED_ALREADY: lambda values: _("{what}: {city} has already agreed to this text.", **values),
    StepRefusal.OTHER_CITY: lambda values: _(
        "{what}: you have already agreed to this text for another city, and one person acts for one city only. Please"
        " ask somebody else in {city}.",
        **values,
    ),
    StepRefusal.AGREED: lambda values: _("{what}: all cities have already agreed to this text.", **values),
    StepRefusal.DONE: lambda values: _("{what}: this is already done.", **values),
    StepRefusal.NOT_DONE: lambda values: _("{what}: this has not been marked as done.", **values),
    StepRefusal.NOT_AGREED: lambda values: _("{what}: not all cities have agreed to this yet.", **values),
    StepRefusal.FINAL: lambda values: _(
        "{what}: this has been withdrawn or replaced. Nothing about it changes any more.", **values
    ),
}


def refused(refusal: StepRefusal, agreement: AgreementRecord, city: str = "") -> LazyText:
    """Return why a step is not possible; `city`: on whose behalf it would be."""
    return _REFUSALS[refusal]({"what": kind_of(agreement).label(agreement), "city": city})


# Objecting


async def object_to(ctx: DialogueContext, agreement: AgreementRecord, reason: str, version: int | None = None) -> None:
    """Object to the present version for the person's city; without a reason, ask for it. Raises UserError."""
    city = await city_signed_for(ctx)
    reason = " ".join(reason.split())
    check_length(reason, LONGEST_REASON)
    _check_pending(agreement)
    if not reason:
        await _ask(ctx, agreement, city)
        return
    content = {"reason": reason, "role": str(ctx.role)}
    agreement = await take(ctx, agreement, Step.OBJECTED, city, content, version=version)
    kind = kind_of(agreement)
    await kind.changed(ctx, agreement)
    head = _("✋ *{what}: {city} objects*", what=kind.label(agreement), city=city.name)
    why = _("*Reason:* {text}", text=LazyText("{text}", params={"text": guard(rich(reason))}))
    who = _("{name}, {role} of {city}", name=ctx.person.name, role=ROLE_NAMES[ctx.role], city=city.name)
    again = _("If {city} agrees after all, that withdraws the objection.", city=city.name)
    await ctx.announce(ctx.dialogue, lines(head, why, who, kind.advice(agreement), again, check_number(agreement)))


def check_number(agreement: AgreementRecord) -> LazyText:
    """Return a line with the check number, by which people compare what they see."""
    return _("Check number: {number}", number=agreement.check_number)


def _check_pending(agreement: AgreementRecord) -> None:
    if agreement.state.is_final:
        raise UserError(refused(StepRefusal.FINAL, agreement))
    if agreement.state is AgreementState.DONE:
        raise UserError(refused(StepRefusal.DONE, agreement))
    if agreement.state is AgreementState.AGREED:
        raise UserError(refused(StepRefusal.AGREED, agreement))


async def _ask(ctx: DialogueContext, agreement: AgreementRecord, city: City) -> None:
    """Ask for the reason; whoever answers the question with it objects."""
    question = _(
        "{what}: why does {city} object? Please answer this message with the reason.",
        what=kind_of(agreement).label(agreement),
        city=city.name,
    )
    action = f"{OBJECTION}:{agreement.id}:{agreement.version}:no"
    await ctx.reply(question, Choice(_("do not object"), "❌", action))


async def command_in(ctx: Context, post: StoredMessage | None, text: str) -> str:
    """Return the command for an answer to the question for a reason; empty for any other, or if it is out of date."""
    asked = await _asked_about(ctx, post)
    if asked is None or asked[0].version != asked[1]:
        return ""
    return f"{kind_of(asked[0]).word} {asked[0].number} object {text}"


async def on_reply(ctx: CommandContext, _message: Message) -> None:
    """Raise UserError for an answer to the question for a reason if the text has been changed since."""
    asked = await _asked_about(ctx, ctx.replied_message)
    if asked and asked[0].version != asked[1]:
        raise UserError(refused(StepRefusal.STALE, asked[0]))


async def _asked_about(ctx: Context, post: StoredMessage | None) -> tuple[AgreementRecord, int] | None:
    """Return the agreement and the version to which a question for the reason refers, if a post is one."""
    for sealed in post.buttons.values() if post else ():
        name, *rest = (ctx.signer.verify(post.id, sealed) or "").split(":") if post else ("",)
        if name == OBJECTION and len(rest) == 3:
            agreement = await ctx.store.agreements.read(int(rest[0]))
            return (agreement, int(rest[1])) if agreement else None
    return None


# Buttons


@router.button(AGREE, in_dialogue=True)
async def press_to_confirm(ctx: DialogueContext) -> None:
    """Confirm the version under which the button is."""
    agreement, version, _rest = await _of_button(ctx)
    await confirm(replace(ctx, feature=kind_of(agreement).feature), agreement, version)


@router.button(OBJECTION, in_dialogue=True)
async def press_to_object(ctx: DialogueContext) -> None:
    """Ask for the reason, or withdraw that question."""
    agreement, version, rest = await _of_button(ctx)
    if rest:
        await _take_back(ctx, agreement)
        return
    if version != agreement.version:
        raise UserError(refused(StepRefusal.STALE, agreement))
    await object_to(replace(ctx, feature=kind_of(agreement).feature), agreement, "", version)


async def _take_back(ctx: DialogueContext, agreement: AgreementRecord) -> None:
    """Withdraw the question for a reason. Raises UserError if it was answered."""
    objections = outcome(await ctx.store.agreements.history(agreement.id)).objections
    if ctx.city and ctx.city.name in objections:
        what = kind_of(agreement).label(agreement)
        raise UserError(
            _("{what}: {city} has already objected. To agree after all, press ✅.", what=what, city=ctx.city.name)
        )
    await ctx.update(ctx.pressed_post, _("No objection was made."))


async def _of_button(ctx: DialogueContext) -> tuple[AgreementRecord, int, str]:
    """Return the agreement, locked, and the version of a button, and what else its action says."""
    id, version, *rest = ctx.args.split(":")
    try:
        agreement = await ctx.store.agreements.get(int(id))
    except LookupError:
        raise UserError(_("This is long over.")) from None
    await _proof.check(ctx, agreement)
    return agreement, int(version), "".join(rest)
