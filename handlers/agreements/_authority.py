"""Who may confirm or object on behalf of a city: its mayors and coordinators."""

from __future__ import annotations

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.model import Role
from bot.text.catalogue import LazyText, UserError, _, lines
from storage import City, Signatory


async def parties(ctx: Context, dialogue_id: int) -> list[City]:
    """Return the cities that take part in a dialogue: those with a chat in it, sorted by name."""
    chats = await ctx.store.chats.of_dialogue(dialogue_id)
    cities = {each.city.id: each.city for each in chats if each.city}
    return sorted(cities.values(), key=lambda city: city.name)


async def city_signed_for(ctx: DialogueContext) -> City:
    """Return the city for which the person may confirm or object here. Raises UserError, which says who else may."""
    check_not_muted(ctx)
    if not ctx.role.is_official:
        raise UserError(await _officials_only(ctx))
    here = await parties(ctx, ctx.dialogue.id)
    city = next((each for each in here if ctx.city and each.id == ctx.city.id), None)
    if city is None:
        raise UserError(
            _("I do not know for which city you act here. Please do this in the chat of your city.")
            if ctx.city is None
            else _("{city} has no chat in this dialogue any more, so nobody can act for it.", city=ctx.city.name)
        )
    return city


def check_not_muted(ctx: CommandContext) -> None:
    """Raise UserError if the person is muted."""
    if ctx.grant.muted:
        raise UserError(
            _("You are muted in this dialogue, so you cannot do this. A coordinator of your city can help.")
        )


def signatory(ctx: DialogueContext, city: City | None = None) -> Signatory:
    """Return the person as the history names them; `city`: on whose behalf (None: the one they speak for, if any)."""
    city = city or ctx.city
    actor = ctx.signer.pseudonym(ctx.dialogue.id, ctx.account)
    return Signatory(ctx.person.id, actor, city.name if city else "")


async def _officials_only(ctx: DialogueContext) -> LazyText:
    only = _("Only mayors and coordinators confirm or object, each for their own city.")
    if ctx.city is None:
        return only
    appointed = await ctx.store.roles.above_guests(ctx.dialogue.id)
    ids = [each.person_id for each in appointed if each.role in _OFFICIALS and each.city.id == ctx.city.id]
    names = [(await ctx.store.people.get(id)).name for id in ids]
    if not names:
        return lines(only, _("Nobody has been given such a role in {city} yet.", city=ctx.city.name))
    return lines(only, _("In {city} you can ask: {names}.", city=ctx.city.name, names=names))


_OFFICIALS = {each for each in Role if each.is_official}
