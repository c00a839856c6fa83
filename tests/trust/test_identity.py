"""Rights and the trust of readers depend on accounts; names prove nothing (cases 1 to 10, 18, 26)."""

from __future__ import annotations

import unicodedata

import pytest

from bot.model import MessengerName, Role, Sender
from bot.sandbox.telegram.actors import ANONYMOUS_ADMIN
from tests.stories.conftest import someone
from tests.trust import raw
from tests.trust.world import ANNA, EVE, INDY, KOELN, MALLORY, MEHMET, TOM, World, called, code_in, only, privately

IMPOSTOR = called(EVE, "Anna Weber")


async def shown(world: World, name: str) -> str:
    """Return the attribution that Indianapolis sees for a name."""
    await world.speaks(KOELN, called(EVE, name), "Hallo")
    return world.author(INDY).name


async def tries_to_appoint(world: World, who: Sender, *, may: bool = False) -> None:
    """Try, in Köln's group, what only its coordinators may: it is refused with a message and has no effect."""
    await world.speaks(KOELN, MEHMET, "Guten Tag")
    there = len(world.at(INDY))
    answers = await world.commands(KOELN, who, "role @mehmet mayor")
    if may:
        assert await world.role(MEHMET) == "mayor of Köln"
        return
    assert await world.role(MEHMET) == "guest of Köln"
    assert len(answers) == 1
    assert "/rolle" in answers[0]
    assert "Anna Weber" in answers[0], "who is refused hears whom to ask"
    assert len(world.at(INDY)) == there, "nothing was announced, nothing crossed"


async def test_case_01_the_name_of_an_official_gives_no_rights(world: World) -> None:
    await tries_to_appoint(world, IMPOSTOR)


async def test_case_01_the_name_of_an_official_is_flagged(world: World) -> None:
    await world.appoint(someone(MessengerName.TELEGRAM, "13", "Henriette Reker"), Role.MAYOR)
    assert await shown(world, "Henriette Reker") == "Henriette Reker"
    assert "telegram:66" in world.author(INDY).role
    assert await shown(world, "Eve") == "Eve"
    assert world.author(INDY).role == ""


async def test_case_02_a_username_that_changed_hands_gives_no_rights(world: World) -> None:
    await world.speaks(KOELN, called(ANNA, "Anna Weber", "koordination"), "Hallo")
    await tries_to_appoint(world, called(EVE, "Eve", "koordination"))


async def test_case_02_a_username_means_who_has_it_now(world: World) -> None:
    await world.appoint(MEHMET, Role.MAYOR)
    await world.speaks(KOELN, called(MEHMET, "Mehmet Kaya", "rathaus"), "Hallo")
    await world.speaks(KOELN, called(EVE, "Eve", "rathaus"), "Hallo")
    await world.commands(KOELN, ANNA, "role @rathaus staff")
    assert (await world.role(EVE), await world.role(MEHMET)) == ("staff of Köln", "mayor of Köln")


BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


async def test_case_03_bidi_controls_are_taken_out_of_names(world: World) -> None:
    assert await shown(world, BIDI.join(["", "Anna", "Weber", ""])) == "AnnaWeber"
    assert "telegram:66" in world.author(INDY).role, "and what is left is compared"


async def test_case_04_zero_width_characters_are_taken_out_of_names(world: World) -> None:
    assert await shown(world, ZERO_WIDTH.join(["", "Anna W", "eber", ""])) == "Anna Weber"
    assert "telegram:66" in world.author(INDY).role


@pytest.mark.parametrize("name", ["Аnnа Wеbеr", "ΑNNA WEBER", "𝐀𝐧𝐧𝐚 𝐖𝐞𝐛𝐞𝐫", "Ａｎｎａ Ｗｅｂｅｒ", "Anna VVeber"])
async def test_case_05_a_name_that_looks_like_an_officials_is_flagged(world: World, name: str) -> None:
    await world.speaks(KOELN, called(EVE, name), "Hallo")
    assert "telegram:66" in world.author(INDY).role
    assert "telegram:66" in world.last(INDY)


async def test_case_06_a_name_is_one_line(world: World) -> None:
    name = await shown(world, "Eve\nAnna Weber\r\n\u2028coordinator\u0085\v")
    assert name.splitlines() == [name]
    assert world.last(INDY).splitlines() == [world.last(INDY)]


async def test_case_07_a_long_name_is_capped(world: World) -> None:
    assert len(await shown(world, "Eve " * 2500)) <= 48


async def test_case_07_a_heap_of_accents_is_cut_down(world: World) -> None:
    name = await shown(world, "".join(letter + "\u0336\u0489\u0301\u0316" * 20 for letter in "Eve"))
    marks = [char for char in name if unicodedata.category(char) in {"Mn", "Me"}]
    assert 0 < len(marks) <= 6
    assert unicodedata.normalize("NFD", name)[0] == "E"


