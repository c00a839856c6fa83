"""No city takes over another: whom a chat speaks for, and who can create a coordinator (case 99)."""

from __future__ import annotations

from bot.model import ChatRef, MessengerName, Role, Sender
from tests.trust.world import (
    ANNA,
    BEN,
    BONN,
    GRACE,
    INDY,
    KOELN,
    LEEDS,
    MALLORY,
    OWEN,
    PRIYA,
    TOM,
    YORK,
    World,
    code_in,
    only,
)

INDYS_GROUP = ChatRef(MessengerName.TELEGRAM, "-1005")


async def rogue(world: World, chat: ChatRef = BONN, admin: Sender = BEN, bringer: Sender = ANNA) -> None:
    """Create a chat of an attacker's own, where an accomplice is admin."""
    await world.brings(bringer, chat)
    assert admin.account
    world.messenger(chat).admins.add(admin.account)


async def code_of(world: World, chat: ChatRef, who: Sender, city: str) -> str:
    return code_in("\n".join(await world.commands(chat, who, f"pair {city}")))


async def test_case_99_a_code_of_one_city_brings_no_chat_in_for_another(world: World) -> None:
    await rogue(world)
    code = await code_of(world, KOELN, ANNA, "Köln")
    answer = only(await world.commands(BONN, BEN, f"pair {code} Indianapolis"))
    assert "Grace Miller" in answer
    assert not await world.joined(BONN)
    question = world.card(INDY)
    assert "Ben Schulz" in question.text
    assert "telegram:21" in question.text
    again = len(world.at(INDY))
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    assert len(world.at(INDY)) == again, "one question for each code"
    await world.picks(INDY, GRACE, "❌", question)
    await world.picks(INDY, GRACE, "✅", question)
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    assert not await world.joined(BONN)


async def test_case_99_only_that_citys_coordinator_can_agree(world: World) -> None:
    await rogue(world)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    for who in (TOM, MALLORY):
        await world.picks(INDY, who, "✅")
    await world.speaks(INDY, MALLORY, "Hello")
    await world.appoint(MALLORY, Role.COORDINATOR, "Köln")
    await world.picks(INDY, MALLORY, "✅")
    assert not await world.joined(BONN)
    await world.appoint(GRACE, Role.GUEST, "Indianapolis")
    await world.picks(INDY, GRACE, "✅")
    assert not await world.joined(BONN), "nor can who is coordinator no more"


async def test_case_99_a_code_appoints_only_if_its_maker_is_coordinator_of_that_city(world: World) -> None:
    await rogue(world)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    await world.picks(INDY, GRACE, "✅")
    assert await world.joined(BONN)
    await rogue(world, LEEDS, OWEN, GRACE)
    code = await code_of(world, BONN, BEN, "Indianapolis")  # an admin of a chat of Indianapolis, and no more
    await world.commands(LEEDS, OWEN, f"pair {code} Indianapolis")
    assert not await world.joined(LEEDS)
    assert await world.role(OWEN) == ""


async def test_case_99_whose_maker_has_lost_the_role_is_no_code_of_the_city(world: World) -> None:
    await world.appoint(TOM, Role.COORDINATOR, "Indianapolis")
    code = await code_of(world, INDY, TOM, "Indianapolis")
    await world.appoint(TOM, Role.STAFF, "Indianapolis")
    await rogue(world, YORK, OWEN, GRACE)
    await world.commands(YORK, OWEN, f"pair {code} Indianapolis")
    assert not await world.joined(YORK)
    assert await world.role(OWEN) == ""


async def test_case_99_a_coordinator_makes_no_code_in_another_citys_chat(world: World) -> None:
    world.telegram.messages_in(INDYS_GROUP)
    async with world.database.begin() as store:
        dialogue = only(await store.dialogues.all())
        await store.chats.pair(INDYS_GROUP, dialogue, dialogue.cities[1])
    refusal = only(await world.commands(INDYS_GROUP, ANNA, "pair Indianapolis"))
    assert "Das ist ein Chat von Indianapolis" in refusal or "This is a chat of Indianapolis" in refusal


async def test_case_99_nobody_makes_a_code_for_a_city_of_others(world: World) -> None:
    await rogue(world)
    for who in (ANNA, BEN):  # who coordinates another city; who is admin of the chat
        answer = only(await world.commands(BONN, who, "pair Indianapolis"))
        assert "Grace Miller" in answer
        assert len(answer.splitlines()) == 1, "no code, with all that is to be said of it"


async def test_case_99_a_coordinator_brings_in_no_chat_of_another_city(world: World) -> None:
    await world.brings(ANNA, BONN)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(BONN, ANNA, f"pair {code} Indianapolis")
    assert not await world.joined(BONN)
    world.card(INDY)


async def test_case_99_a_code_from_before_the_city_had_coordinators_begins_nothing(world: World) -> None:
    await world.two_unpaired()
    async with world.database.begin() as store:
        york = await store.cities.add("York", "en_GB", "Europe/London")
    code = await code_of(world, BONN, BEN, "York")  # nobody's yet
    async with world.database.begin() as store:
        dialogue = await store.dialogues.add("York", (york,))
        assert MALLORY.account
        person = await store.people.get_or_create(MALLORY.account, "Mallory", "", world.now())
        await store.roles.set(dialogue, person, york, Role.COORDINATOR, world.now())
    await world.commands(LEEDS, OWEN, f"pair {code} Leeds")
    assert not await world.joined(BONN)
    assert await world.role(BEN, "York – Leeds") == ""


async def test_case_99_encryption_after_the_question_asks_anew(world: World) -> None:
    await rogue(world, LEEDS, OWEN, GRACE)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(LEEDS, OWEN, f"pair {code} Indianapolis")
    question = world.card(INDY)
    world.matrix.encrypted.add(LEEDS)
    await world.commands(LEEDS, OWEN, "me")
    await world.picks(INDY, GRACE, "✅", question)
    assert not await world.joined(LEEDS)


async def test_case_99_who_asks_after_the_question_is_not_meant_by_the_answer(world: World) -> None:
    await rogue(world, LEEDS, OWEN, GRACE)
    assert PRIYA.account
    world.matrix.admins.add(PRIYA.account)
    world.matrix.encrypted.add(LEEDS)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(LEEDS, OWEN, f"pair {code} Indianapolis")
    await world.commands(LEEDS, OWEN, "pair yes")
    question = world.card(INDY)
    assert "Owen Reed" in question.text
    await world.commands(LEEDS, PRIYA, f"pair {code} Indianapolis")  # is asked about the encryption
    await world.picks(INDY, GRACE, "✅", question)
    assert not await world.joined(LEEDS)


async def test_case_99_the_settings_coordinators_head_what_they_have_set_up(world: World) -> None:
    """Köln's coordinator and an accomplice: Indianapolis has no appointed coordinator, only Grace of the settings."""
    assert GRACE.account
    world.rights.settings = frozenset({GRACE.account})
    async with world.database.begin() as store:
        dialogue = only(await store.dialogues.all())
        person = await store.people.by_account(GRACE.account)
        assert person
        await store.roles.remove(dialogue.id, person.id)
    await rogue(world)
    code = await code_of(world, KOELN, ANNA, "Köln")
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    assert not await world.joined(BONN)
    assert await world.role(BEN) == ""
    await world.picks(INDY, GRACE, "✅")
    assert await world.joined(BONN)
