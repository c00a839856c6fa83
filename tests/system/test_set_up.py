"""Two cities begin: from an empty database, by chat alone, on a real homeserver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from bot.model import Account, ChatRef, MessengerName, Role
from bot.sandbox.synapse import Synapse
from storage import Chat
from tests.system.seats import CODE, LIMIT, InGroup, InRoom, Scene, Seat, open_scene

AT_ONCE = 5.0
"""Seconds until a press is answered: one second is what people are promised, the rest is for a loaded machine."""
MOST_TYPED = 12
JOINED = "🤝"


@pytest.fixture
async def scene(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(synapse, tmp_path) as opened:
        yield opened


async def pair(first: Seat, city: str, second: Seat, other: str) -> None:
    """Create a code in one chat and type it in the other; both are notified."""
    sign, theirs = ("/" if isinstance(each, InGroup) else "!" for each in (first, second))
    await first.say(f"{sign}pair {city}")
    code = (await first.hears(CODE)).code
    await second.say(f"{theirs}pair {code} {other}")
    await second.hears(JOINED, other)
    await first.hears(JOINED, other)


async def paired_chats(scene: Scene) -> dict[ChatRef, Chat]:
    async with scene.world.store() as store:
        return {chat.ref: chat for chat in await store.chats.paired()}


async def roles(scene: Scene) -> dict[Account, tuple[Role, str]]:
    """Return the appointments in the only dialogue."""
    async with scene.world.store() as store:
        (dialogue,) = await store.dialogues.all()
        held = [each for each in await store.roles.in_dialogue(dialogue.id) if each.appointed]
        people = {each.person_id: await store.people.get(each.person_id) for each in held}
    return {people[each.person_id].accounts[0]: (each.role, each.city.name) for each in held}


async def crosses(speaker: Seat, *others: Seat, text: str) -> None:
    """Write something, and expect it once in every other chat."""
    await speaker.say(text)
    for other in others:
        await other.hears(text)
        assert len(await other.posts(text)) == 1


def good(scene: Scene) -> None:
    assert scene.world.telegram.violations == []


# The setup that the guide shows


async def two_cities(scene: Scene) -> None:
    world = scene.world
    henriette = world.telegram.person("Henriette", "Reker", "henriette")
    joe = await scene.human("Joe Hogsett")
    anna, grace = await scene.anna("Rathaus", henriette), await scene.grace("City Hall", joe)
    mayors = scene.in_group(anna.group, henriette), scene.in_room(joe, grace.room)
    await pair(anna, "Köln", grace, "Indianapolis")

    await anna.say("/rolle bürgermeister", await mayors[0].say("Guten Tag!"))
    await anna.hears("👤", "Henriette Reker", "Köln")
    await grace.say("!role mayor", await mayors[1].say("Hello!"))
    await grace.hears("👤", "Joe Hogsett", "Indianapolis")

    await mayors[0].say("Wir freuen uns.")
    copy = await grace.hears("Wir freuen uns.")
    assert "Henriette Reker · Köln · mayor" in copy.text
    await mayors[1].say("So do we.")
    copy = await anna.hears("So do we.")
    assert "Joe Hogsett · Indianapolis · " in copy.text
    assert "ürgermeister" in copy.text, "in the language of Köln"

    assert len(scene.typed) < MOST_TYPED, scene.typed
    async with world.store() as store:
        assert {city.name: (city.locale, city.zone) for city in await store.cities.all()} == {
            "Köln": ("de_DE", "Europe/Berlin"),
            "Indianapolis": ("en_US", "America/Indiana/Indianapolis"),
        }
        (dialogue,) = await store.dialogues.all()
    assert dialogue.name == "Köln – Indianapolis"
    assert await roles(scene) == {
        mayors[0].account: (Role.MAYOR, "Köln"),
        mayors[1].account: (Role.MAYOR, "Indianapolis"),
    }
    (notice,) = await anna.posts(JOINED)
    assert "Anna Weber" in notice, "the coordinators of the settings are named"
    assert "Grace Miller" in notice
    good(scene)


async def test_two_cities_with_fewer_than_twelve_messages(scene: Scene) -> None:
    await two_cities(scene)


async def test_two_cities_on_postgresql(synapse: Synapse, tmp_path: Path, postgres: str) -> None:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("CREATE DATABASE by_chat")
    url = urlsplit(postgres)._replace(scheme="postgresql+psycopg", path="/by_chat").geturl()
    async with open_scene(synapse, tmp_path, database_url=url) as opened:
        await two_cities(opened)


async def test_the_menus_show_what_each_may_use(scene: Scene) -> None:
    mehmet = scene.world.telegram.person("Mehmet", "Kaya", "mehmet")
    john = scene.world.telegram.person("John", "Doe", "john", language_code="en")
    anna, grace = await scene.anna("Rathaus", mehmet, john), await scene.grace()
    await pair(anna, "Köln", grace, "Indianapolis")
    telegram = scene.world.telegram

    def words(person: object) -> set[str]:
        return {entry["command"] for entry in telegram.menu(anna.group, person)}  # type: ignore[arg-type]

    async with asyncio.timeout(LIMIT):
        while not {"koppeln", "rolle", "doctor"} <= words(scene.world.person):  # noqa: ASYNC110 - a menu offers no event
            await asyncio.sleep(0.05)
    assert "hilfe" in words(mehmet), "in German"
    assert words(mehmet).isdisjoint({"koppeln", "rolle", "doctor", "pair", "role", "entkoppeln"})
    assert "help" in words(john), "in English"
    assert words(john).isdisjoint({"pair", "role", "doctor", "unpair"})
    good(scene)


# Who may


async def test_administrators_who_are_not_in_the_settings_pair_and_become_coordinators(scene: Scene) -> None:
    world = scene.world
    ben, carla = world.telegram.person("Ben", "Vogel", "ben"), world.telegram.person("Carla", "Roth", "carla")
    group = world.telegram.group("Rathaus", [ben, world.person, carla], bots=[])
    world.telegram.add_bot(group, world.person, world.account, admin=True)
    rita = await scene.human("Rita Young")
    room = await rita.create_room("City Hall", [world.resident.id])
    await world.resident.join(room)
    await world.resident.human.invite(room, world.bot_id)
    ben_there, carla_there, rita_there = (
        scene.in_group(group, ben),
        scene.in_group(group, carla),
        scene.in_room(rita, room),
    )
    await rita_there.meets_the_bot()

    await carla_there.hears("Intercity")
    await carla_there.say("/pair Köln")
    await carla_there.hears()
    assert await paired_chats(scene) == {}
    await pair(ben_there, "Köln", rita_there, "Indianapolis")
    assert await roles(scene) == {
        ben_there.account: (Role.COORDINATOR, "Köln"),
        rita_there.account: (Role.COORDINATOR, "Indianapolis"),
    }
    await crosses(carla_there, rita_there, text="Guten Tag, ich bin die Neue.")
    await ben_there.say(f"/role @{carla.username} staff")
    await rita_there.hears("👤", "Carla Roth")
    good(scene)


async def test_three_cities_each_on_both_messengers(scene: Scene) -> None:
    chats: list[tuple[Seat, str]] = []
    for city in ("Köln", "Indianapolis", "Cork"):
        chats += [(await scene.anna(f"{city} group"), city), (await scene.grace(f"{city} room"), city)]
    (first, koeln), *others = chats
    for number, (seat, city) in enumerate(others):
        await pair(first, koeln, seat, city)
        for earlier, _city in others[:number]:
            await earlier.hears(JOINED, city)
    found = await paired_chats(scene)
    assert [chat.city and chat.city.name for chat in found.values()] == [city for _seat, city in chats]
    assert len({chat.dialogue_id for chat in found.values()}) == 1
    seats = [seat for seat, _city in chats]
    await crosses(seats[0], *seats[1:], text="Good news from the group")
    await crosses(seats[5], *seats[:5], text="Good news from the room")
    good(scene)


async def test_two_rooms_without_any_telegram(synapse: Synapse, tmp_path: Path) -> None:
    async with open_scene(synapse, tmp_path, telegram=False) as scene:
        first, second = await scene.grace("Rathaus"), await scene.grace("City Hall")
        await pair(first, "Köln", second, "Indianapolis")
        await crosses(first, second, text="From one room")
        await crosses(second, first, text="From the other")


# An encrypted room


async def asked(scene: Scene, room: InRoom) -> None:
    """Wait until the bot has asked in an encrypted room; nothing is paired."""
    sent = (room.room, room.bot, "m.room.encrypted")
    await room.human.wait_for(lambda event: (event["room_id"], event["sender"], event["type"]) == sent, LIMIT)
    assert await paired_chats(scene) == {}


async def test_an_encrypted_room_asks_also_when_the_command_came_in_plain(scene: Scene) -> None:
    anna, grace = await scene.anna(), await scene.grace(encrypted=True)
    await anna.say("/pair Köln")
    code = (await anna.hears(CODE)).code
    await grace.say(f"!pair {code} Indianapolis")
    await asked(scene, grace)
    await grace.say("!pair yes")
    await anna.hears(JOINED, "Indianapolis")
    assert len(await paired_chats(scene)) == 2
    good(scene)


@pytest.mark.parametrize("by_button", [False, True])
async def test_an_encrypted_room_is_paired_after_a_yes(scene: Scene, *, by_button: bool) -> None:
    anna, grace = await scene.anna(), await scene.grace(encrypted=True)
    async with scene.encrypting("Eve Turner", grace) as eve:
        await grace.human.set_power(grace.room, eve.human.id, 100)
        await anna.say("/pair Köln")
        code = (await anna.hears(CODE)).code
        await eve.say(f"!pair {code} Indianapolis")
        question = await eve.hears("🔒")
        assert await paired_chats(scene) == {}
        if by_button:
            await scene.agree(eve, question)
        else:
            await eve.say("!pair yes")
        await anna.hears(JOINED, "Indianapolis")
        await eve.hears(JOINED, "Indianapolis")
        assert await roles(scene) == {eve.account: (Role.COORDINATOR, "Indianapolis")}
        await crosses(eve, anna, text="Out of the encryption")
        await crosses(anna, eve, text="Into the encryption")
    good(scene)


# Out, and in again


async def test_either_side_goes_out_by_button_and_comes_in_again(scene: Scene) -> None:
    anna, grace = await scene.anna(), await scene.grace()
    await pair(anna, "Köln", grace, "Indianapolis")
    for ours, city, theirs, other in ((anna, "Köln", grace, "Indianapolis"), (grace, "Indianapolis", anna, "Köln")):
        sign = "/" if ours is anna else "!"
        await ours.say(f"{sign}unpair")
        question = await ours.hears("Köln – Indianapolis")
        await scene.world.outbox_empty()
        async with asyncio.timeout(AT_ONCE):
            await ours.agree(question)
        await theirs.hears("🔌", city)
        await ours.hears("Köln – Indianapolis")
        assert len(await paired_chats(scene)) == 1
        await theirs.say(f"Nobody in {city} hears this")
        await ours.say(f"Nobody in {other} hears this")
        await scene.world.outbox_empty()
        await pair(theirs, other, ours, city)
        await crosses(theirs, ours, text=f"{city} is here again")
        await crosses(ours, theirs, text=f"{other} is still here")
        assert await ours.posts("Nobody") == await theirs.posts("Nobody") == []
    async with scene.world.store() as store:
        assert [each.name for each in await store.dialogues.all()] == ["Köln – Indianapolis"]
        actions = [note.action for note in await store.audit.all()]
    assert [actions.count(action) for action in ("pair", "unpair")] == [4, 2]
    good(scene)


@pytest.mark.parametrize("moment", ["typed", "told"])
async def test_killed_while_it_pairs(scene: Scene, moment: str) -> None:
    anna, grace = await scene.anna(), await scene.grace()
    await grace.say("!pair Indianapolis")
    code = (await grace.hears(CODE)).code
    await anna.say(f"/pair {code} Köln")
    if moment == "told":
        await anna.hears(JOINED)
    await scene.world.bot.kill()
    await scene.world.bot.start()
    if moment == "typed":
        await anna.hears(JOINED)
    await grace.hears(JOINED)
    await crosses(anna, grace, text="It goes on")
    await scene.world.outbox_empty()
    assert [len(await seat.posts(JOINED)) for seat in (anna, grace)] == [1, 1]
    found = await paired_chats(scene)
    assert {ref.messenger: chat.city and chat.city.name for ref, chat in found.items()} == {
        MessengerName.TELEGRAM: "Köln",
        MessengerName.MATRIX: "Indianapolis",
    }
    async with scene.world.store() as store:
        assert [note.action for note in await store.audit.all()] == ["pair", "pair"]
    good(scene)
