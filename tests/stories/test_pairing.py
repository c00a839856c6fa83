"""Chats join a dialogue with a code, and leave it."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest

from bot.model import ChatRef, MessengerName, Sender
from storage import Chat, retention
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, code_in

ROOM = ChatRef(MessengerName.MATRIX, "!koeln:test")
LEEDS = ChatRef(MessengerName.TELEGRAM, "-1003")


async def pair(story: Story) -> None:
    """Pair Köln and Indianapolis."""
    code = code_in(await story.says(KOELN, ANNA, "/pair Köln"))
    await story.says(INDY, GRACE, f"!pair {code} Indianapolis")


async def add(story: Story, chat: ChatRef, who: Sender) -> None:
    """Put the bot into another chat, where a coordinator from the settings writes to it."""
    story.messenger(chat).messages_in(chat)
    await story.says(chat, who, f"{story.messenger(chat).capabilities.command_prefix}me")


async def chat_of(story: Story, ref: ChatRef) -> Chat:
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(ref)
    assert chat
    return chat


async def dialogues(story: Story) -> dict[str, list[str]]:
    async with story.database.begin() as store:
        return {each.name: [city.name for city in each.cities] for each in await store.dialogues.all()}


async def test_a_code_joins_two_cities_and_both_are_told(unpaired: Story) -> None:
    answer = await unpaired.says(KOELN, ANNA, "/koppeln Köln")
    assert "Deutsch (Deutschland)" in answer
    assert "Europe/Berlin" in answer
    assert await dialogues(unpaired) == {}, "nothing is paired before the partner has joined"

    await unpaired.says(INDY, GRACE, f"!pair {code_in(answer).lower()} Indianapolis")
    assert await dialogues(unpaired) == {"Köln – Indianapolis": ["Köln", "Indianapolis"]}
    german, english = unpaired.at(KOELN)[-1], unpaired.at(INDY)[-2]
    for told in (german, english):
        assert "Köln (Telegram)" in told
        assert "Indianapolis (Matrix)" in told
        assert "30" in told
        assert "Grace Miller" in told
    assert "Was gespeichert wird" in german
    assert f"ohne den Text, {retention.KEPT.days} Tage lang" in german
    assert "What is stored" in english
    assert f"without the text, for {retention.KEPT.days} days" in english
    assert "America/Indiana/Indianapolis" in unpaired.at(INDY)[-1]

    await unpaired.says(INDY, TOM, "Good morning")
    assert unpaired.at(KOELN)[-1] == "Tom Jackson · Indianapolis: Good morning"
    async with unpaired.database.begin() as store:
        cities = {city.name: (city.locale, city.zone) for city in await store.cities.all()}
        assert [note.action for note in await store.audit.all()] == ["pair", "pair"]
    assert cities["Indianapolis"] == ("en_US", "America/Indiana/Indianapolis")


async def test_an_admin_of_the_chat_pairs_and_coordinates_the_city(unpaired: Story) -> None:
    assert TOM.account
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    assert "coordinators and for the administrators" in await unpaired.says(INDY, TOM, f"!pair {code} Indianapolis")
    unpaired.matrix.admins.add(TOM.account)
    await unpaired.says(INDY, TOM, f"!pair {code} Indianapolis")
    await unpaired.says(INDY, TOM, "!me")
    assert "coordinator (Indianapolis)" in unpaired.at(INDY)[-1]
    assert "Tom Jackson (Indianapolis)" in "\n".join(unpaired.at(KOELN))


async def test_a_telegram_that_does_not_say_who_is_admin(unpaired: Story) -> None:
    unpaired.telegram.admins = set()
    asking = Sender(MEHMET.account, MEHMET.name, language="de", admin=None)
    unpaired.telegram._with_rights = lambda sender: sender  # type: ignore[method-assign]
    assert "gleich noch einmal" in await unpaired.says(KOELN, asking, "/pair Köln")


async def test_help_in_a_chat_that_is_not_paired_shows_what_can_be_done_there(unpaired: Story) -> None:
    assert TOM.account
    for words in (await unpaired.says(KOELN, ANNA, "/help"), await unpaired.says(INDY, TOM, "!help")):
        assert "/role" not in words
        assert "status" not in words
    assert "/koppeln" in unpaired.at(KOELN)[-1]
    assert "!pair" not in unpaired.at(INDY)[-1]
    unpaired.matrix.admins.add(TOM.account)
    assert "!pair" in await unpaired.says(INDY, TOM, "!help")
    assert "!pair CITY, or CODE CITY" in await unpaired.says(INDY, TOM, "!help pair")


async def test_a_code_is_good_once(unpaired: Story) -> None:
    await add(unpaired, LEEDS, ANNA)
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    await unpaired.says(INDY, GRACE, f"!pair {code} Indianapolis")
    await unpaired.says(LEEDS, ANNA, f"/pair {code} Leeds")
    assert len((await dialogues(unpaired))["Köln – Indianapolis"]) == 2


async def test_a_new_code_takes_the_place_of_the_old_one(unpaired: Story) -> None:
    old = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    again = await unpaired.says(KOELN, ANNA, "/pair Köln")
    assert "frühere Code" in again
    assert "5" in await unpaired.says(INDY, GRACE, f"!pair {old} Indianapolis"), "five more tries"
    await unpaired.says(INDY, GRACE, f"!pair {code_in(again)} Indianapolis")
    assert len(await dialogues(unpaired)) == 1


async def test_a_code_is_good_for_a_day(unpaired: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    clock = unpaired.app.clock
    monkeypatch.setattr(unpaired.app.inbox, "_clock", lambda: clock() + timedelta(hours=24, seconds=1))
    await unpaired.says(INDY, GRACE, f"!pair {code} Indianapolis")
    assert await dialogues(unpaired) == {}


async def test_more_cities_and_more_chats_of_a_city(unpaired: Story) -> None:
    await pair(unpaired)
    await add(unpaired, ROOM, GRACE)
    await add(unpaired, LEEDS, ANNA)
    code = code_in(await unpaired.says(INDY, GRACE, "!pair Indianapolis"))
    await unpaired.says(ROOM, GRACE, f"!pair {code} Koeln")
    code = code_in(await unpaired.says(ROOM, GRACE, "!pair Köln"))
    await unpaired.says(LEEDS, ANNA, f"/pair {code} | Leeds")
    assert await dialogues(unpaired) == {"Köln – Indianapolis": ["Köln", "Indianapolis", "Leeds"]}
    await unpaired.says(KOELN, MEHMET, "An alle")
    for chat in (INDY, ROOM, LEEDS):
        assert unpaired.at(chat)[-1] == "Mehmet Kaya · Köln: An alle"


async def test_two_chats_of_one_city_first(unpaired: Story) -> None:
    await add(unpaired, ROOM, GRACE)
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    await unpaired.says(ROOM, GRACE, f"!pair {code} Köln")
    assert await dialogues(unpaired) == {"Köln": ["Köln"]}
    code = code_in(await unpaired.says(ROOM, GRACE, "!pair Köln"))
    await unpaired.says(INDY, GRACE, f"!pair {code} Indianapolis")
    assert await dialogues(unpaired) == {"Köln – Indianapolis": ["Köln", "Indianapolis"]}


async def test_locale_and_zone_as_typed(unpaired: Story) -> None:
    await unpaired.says(KOELN, ANNA, "/koppeln Niemandsdorf")
    assert "Niemandsdorf" in unpaired.at(KOELN)[-1]
    assert "zeitzone: Europe/Berlin" in unpaired.at(KOELN)[-1]
    code = code_in(await unpaired.says(KOELN, ANNA, "/koppeln Niemandsdorf\nsprache: de-at\nZeitzone: wien"))
    await unpaired.says(INDY, GRACE, f"!pair {code} Indianapolis locale: en_GB zone: Europe/London")
    async with unpaired.database.begin() as store:
        cities = {city.name: (city.locale, city.zone) for city in await store.cities.all()}
    assert cities == {"Niemandsdorf": ("de_AT", "Europe/Vienna"), "Indianapolis": ("en_GB", "Europe/London")}


async def test_a_known_city_keeps_its_own_and_the_chat_is_spoken_to_as_asked(unpaired: Story) -> None:
    await pair(unpaired)
    await add(unpaired, ROOM, GRACE)
    code = code_in(await unpaired.says(INDY, GRACE, "!pair Indianapolis"))
    await unpaired.says(ROOM, GRACE, f"!pair {code} Köln | locale: en_GB")
    chat = await chat_of(unpaired, ROOM)
    assert (chat.locale, chat.zone) == ("en_GB", "Europe/Berlin")
    assert chat.city
    assert chat.city.locale == "de_DE"
    assert "From now on" in await unpaired.says(KOELN, ANNA, "/pair Köln locale: en_US")
    assert (await chat_of(unpaired, KOELN)).locale == "en_US"


async def test_the_language_of_another_citys_chat_is_not_ones_own_to_change(story: Story) -> None:
    grace_here = Sender(GRACE.account, GRACE.name)
    assert "Indianapolis" in await story.says(KOELN, grace_here, "/pair Köln locale: en_US")
    assert (await chat_of(story, KOELN)).locale == "de_DE"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("/pair", "/koppeln CODE"),
        ("/pair K7QF-2MXD", "Für welche Stadt"),
        ("/pair Xqzvtown", "Xqzvtown"),
        ("/pair Köln locale: klingonisch", "klingonisch"),
        ("/pair Köln | zone: Berln", "Europe/Berlin"),
        ("/pair K7QF-2MX Köln", "kein vollständiger Code"),
        ("/pair K7QF-2MXO Köln", "nicht der Code"),
        ("/pair K7QF-2MXX Köln", "5 Versuche"),
        ("/pair yes", "nichts zu bestätigen"),
        ("/entkoppeln", "noch zu keinem Dialog"),
        ("/rolle @mehmet fachkraft", "noch zu keinem Dialog"),
        ("/pair " + "x" * 100, "So kann keine Stadt heißen"),
    ],
)
async def test_what_is_mistyped_is_answered_and_changes_nothing(unpaired: Story, typed: str, told: str) -> None:
    assert told in await unpaired.says(KOELN, ANNA, typed)
    assert await dialogues(unpaired) == {}


async def test_pairing_what_is_paired(unpaired: Story) -> None:
    await pair(unpaired)
    assert "spricht für Köln" in await unpaired.says(KOELN, ANNA, "/pair Leeds")
    own = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    assert "aus diesem Chat" in await unpaired.says(KOELN, ANNA, f"/pair {own} Köln")
    await add(unpaired, LEEDS, ANNA)
    other = code_in(await unpaired.says(LEEDS, ANNA, "/pair Leeds"))
    assert "gehört schon zu Köln – Indianapolis" in await unpaired.says(KOELN, ANNA, f"/pair {other} Köln")
    assert await dialogues(unpaired) == {"Köln – Indianapolis": ["Köln", "Indianapolis"]}


async def test_a_dialogue_of_the_same_name_is_another_one(unpaired: Story) -> None:
    await pair(unpaired)
    await unpaired.says(KOELN, ANNA, "/rolle @anna koordinator")
    for chat, who in ((KOELN, ANNA), (INDY, GRACE)):
        await unpaired.says(chat, who, "/unpair" if chat == KOELN else "!unpair")
        await unpaired.chooses(chat, who)
    await pair(unpaired)
    assert set(await dialogues(unpaired)) == {"Köln – Indianapolis", "Köln – Indianapolis (2)"}


async def test_unpairing_from_either_side(story: Story) -> None:
    assert "?" in await story.says(INDY, GRACE, "!unpair")
    await story.chooses(INDY, TOM)
    assert (await chat_of(story, INDY)).dialogue_id, "not everybody may"
    await story.chooses(INDY, GRACE)
    assert "!pair CODE Indianapolis" in story.at(INDY)[-1]
    assert "Grace Miller" in story.at(KOELN)[-1]
    before = len(story.at(INDY))
    await story.says(KOELN, MEHMET, "Hört das noch jemand?")
    assert len(story.at(INDY)) == before

    code = code_in(await story.says(KOELN, ANNA, "/pair Köln"))
    await story.says(INDY, TOM, f"!pair {code} Indianapolis")
    await story.says(INDY, GRACE, f"!pair {code} Indianapolis")
    await story.says(KOELN, MEHMET, "Und jetzt?")
    assert story.at(INDY)[-1] == "Mehmet Kaya · Köln: Und jetzt?"


async def test_unpairing_can_be_thought_over(story: Story) -> None:
    await story.says(KOELN, ANNA, "/entkoppeln")
    assert "nichts geändert" in await story.chooses(KOELN, ANNA, 1)
    assert (await chat_of(story, KOELN)).dialogue_id
    assert "Das ist ein Chat von Köln" in await story.says(KOELN, Sender(GRACE.account, "Grace"), "/unpair")


async def test_a_code_of_its_own_makes_an_admin_of_a_paired_chat_its_coordinator(unpaired: Story) -> None:
    assert TOM.account
    await pair(unpaired)
    code = code_in(await unpaired.says(INDY, GRACE, "!pair Indianapolis"))
    assert "aus diesem" not in await unpaired.says(INDY, TOM, f"!pair {code} Indianapolis")
    unpaired.matrix.admins.add(TOM.account)
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    await unpaired.says(INDY, TOM, f"!pair {code} Indianapolis")
    for chat in (KOELN, INDY):
        assert unpaired.at(chat)[-1].startswith("👤 Tom Jackson")
    again = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    assert "takes part" in await unpaired.says(INDY, TOM, f"!pair {again} Indianapolis")
    await add(unpaired, ROOM, GRACE)
    await unpaired.says(ROOM, GRACE, f"!pair {again} Köln")
    assert (await chat_of(unpaired, ROOM)).dialogue_id, "the code was not used up"


async def test_who_is_coordinator_no_more_has_no_codes_out(unpaired: Story) -> None:
    assert TOM.account
    await pair(unpaired)
    await unpaired.says(INDY, TOM, "Hello")
    await unpaired.says(INDY, GRACE, "!role @tom:test coordinator")
    code = code_in(await unpaired.says(INDY, TOM, "!pair Indianapolis"))
    await unpaired.says(INDY, GRACE, "!role @tom:test staff")
    await add(unpaired, LEEDS, ANNA)
    assert "5" in await unpaired.says(LEEDS, ANNA, f"/pair {code} Leeds")


async def test_a_press_that_comes_before_its_card_is_noted_still_counts(story: Story) -> None:
    def cards() -> list[FakeMessage]:
        return [each for each in story.telegram.messages_in(KOELN) if each.post and each.post.buttons]

    story.telegram.hold_answers()
    story.telegram.says(KOELN, ANNA, "/entkoppeln")
    await story.telegram.wait_until(lambda: bool(cards()), lambda: str(story.at(KOELN)))
    (card,) = cards()
    assert card.post
    story.telegram.presses(KOELN, ANNA, card.id, card.post.buttons[0].action)
    with contextlib.suppress(TimeoutError):  # a bot that does not wait processes it at once
        await asyncio.wait_for(story.telegram.taken_in(), 0.3)
    story.telegram.release_answers()
    await story.quiet()
    assert (await chat_of(story, KOELN)).dialogue_id is None


@pytest.mark.parametrize("city", ["6th of October", "29 Palms"])
async def test_a_city_that_begins_with_a_digit_is_no_guess(unpaired: Story, city: str) -> None:
    for _ in range(7):
        answer = await unpaired.says(INDY, GRACE, f"!pair {city} locale: en_US zone: America/Los_Angeles")
    assert city in unpaired.at(INDY)[-1]
    assert code_in(answer)


@pytest.mark.parametrize("typed", ["K7QF-2MX Leeds", "K7OF-2MXD Leeds", "K7QF-2M1D Leeds", "K7QF Leeds"])
async def test_what_is_no_well_formed_code_is_no_guess(unpaired: Story, typed: str) -> None:
    code = code_in(await unpaired.says(KOELN, ANNA, "/pair Köln"))
    for _ in range(7):
        await unpaired.says(INDY, GRACE, f"!pair {typed}")
    await unpaired.says(INDY, GRACE, f"!pair Indianapolis, code “{code.lower()}”.")
    assert list(await dialogues(unpaired)) == ["Köln – Indianapolis"]
