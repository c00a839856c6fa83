"""Redeeming a code: the dialogue is created or extended, and everybody is told what that means."""

from __future__ import annotations

from bot.commands.codes import spend
from bot.commands.context import CommandContext
from bot.model import Role
from bot.readiness import watch
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.voice import name_of
from handlers.pairing._authority import check_first, deciders, is_own
from handlers.pairing._city import stored
from storage import Chat, City, Dialogue, OneTimeCode, retention


async def join(ctx: CommandContext, city: City, code: OneTimeCode) -> None:
    """Join the chat to the code's dialogue, which is created if the code's chat belongs to none yet."""
    if ctx.dialogue:
        await _take_part_again(ctx, ctx.dialogue, code)
    else:
        await complete(ctx, city, code)


async def complete(ctx: CommandContext, city: City, code: OneTimeCode) -> Dialogue:
    """Join an unpaired chat that has been cleared to speak for the city. Raises UserError."""
    partner = await ctx.store.chats.get(code.chat_id)
    if partner.dialogue_id is None and code.city:
        await check_first(ctx, code)
        await stored(ctx, code.city)  # the city of the chat that began comes first
    asked, city = city, await stored(ctx, city)
    dialogue = await _dialogue(ctx, partner, code, city)
    await spend(ctx, code)
    await _pair(ctx, ctx.chat, dialogue, city, asked)
    if await _entitles(ctx, code, dialogue, city):
        await _make_coordinator(ctx, dialogue, city, ctx.person.id)
    await ctx.store.audit.record(
        ctx.now, "pair", by=ctx.account, dialogue=dialogue, subject=str(ctx.chat.ref), details=city.name
    )
    chats = await ctx.store.chats.of_dialogue(dialogue.id)
    await ctx.post(chats, await _notice(ctx, dialogue, city, chats))
    return dialogue


async def _take_part_again(ctx: CommandContext, dialogue: Dialogue, code: OneTimeCode) -> None:
    """Make an administrator of an already paired chat coordinator of its city. Raises UserError."""
    city = ctx.chat.city
    free = city is not None and (not await deciders(ctx, city, dialogue) or await is_own(ctx, code, city, dialogue))
    if city is None or not free or not await _make_coordinator(ctx, dialogue, city, ctx.person.id):
        raise UserError(_("This chat already takes part in {dialogue}.", dialogue=dialogue.name))
    await spend(ctx, code)
    text = _(
        "👤 {name} is now *coordinator* of {city}, through a code of this dialogue.",
        name=ctx.person.name,
        city=city.name,
    )
    await ctx.announce(dialogue, text)


async def _dialogue(ctx: CommandContext, partner: Chat, code: OneTimeCode, city: City) -> Dialogue:
    """Return the dialogue of the code's chat, extended by this city."""
    if partner.dialogue_id is None:
        return await _new(ctx, partner, code, city)
    dialogue = await ctx.store.dialogues.get(partner.dialogue_id)
    if city.id in {each.id for each in dialogue.cities}:
        return dialogue
    alone = len(dialogue.cities) == 1
    name = await _free_name(ctx, (*dialogue.cities, city)) if alone else dialogue.name
    return await ctx.store.dialogues.join(dialogue, city, name)


async def _new(ctx: CommandContext, partner: Chat, code: OneTimeCode, city: City) -> Dialogue:
    first = await stored(ctx, code.city or city)
    cities = (first,) if first.id == city.id else (first, city)
    dialogue = await ctx.store.dialogues.add(await _free_name(ctx, cities), cities)
    await _pair(ctx, partner, dialogue, first, code.city or city)
    maker = await ctx.store.people.by_account(code.account)
    if maker:
        await _make_coordinator(ctx, dialogue, first, maker.id)
    await ctx.store.audit.record(
        ctx.now, "pair", by=code.account, dialogue=dialogue, subject=str(partner.ref), details=first.name
    )
    return dialogue


async def _pair(ctx: CommandContext, chat: Chat, dialogue: Dialogue, city: City, asked: City) -> None:
    """Pair a chat with a city; `asked` has the locale and zone requested for the chat, the city keeps its own."""
    paired = await ctx.store.chats.pair(chat.ref, dialogue, city)
    locale = asked.locale if asked.locale != city.locale else None
    zone = asked.zone if asked.zone != city.zone else None
    await ctx.store.chats.speak(paired, locale=locale, zone=zone)
    await watch(ctx.store, paired, ctx.now)


