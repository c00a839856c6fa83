"""Whose word it takes that a chat speaks for a city: its own coordinators', as soon as it has any (ADR 13)."""

from __future__ import annotations

from bot.router import Context
from bot.text.catalogue import UserError, _
from handlers.pairing._leaving import own_city
from storage import Appointment, Chat, City, Code, Dialogue, Person


async def dialogue_of(ctx: Context, code: Code) -> Dialogue | None:
    """Return the dialogue in which the chat of a code takes part; None: it is made when the code is taken."""
    partner = await ctx.store.chats.get(code.chat_id)
    return await ctx.store.dialogues.get(partner.dialogue_id) if partner.dialogue_id else None


async def appointed(ctx: Context, city: City, dialogue: Dialogue | None) -> list[Appointment]:
    """Return the appointed coordinators of a city: those in the dialogue, else those it has in others."""
    held = await ctx.store.roles.coordinators_of(city)
    return [each for each in held if dialogue and each.dialogue_id == dialogue.id] or held


async def deciders(ctx: Context, city: City, dialogue: Dialogue | None) -> list[Person]:
    """Return the people who decide for a city; none: it is nobody's yet.

    Where nobody was appointed but a chat of the city takes part, the settings' coordinators have set it up.
    """
    if held := await appointed(ctx, city, dialogue):
        return [await ctx.store.people.get(id) for id in sorted({each.person_id for each in held})]
    if not await chats_of(ctx, city, dialogue):
        return []
    named = await ctx.rights.coordinators(ctx.store, None)
    return [each for each in named if await acts_for(ctx, each, city, dialogue)]


async def chats_of(ctx: Context, city: City, dialogue: Dialogue | None) -> list[Chat]:
    """Return the chats of a city, in the dialogue where its coordinators are appointed or it takes part."""
    held = await appointed(ctx, city, dialogue)
    ids = {each.dialogue_id for each in held} or ({dialogue.id} if dialogue else set())
    chats = [chat for id in sorted(ids) for chat in await ctx.store.chats.of_dialogue(id)]
    return [chat for chat in chats if chat.city and chat.city.id == city.id]


async def acts_for(ctx: Context, person: Person, city: City, dialogue: Dialogue | None) -> bool:
    """Whether a person is coordinator of a city now; the settings' coordinators are of each until a role names one."""
    if person.id in {each.person_id for each in await appointed(ctx, city, dialogue)}:
        return True
    held = [each for each in await ctx.store.roles.of_person(person.id) if each.appointed]
    bound = any(dialogue is None or each.dialogue_id == dialogue.id for each in held)
    return ctx.rights.by_settings(person) and not bound


async def is_own(ctx: Context, code: Code, city: City, dialogue: Dialogue | None) -> bool:
    """Whether a code is a city's own: its maker coordinates that city at this moment, not when it was made."""
    maker = await ctx.store.people.by_account(code.account)
    if maker is None or not await acts_for(ctx, maker, city, dialogue):
        return False
    partner = await ctx.store.chats.get(code.chat_id)
    giver = partner.city or code.city
    return (giver is not None and giver.name == city.name) or not await appointed(ctx, city, dialogue)


async def may_join(ctx: Context, city: City, code: Code, dialogue: Dialogue | None) -> bool:
    """Whether this chat may speak for a city without its coordinators being asked."""
    return (
        not await deciders(ctx, city, dialogue)
        or await acts_for(ctx, ctx.person, city, dialogue)
        or await is_own(ctx, code, city, dialogue)
    )


async def check_maker(ctx: Context, city: City) -> None:
    """Make sure that nobody makes a code for a city that is not theirs. Raises UserError."""
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


async def check_first(ctx: Context, code: Code) -> None:
    """Make sure that the maker of a code for a chat of no dialogue may still speak for its city. Raises UserError."""
    maker = await ctx.store.people.by_account(code.account)
    city = await ctx.store.cities.named(code.city.name) if code.city else None
    if city is None or not await deciders(ctx, city, None):
        return
    if maker is None or not await acts_for(ctx, maker, city, None):
        raise UserError(
            _("The code is not good any more: used already or too old. Please ask the partner city for a new one.")
        )
