"""`intercity city`, `dialogue`, `chat` and `role`: manage who takes part. A running bot applies changes at once."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

import typer

from bot.cli.shell import Json, Mistake, command, find_city, find_dialogue, opened, show
from bot.clock import utc_now
from bot.model import Account, ChatRef, Role
from bot.text.languages import territorial
from bot.text.names import LONGEST_CITY, city_name
from storage import Chat, Dialogue, Person, Purpose, Store

cities = typer.Typer(help="Manage cities.")
dialogues = typer.Typer(help="Manage dialogues between cities.")
chats = typer.Typer(help="Manage the chats of dialogues.")
roles = typer.Typer(help="Manage roles in dialogues.")

CHAT_FORM = "telegram:-1001234567890[/TOPIC] or matrix:!id:server"


@cities.command("add")
@command
async def add_city(
    name: str,
    locale: Annotated[str, typer.Option(help="Language and territory: de_DE, en_GB, en_US, …")],
    zone: Annotated[str, typer.Option(help="Time zone: Europe/Berlin, …")],
) -> None:
    """Add a city."""
    city = city_name(name)
    if city is None:
        raise Mistake(f"a city's name can have up to {LONGEST_CITY} letters, digits, spaces and some punctuation")
    if zone not in available_timezones():
        raise Mistake(f"there is no time zone {zone!r}: names look like Europe/Berlin")
    locale = _locale(locale)
    async with opened() as store:
        if known := await store.cities.alike(city):
            there = "already exists" if known.name == city else f"looks like {known.name!r}, which already exists"
            raise Mistake(f"the city {city!r} {there}: see `intercity city list`")
        await store.cities.add(city, locale, zone)
    print(f"added {city} ({locale}, {zone})")


def _locale(text: str) -> str:
    locale = territorial(text)
    if locale is None:
        raise Mistake(f"there is no locale {text!r}: write language and territory, such as de_DE, en_GB or en_US")
    return locale


@cities.command("list")
@command
async def list_cities(as_json: Json = False) -> None:
    """List the cities."""
    async with opened() as store:
        rows = [{"name": c.name, "locale": c.locale, "zone": c.zone} for c in await store.cities.all()]
    show(rows, as_json=as_json)


@cities.command("remove")
@command
async def remove_city(name: str) -> None:
    """Remove a city that is in no dialogue."""
    async with opened() as store:
        city = await find_city(store, name)
        if await store.cities.in_use(city):
            raise Mistake(f"{city.name} still takes part in a dialogue: remove that first")
        await store.cities.remove(city)
    print(f"removed {city.name}")


@dialogues.command("add")
@command
async def add_dialogue(
    name: str, city_names: Annotated[list[str], typer.Argument(metavar="CITY CITY...", help="Two or more cities.")]
) -> None:
    """Add a dialogue between cities."""
    name = " ".join(name.split())
    if not name:
        raise Mistake("a dialogue needs a name")
    async with opened() as store:
        if await store.dialogues.named(name):
            raise Mistake(f"the dialogue {name!r} already exists: see `intercity dialogue list`")
        members = tuple([await find_city(store, city) for city in city_names])
        if len(members) < 2 or len(set(members)) < len(members):
            raise Mistake("a dialogue needs two or more different cities")
        await store.dialogues.add(name, members)
    print(f"added {name}: {', '.join(city.name for city in members)}")


@dialogues.command("list")
@command
async def list_dialogues(as_json: Json = False) -> None:
    """List the dialogues."""
    async with opened() as store:
        there = await store.dialogues.all()
    rows = [{"name": each.name, "cities": [city.name for city in each.cities]} for each in there]
    show(rows, as_json=as_json)


@dialogues.command("remove")
@command
async def remove_dialogue(name: str) -> None:
    """Remove a dialogue and unpair its chats; nothing is relayed any more."""
    async with opened() as store:
        dialogue = await find_dialogue(store, name)
        for chat in await store.chats.of_dialogue(dialogue.id):
            await _take_out(store, chat)
        await store.audit.record(utc_now(), "dialogue remove", by=None, dialogue=dialogue)
        await store.dialogues.remove(dialogue)
    print(f"removed {dialogue.name}")


@chats.command("add")
@command
async def add_chat(dialogue_name: str, city_name: str, chat: str) -> None:
    """Add a chat to a dialogue on behalf of a city."""
    ref = _chat_ref(chat)
    async with opened() as store:
        dialogue = await find_dialogue(store, dialogue_name)
        city = await find_city(store, city_name)
        if city not in dialogue.cities:
            raise Mistake(f"{city.name} does not take part in {dialogue.name}: its cities are {_names(dialogue)}")
        known = await store.chats.by_ref(ref)
        if known and known.person_id:
            raise Mistake(f"{ref} is a private chat with one person: name a group")
        if known and known.dialogue_id:
            raise Mistake(f"{ref} already belongs to a dialogue: run `intercity chat remove {ref}` first")
        paired = await store.chats.pair(ref, dialogue, city)
        await store.audit.record(utc_now(), "pair", by=None, dialogue=dialogue, subject=str(ref), details=city.name)
        if paired.invited:
            await store.deliveries.join(paired, utc_now())
    print(f"added {ref} to {dialogue.name} for {city.name}")


def _names(dialogue: Dialogue) -> str:
    return ", ".join(city.name for city in dialogue.cities)


def _chat_ref(text: str) -> ChatRef:
    try:
        return ChatRef.parse(text)
    except ValueError:
        raise Mistake(f"{text!r} is not a chat: write {CHAT_FORM}") from None


@chats.command("list")
@command
async def list_chats(as_json: Json = False) -> None:
    """List the chats that belong to dialogues."""
    async with opened() as store:
        names = {each.id: each.name for each in await store.dialogues.all()}
        there = await store.chats.paired()
    rows = [
        {
            "chat": str(chat.ref),
            "dialogue": names[chat.dialogue_id or 0],
            "city": chat.city and chat.city.name,
            "title": chat.title,
            "closed": chat.blocked_reason,
        }
        for chat in there
    ]
    show(rows, as_json=as_json)


@chats.command("remove")
@command
async def remove_chat(chat: str) -> None:
    """Remove a chat from its dialogue; nothing is relayed any more."""
    ref = _chat_ref(chat)
    async with opened() as store:
        known = await store.chats.by_ref(ref)
        if known is None or known.dialogue_id is None:
            raise Mistake(f"{ref} does not belong to a dialogue: see `intercity chat list`")
        dialogue = await store.dialogues.get(known.dialogue_id)
        await _take_out(store, known)
        await store.audit.record(utc_now(), "unpair", by=None, dialogue=dialogue, subject=str(ref))
    print(f"removed {ref}")


async def _take_out(store: Store, chat: Chat) -> None:
    """Unpair a chat, cancel its deliveries and void its codes."""
    await store.deliveries.cancel_all(chat, utc_now())
    await store.codes.void(Purpose.PAIR, chat, utc_now())
    await store.chats.unpair(chat)


@roles.command("set")
@command
async def set_role(
    dialogue_name: str,
    account: str,
    role: Role,
    city: Annotated[str, typer.Option(help="The city that the person acts for.")],
) -> None:
    """Give someone a role in a dialogue."""
    async with opened() as store:
        dialogue = await find_dialogue(store, dialogue_name)
        place = await find_city(store, city)
        if place not in dialogue.cities:
            raise Mistake(f"{place.name} does not take part in {dialogue.name}: its cities are {_names(dialogue)}")
        person = await _person(store, account)
        await store.roles.set(dialogue, person, place, role, utc_now())
        if role is not Role.COORDINATOR:
            await store.codes.void_of(Purpose.PAIR, person, utc_now())  # only coordinators may have pairing codes
        details = f"→ {role}, {place.name}"
        await store.audit.record(utc_now(), "role", by=None, dialogue=dialogue, subject=account, details=details)
    print(f"{account} is now {role} of {place.name} in {dialogue.name}")


async def _person(store: Store, text: str) -> Person:
    try:
        account = Account.parse(text)
    except ValueError:
        raise Mistake(f"{text!r} is not an account: write telegram:123 or matrix:@name:server") from None
    return await store.people.by_account(account) or await store.people.get_or_create(
        account, account.id, "", utc_now()
    )


@roles.command("list")
@command
async def list_roles(as_json: Json = False) -> None:
    """List the roles of people in the dialogues."""
    async with opened() as store:
        rows = [
            {
                "dialogue": dialogue.name,
                "city": each.city.name,
                "role": each.role.value,
                "name": (person := await store.people.get(each.person_id)).name,
                "accounts": ", ".join(map(str, person.accounts)),
            }
            for dialogue in await store.dialogues.all()
            for each in await store.roles.in_dialogue(dialogue.id)
            if each.appointed
        ]
    show(rows, as_json=as_json)


@roles.command("remove")
@command
async def remove_role(dialogue_name: str, account: str) -> None:
    """Remove someone's role, which makes them a guest."""
    async with opened() as store:
        dialogue = await find_dialogue(store, dialogue_name)
        person = await _person(store, account)
        if not await store.roles.remove(dialogue.id, person.id):
            raise Mistake(f"{account} has no role in {dialogue.name}: see `intercity role list`")
        await store.codes.void_of(Purpose.PAIR, person, utc_now())
        await store.audit.record(utc_now(), "role", by=None, dialogue=dialogue, subject=account, details="→ none")
    print(f"{account} no longer has a role in {dialogue.name}")
