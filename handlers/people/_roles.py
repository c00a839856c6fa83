"""Roles of people in their cities: given only by the city's own coordinators, and announced to everybody."""

from __future__ import annotations

import difflib
from itertools import groupby

from bot.commands.context import DialogueContext
from bot.commands.mentions import label, target_person
from bot.commands.router import Router
from bot.model import Role
from bot.relay import ROLE_NAMES
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.characters import fold
from handlers.people._refusals import not_in_settings, own_citizen
from storage import Appointment, City, Dialogue, Person, Purpose

router = Router(_("People and roles"))

WORDS = {
    Role.COORDINATOR: ("coordinator", "coordination", "koordinator", "koordinatorin", "koordination"),
    Role.MAYOR: (
        "mayor",
        "mayoress",
        "lordmayor",
        "buergermeister",
        "buergermeisterin",
        "oberbuergermeister",
        "oberbuergermeisterin",
        "ob",
    ),
    Role.STAFF: ("staff", "fachkraft", "fachleute", "mitarbeiter", "mitarbeiterin", "personal"),
    Role.GUEST: ("guest", "gast"),
}
"""What people type for each role."""
_ROLES = {word: role for role, words in WORDS.items() for word in words}


@router.command(
    "role",
    "rolle",
    summary=_("gives someone a role in your city; also as a reply to one of their messages"),
    usage=_("@NAME mayor|staff|guest|coordinator"),
    example=_("`/role @grace mayor`"),
    role=Role.COORDINATOR,
    in_dialogue=True,
    takes=lambda typed: typed.is_about_someone or fold(typed.args) in _ROLES,
)
async def role(ctx: DialogueContext) -> None:
    """Appoint someone to a role in the coordinator's own city."""
    person, rest = await _whom(ctx)
    if not rest:
        await ctx.reply(await _told(ctx, person))
        return
    await _appoint(ctx, person, _role(rest))


async def _whom(ctx: DialogueContext) -> tuple[Person, str]:
    """Return the person meant, by name or replied-to message, and the rest of the arguments. Raises UserError."""
    if found := await target_person(ctx, for_role=True):
        return found
    if not ctx.is_reply:
        raise UserError(
            _("Please name the person and the role, or reply to one of their messages with the role alone."), usage=True
        )
    raise UserError(_("I do not know who wrote that message. Please name the person: `/role @NAME mayor`"))


def _role(text: str) -> Role:
    word = "".join(filter(str.isalnum, fold(text)))  # Bürgermeister/in, lord mayor
    if word in _ROLES:
        return _ROLES[word]
    near = difflib.get_close_matches(word, _ROLES, n=1, cutoff=0.6)
    if near:
        role = ROLE_NAMES[_ROLES[near[0]]]
        raise UserError(_("I do not know the role “{text}”. Did you mean *{role}*?", text=text, role=role), usage=True)
    raise UserError(_("I do not know the role “{text}”.", text=text), usage=True)


async def _appoint(ctx: DialogueContext, person: Person, role: Role) -> None:
    dialogue, city = ctx.dialogue, ctx.city
    if city is None:
        raise UserError(_("Please type this in the chat of your city: here I cannot tell which city it is meant for."))
    appointment = await ctx.store.roles.of(dialogue.id, person.id)
    await _check(ctx, city, person, role=role, appointment=appointment)
    if appointment and appointment.appointed and appointment.role is role:
        raise UserError(
            _("{name} is already {role} of {city}.", name=person.name, role=ROLE_NAMES[role], city=city.name)
        )
    await ctx.store.roles.set(dialogue, person, city, role, ctx.now)
    if role is not Role.COORDINATOR:
        await ctx.store.codes.void_of(Purpose.PAIR, person, ctx.now)  # who may not pair keeps no valid codes
    who = label(person, await ctx.store.people.of_person(person.id))
    details = f"{appointment.role if appointment else 'none'} → {role}, {city.name}"
    await ctx.store.audit.record(
        ctx.now, "role", by=ctx.account, dialogue=dialogue, subject=str(person.accounts[0]), details=details
    )
    await ctx.announce(
        dialogue,
        _(
            "👤 {who} is now *{role}* of {city}. Given by {by}.",
            who=who,
            role=ROLE_NAMES[role],
            city=city.name,
            by=ctx.person.name,
        ),
    )
    if person.id != ctx.person.id:
        await ctx.tell(person.id, _welcome(role, city, dialogue))


async def _check(
    ctx: DialogueContext, city: City, person: Person, *, role: Role, appointment: Appointment | None
) -> None:
    """Check that this coordinator may give this person that role. Raises UserError (trust: case 15)."""
    own_citizen(ctx, person, appointment)
    if role is Role.COORDINATOR:
        return
    not_in_settings(ctx, person)
    if appointment and appointment.role is Role.COORDINATOR and await _is_last(ctx, city):
        text = _(
            "{name} is the only coordinator of {city}. Please appoint another first: `/role @NAME coordinator`",
            name=person.name,
            city=city.name,
        )
        raise UserError(text)


async def _is_last(ctx: DialogueContext, city: City) -> bool:
    """Return whether a city would be left without anybody who can appoint."""
    appointments = await ctx.store.roles.in_dialogue(ctx.dialogue.id)
    others = [each for each in appointments if each.role is Role.COORDINATOR and each.city.id == city.id]
    return len(others) == 1 and not ctx.rights.settings


def _welcome(role: Role, city: City, dialogue: Dialogue) -> LazyText:
    return _(
        "In the dialogue {dialogue} you are now *{role}* of {city}. `/help` shows what you may do.",
        dialogue=dialogue.name,
        role=ROLE_NAMES[role],
        city=city.name,
    )


async def _told(ctx: DialogueContext, person: Person) -> LazyText:
    """Return a text with someone's role, for a coordinator who has named none."""
    appointment = await ctx.store.roles.of(ctx.dialogue.id, person.id)
    who = label(person, await ctx.store.people.of_person(person.id))
    if appointment is None:
        return _("{who} has no role here.", who=who)
    return _("{who} is {role} of {city}.", who=who, role=ROLE_NAMES[appointment.role], city=appointment.city.name)


@router.command("roles", "rollen", summary=_("shows who has which role for which city"), in_dialogue=True)
async def roles(ctx: DialogueContext) -> None:
    """List the roles of the dialogue, city by city."""
    appointments = await ctx.store.roles.in_dialogue(ctx.dialogue.id)
    rows = [_("*{dialogue}*", dialogue=ctx.dialogue.name)]
    for city, people in groupby(sorted(appointments, key=_order), key=lambda each: each.city.name):
        rows.append(_("*{city}*", city=city))
        rows += await _rows(ctx, list(people))
    named = [each.name for each in await ctx.rights.coordinators(ctx.store, None)]
    if named:
        rows.append(_("Coordinators of every city, named in the settings of this bot: {names}", names=named))
    await ctx.reply(lines(*rows))


def _order(appointment: Appointment) -> tuple[str, int]:
    return appointment.city.name, -list(Role).index(appointment.role)


async def _rows(ctx: DialogueContext, appointments: list[Appointment]) -> list[LazyText]:
    """List people with a role by name; of guests only the number."""
    rows = []
    guests = 0
    for each in appointments:
        person = await ctx.store.people.get(each.person_id)
        if each.role is Role.GUEST:
            guests += not ctx.rights.by_settings(person)
            continue
        who = label(person, await ctx.store.people.of_person(person.id))
        rows.append(_("{role}: {who}", role=ROLE_NAMES[each.role], who=who))
    return rows + ([n_("{n} guest", "{n} guests", guests)] if guests else [])