async def _free_name(ctx: CommandContext, cities: tuple[City, ...]) -> str:
    """Return an unused name made of the cities; reusing one would hand over that dialogue's roles."""
    name = " – ".join(city.name for city in cities)
    taken = {each.name for each in await ctx.store.dialogues.all()}
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(each for each in numbered if each not in taken)


async def _entitles(ctx: CommandContext, code: OneTimeCode, dialogue: Dialogue, city: City) -> bool:
    """Return whether the person becomes coordinator of the city: the first does, later ones by the city's own code.

    Otherwise any city could put its own people in charge of another (trust: cases 15, 99).
    """
    appointment = await ctx.store.roles.in_dialogue(dialogue.id)
    headless = not any(each.role is Role.COORDINATOR and each.city.id == city.id for each in appointment)
    return headless or await is_own(ctx, code, city, dialogue)


async def _make_coordinator(ctx: CommandContext, dialogue: Dialogue, city: City, person_id: int) -> bool:
    """Make a person coordinator of a city unless appointed already or named in the settings; return whether."""
    person = await ctx.store.people.get(person_id)
    appointment = await ctx.store.roles.of(dialogue.id, person.id)
    if (appointment and appointment.appointed) or ctx.rights.by_settings(person):
        return False
    await ctx.store.roles.set(dialogue, person, city, Role.COORDINATOR, ctx.now)
    await ctx.store.audit.record(
        ctx.now,
        "role",
        by=ctx.account,
        dialogue=dialogue,
        subject=str(person.accounts[0]),
        details=f"none → coordinator, {city.name}, by pairing",
    )
    return True


# The notice to everybody


async def _notice(ctx: CommandContext, dialogue: Dialogue, city: City, chats: list[Chat]) -> LazyText:
    return lines(
        _("🤝 *{dialogue}*: {city} has joined.", dialogue=dialogue.name, city=city.name),
        _(
            "*What is passed on:* every message in these chats, with its files, and reactions and pins, with name and"
            " city: {chats}.",
            chats=[_name(each) for each in chats],
        ),
        _(
            "*What is stored:* the text until it has arrived, files not at all; who wrote or reacted when, without"
            " the text, for {days} days; names and roles while the dialogue lasts; action points and minutes, with"
            " who proposed or confirmed them or was present, for just as long, as the record of what the cities"
            " agree on; withdrawn proposals, news, who changed which role, who was invited to which roundtable, and"
            " who voted how in open polls, for a year; secret ballots, without names, until {secret} days after the"
            " close; which links were posted, as digests that cannot be read back, for {links} days.",
            days=retention.KEPT.days,
            secret=retention.SECRET.days,
            links=retention.LINKS.days,
        ),
        await _coordinators(ctx, dialogue),
        _(
            "`/help` shows what you may do here, `/delete` as a reply removes a message everywhere, `/unpair` takes a"
            " chat out again."
        ),
    )


async def _coordinators(ctx: CommandContext, dialogue: Dialogue) -> LazyText:
    appointment = await ctx.store.roles.in_dialogue(dialogue.id)
    appointed = [each for each in appointment if each.role is Role.COORDINATOR]
    ids = {each.person_id for each in appointed}
    names: list[LazyText] = []
    for each in appointed:
        person = await ctx.store.people.get(each.person_id)
        names.append(_("{name} ({city})", name=person.name, city=each.city.name))
    everywhere = [each for each in await ctx.rights.coordinators(ctx.store, None) if each.id not in ids]
    names += [_("{name}", name=each.name) for each in everywhere]
    if not names:
        return _("*Coordinators:* none yet")
    return _("*Coordinators:* {names}", names=list(names))


def _name(chat: Chat) -> LazyText:
    city = chat.city.name if chat.city else ""
    if chat.title:
        return _("{city} ({messenger}, “{title}”)", city=city, messenger=chat.ref.messenger.title(), title=chat.title)
    return name_of(chat)
