"""Muting and unmuting of people."""

from __future__ import annotations

from bot.commands.context import DialogueContext
from bot.commands.mentions import label, target_person
from bot.commands.router import Router
from bot.model import Role
from bot.text.catalogue import UserError, _
from handlers.people._muted_chats import answers_a_chat, mute_chat, unmute_chat
from handlers.people._refusals import not_in_settings, own_citizen
from storage import Appointment, Person

router = Router(_("People and roles"))


@router.command(
    "mute",
    "stumm",
    summary=_("stops passing on what someone writes; also as a reply"),
    usage=_("@NAME"),
    example=_("`/mute @eve`"),
    role=Role.COORDINATOR,
    in_dialogue=True,
    takes=lambda typed: typed.is_about_someone,
)
async def mute(ctx: DialogueContext) -> None:
    """Stop relaying what someone of the coordinator's own city writes."""
    if answers_a_chat(ctx):
        await mute_chat(ctx)
        return
    person, appointment = await _target(ctx)
    if appointment.role is not Role.GUEST:
        raise UserError(_("Only guests can be muted. Please make {name} a guest first: `/role`", name=person.name))
    if appointment.muted:
        raise UserError(_("{name} is already muted.", name=person.name))
    await ctx.store.roles.mute(appointment, ctx.now)
    await _record(ctx, person, "mute")
    who = label(person, await ctx.store.people.of_person(person.id))
    await ctx.announce(
        ctx.dialogue, _("🔇 {who} was muted by {by}: nothing they write is passed on.", who=who, by=ctx.person.name)
    )


@router.command(
    "unmute",
    "laut",
    summary=_("passes on again what someone writes; also as a reply"),
    usage=_("@NAME"),
    role=Role.COORDINATOR,
    in_dialogue=True,
    takes=lambda typed: typed.is_about_someone,
)
async def unmute(ctx: DialogueContext) -> None:
    """Resume relaying what someone writes."""
    if answers_a_chat(ctx):
        await unmute_chat(ctx)
        return
    person, appointment = await _target(ctx)
    if not appointment.muted:
        raise UserError(_("{name} is not muted.", name=person.name))
    await ctx.store.roles.mute(appointment, None)
    await _record(ctx, person, "unmute")
    who = label(person, await ctx.store.people.of_person(person.id))
    await ctx.announce(
        ctx.dialogue,
        _("🔊 {who} was unmuted by {by}: what they write is passed on again.", who=who, by=ctx.person.name),
    )


async def _target(ctx: DialogueContext) -> tuple[Person, Appointment]:
    """Return the person meant and their appointment, if in the coordinator's own city. Raises UserError."""
    found = await target_person(ctx)
    if found is None:
        raise UserError(_("Please name the person, or reply to one of their messages."), usage=True)
    person, _rest = found
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    if appointment is None:
        raise UserError(_("{name} does not take part here.", name=person.name))
    not_in_settings(ctx, person)
    own_citizen(ctx, person, appointment)
    return person, appointment


async def _record(ctx: DialogueContext, person: Person, action: str) -> None:
    await ctx.store.audit.record(
        ctx.now, action, by=ctx.account, dialogue=ctx.dialogue, subject=str(person.accounts[0])
    )