@pytest.mark.parametrize("name", ["", " ", "\u200b\u2060", "\u202e", "\u0301\u0301", "\u3164"])
async def test_case_07_who_has_no_name_is_called_by_their_id(world: World, name: str) -> None:
    assert await shown(world, name) == "66"


async def test_case_08_a_new_name_changes_no_rights(world: World) -> None:
    await tries_to_appoint(world, EVE)
    await tries_to_appoint(world, IMPOSTOR)
    await tries_to_appoint(world, called(ANNA, "Someone else"), may=True)


ANONYMOUS = {"from": ANONYMOUS_ADMIN, "sender_chat": raw.GROUP, "author_signature": "Anna Weber"}
CHANNEL = {
    "from": {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
    "sender_chat": {"id": -1009, "type": "channel", "title": "Anna Weber"},
}


@pytest.mark.parametrize("author", [ANONYMOUS, CHANNEL])
async def test_case_09_who_writes_as_a_chat_is_nobody_who_could_command(
    world: World, author: dict[str, object]
) -> None:
    await raw.on_telegram(world, raw.message(**author, text="/roles"))
    answer = only(world.at(KOELN))
    assert "Anna Weber" not in answer, "no list of roles, but the request to write as oneself"
    assert world.at(INDY) == []
    for id in ("1087968824", "136817688", "-1009"):
        assert await world.person(someone(MessengerName.TELEGRAM, id, "")) is None


@pytest.mark.parametrize("author", [ANONYMOUS, CHANNEL])
async def test_case_09_the_name_of_a_chat_is_no_officials(world: World, author: dict[str, object]) -> None:
    await raw.on_telegram(world, raw.message(**author, text="Beschlossen!"))
    assert world.author(INDY).name == "Anna Weber"
    assert "⚠️" in world.author(INDY).role
    await raw.on_telegram(world, raw.message(**author | {"author_signature": "Amt für Umwelt"}, text="Hallo"))
    assert world.author(INDY).role == ""


ANNA_ON_MATRIX = someone(MessengerName.MATRIX, "@anna:test", "Anna Weber")


async def tries_status_on_matrix(world: World) -> str:
    return only(await world.commands(INDY, ANNA_ON_MATRIX, "status"))


async def test_case_10_a_coordinator_on_one_messenger_is_nobody_on_the_other(world: World) -> None:
    assert "!status" in await tries_status_on_matrix(world)
    assert await world.role(ANNA_ON_MATRIX) == "guest of Indianapolis"
    await world.speaks(INDY, ANNA_ON_MATRIX, "Hello")
    assert "matrix:@anna:test" in world.author(KOELN).role


async def test_case_10_accounts_are_one_only_when_both_have_said_so(world: World) -> None:
    await world.opens_private(ANNA, ANNA_ON_MATRIX)
    code = code_in("\n".join(await world.commands(privately(ANNA), ANNA, "link")))
    await world.commands(privately(ANNA_ON_MATRIX), ANNA_ON_MATRIX, f"link {code}")
    assert "!status" in await tries_status_on_matrix(world), "the account that asked for the code has yet to say yes"
    assert await world.person(ANNA_ON_MATRIX) != await world.person(ANNA)
    await world.picks(privately(ANNA), ANNA, "✅")
    assert await world.person(ANNA_ON_MATRIX) == await world.person(ANNA)
    assert "Köln – Indianapolis" in await tries_status_on_matrix(world)


async def test_case_18_the_same_name_on_another_server_is_someone_else(world: World) -> None:
    grace = someone(MessengerName.MATRIX, "@grace:evil", "Grace Miller")
    answer = only(await world.commands(INDY, grace, "role @tom:test mayor"))
    assert "!role" in answer
    assert await world.role(TOM) == ""
    assert await world.role(grace) == "guest of Indianapolis"
    await world.speaks(INDY, grace, "Hello")
    assert "matrix:@grace:evil" in world.author(KOELN).role


async def test_case_18_the_settings_name_a_whole_id(world: World) -> None:
    assert MALLORY.account
    world.rights.settings = frozenset({MALLORY.account})
    other = someone(MessengerName.MATRIX, "@mallory:test", "Mallory")
    await world.commands(INDY, other, "role @tom:test mayor")
    assert await world.role(TOM) == ""
    await world.commands(INDY, MALLORY, "role @tom:test mayor")
    assert await world.role(TOM) == "mayor of Indianapolis"


async def test_case_26_a_name_calls_nobody(world: World) -> None:
    assert await shown(world, "@grace @room") == "＠grace ＠room"
