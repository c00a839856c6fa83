"""Who decides that a chat may speak for a city: its own coordinators, as soon as it has any (ADR 13)."""

from __future__ import annotations

from bot.commands.checks import own_city
from bot.commands.context import CommandContext
from bot.text.catalogue import UserError, _
from storage import Appointment, Chat, City, Dialogue, OneTimeCode, Person


async def dialogue_of(ctx: CommandContext, code: OneTimeCode) -> Dialogue | None:
    """Return the dialogue of a code's chat; None if it is created only when the code is redeemed."""
    partner = await ctx.store.chats.get(code.chat_id)
    return await ctx.store.dialogues.get(partner.dialogue_id) if partner.dialogue_id else None


async def appointed(ctx: CommandContext, city: City, dialogue: Dialogue | None) -> list[Appointment]:
    """Return the appointed coordinators of a city: those in the dialogue, otherwise those in other dialogues."""
    appointment = await ctx.store.roles.coordinators_of(city)
    return [each for each in appointment if dialogue and each.dialogue_id == dialogue.id] or appointment


async def deciders(ctx: CommandContext, city: City, dialogue: Dialogue | None) -> list[Person]:
    """Return the people who decide for a city; empty if nobody has claimed it yet.

    If nobody was appointed but a chat of the city takes part, the coordinators from the settings have set it up.
    """
    if appointment := await appointed(ctx, city, dialogue):
        return [await ctx.store.people.get(id) for id in sorted({each.person_id for each in appointment})]
    if not await chats_of(ctx, city, dialogue):
        return []
    named = await ctx.rights.coordinators(ctx.store, None)
    return [each for each in named if await acts_for(ctx, each, city, dialogue)]


async def chats_of(ctx: CommandContext, city: City, dialogue: Dialogue | None) -> list[Chat]:
    """Return the chats of a city in the dialogues where its coordinators are appointed, otherwise in the given one."""
    appointment = await appointed(ctx, city, dialogue)
    ids = {each.dialogue_id for each in appointment} or ({dialogue.id} if dialogue else set())
    chats = [chat for id in sorted(ids) for chat in await ctx.store.chats.of_dialogue(id)]
    return [chat for chat in chats if chat.city and chat.city.id == city.id]


async def acts_for(ctx: CommandContext, person: Person, city: City, dialogue: Dialogue | None) -> bool:
    """Return whether a person coordinates a city now; those from the settings do for all cities until appointed."""
    if person.id in {each.person_id for each in await appointed(ctx, city, dialogue)}:
        return True
    appointment = [each for each in await ctx.store.roles.of_person(person.id) if each.appointed]
    bound = any(dialogue is None or each.dialogue_id == dialogue.id for each in appointment)
    return ctx.rights.by_settings(person) and not bound


async def is_own(ctx: CommandContext, code: OneTimeCode, city: City, dialogue: Dialogue | None) -> bool:
    """Return whether a code is a city's own: its creator coordinates the city now, not just when it was created."""
    maker = await ctx.store.people.by_account(code.account)
    if maker is None or not await acts_for(ctx, maker, city, dialogue):
        return False
    partner = await ctx.store.chats.get(code.chat_id)
    giver = partner.city or code.city
    return (giver is not None and giver.name == city.name) or not await appointed(ctx, city, dialogue)


async def may_join(ctx: CommandContext, city: City, code: OneTimeCode, dialogue: Dialogue | None) -> bool:
    """Return whether this chat may speak for a city without asking its coordinators."""
    return (
        not await deciders(ctx, city, dialogue)
        or await acts_for(ctx, ctx.person, city, dialogue)
        or await is_own(ctx, code, city, dialogue)
    )


async def check_maker(ctx: CommandContext, city: City) -> None:
    """Check that the person may create a code for a city. Raises UserError."""
    if ctx.dialogue:
        own_city(ctx)
        return
    heads = await deciders(ctx, city, None)
    entitled = ctx.admin or ctx.rights.by_settings(ctx.person)
    if await acts_for(ctx, ctx.person, city, None) or (entitled and not heads):
        return
    if heads:
        text = _(
            "{city} has coordinators: {names}. Only they can make a code for it.",
            city=city.name,
            names=[each.name for each in heads],
        )
        raise UserError(text)
    raise UserError(
        _("You do not act for {city}. An administrator of this chat can make a code for it.", city=city.name)
    )


async def check_first(ctx: CommandContext, code: OneTimeCode) -> None:
    """Check that the creator of an unpaired chat's code may still speak for its city. Raises UserError."""
    maker = await ctx.store.people.by_account(code.account)
    city = await ctx.store.cities.named(code.city.name) if code.city else None
    if city is None or not await deciders(ctx, city, None):
        return
    if maker is None or not await acts_for(ctx, maker, city, None):
        raise UserError(
            _(
                "This code is no longer valid: it has been used or has expired. Please ask the partner city for a new"
                " one."
            )
        )
