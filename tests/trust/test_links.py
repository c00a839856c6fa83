"""Whoever links accounts knows the consequences, confirms on both sides, and can undo it (cases 100, 105)."""

from __future__ import annotations

from typing import Any

from bot.model import Role, Sender
from tests.trust import raw
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, MALLORY, MEHMET, TOM, World, code_in, only, privately


async def code_of(world: World, who: Sender) -> str:
    return code_in("\n".join(await world.commands(privately(who), who, "link")))


async def are_one(world: World, one: Sender, other: Sender) -> bool:
    person = await world.person(one)
    return person is not None and person == await world.person(other)


async def link(world: World, owner: Sender, other: Sender) -> None:
    """Confirm everything asked of both accounts."""
    await world.commands(privately(other), other, f"link {await code_of(world, owner)}")
    for who in (other, owner):
        if not await are_one(world, owner, other) and asks(world, who):
            await world.picks(privately(who), who, "✅")
    assert await are_one(world, owner, other)


def asks(world: World, who: Sender) -> bool:
    """Whether the newest post asks someone if an account is theirs."""
    post = world.messenger(privately(who)).messages_in(privately(who))[-1].post
    return post is not None and "✅" in {each.emoji for each in post.buttons}


# 100: whose roles go where


async def test_case_100_one_tap_on_an_address_hands_over_nothing(world: World) -> None:
    await world.opens_private(EVE, GRACE)
    code = await code_of(world, EVE)
    before = len(world.at(privately(EVE)))
    await world.commands(privately(GRACE), GRACE, f"start link_{code.replace('-', '')}")
    assert len(world.at(privately(EVE))) == before, "Eve is not even asked"
    assert not await are_one(world, EVE, GRACE)
    question = world.card(privately(GRACE))
    for told in ("coordinator of Indianapolis", "Telegram 66", "Eve"):
        assert told in question.text
    await world.picks(privately(GRACE), GRACE, "❌", question)
    await world.commands(privately(MEHMET), MEHMET, f"link {code}")
    await world.picks(privately(EVE), EVE, "✅")
    assert await are_one(world, EVE, MEHMET), "and Grace has not used the code up"


async def test_case_100_who_holds_a_role_confirms_too(world: World) -> None:
    await world.opens_private(EVE, GRACE)
    code = await code_of(world, EVE)
    await world.commands(privately(GRACE), GRACE, f"link {code}")
    await world.picks(privately(EVE), EVE, "✅")
    await world.picks(privately(EVE), EVE, "✅")
    assert not await are_one(world, EVE, GRACE)
    question = world.card(privately(GRACE)).text
    assert "coordinator of Indianapolis" in question
    assert "Telegram 66" in question
    await world.picks(privately(GRACE), GRACE, "✅")
    assert await are_one(world, EVE, GRACE)


async def test_case_100_an_address_is_confirmed_by_both(world: World) -> None:
    await world.opens_private(EVE, GRACE)
    code = await code_of(world, EVE)
    await world.commands(privately(GRACE), GRACE, f"start link_{code.replace('-', '')}")
    await world.picks(privately(GRACE), GRACE, "✅")
    assert not await are_one(world, EVE, GRACE)
    assert "@grace:test" in world.card(privately(EVE)).text
    await world.picks(privately(EVE), EVE, "✅")
    assert await are_one(world, EVE, GRACE)


async def test_case_100_who_holds_more_is_told_also_as_the_first(world: World) -> None:
    await world.opens_private(GRACE, EVE)
    await world.commands(privately(EVE), EVE, f"link {await code_of(world, GRACE)}")
    question = world.card(privately(GRACE)).text
    assert "coordinator of Indianapolis" in question
    assert "Telegram 66" in question


async def test_case_100_the_settings_coordinators_are_told_and_confirm(world: World) -> None:
    assert MALLORY.account
    world.rights.settings = frozenset({MALLORY.account})
    await world.opens_private(EVE, MALLORY)
    await world.commands(privately(MALLORY), MALLORY, f"link {await code_of(world, EVE)}")
    assert "settings" in world.card(privately(MALLORY)).text
    await world.picks(privately(EVE), EVE, "✅")
    assert not await are_one(world, EVE, MALLORY)


async def test_case_100_a_role_given_meanwhile_is_not_handed_over_unasked(world: World) -> None:
    await world.opens_private(EVE, TOM)
    await world.speaks(INDY, TOM, "Hello")
    await world.commands(privately(TOM), TOM, f"link {await code_of(world, EVE)}")
    await world.appoint(TOM, Role.MAYOR, "Indianapolis")
    await world.picks(privately(EVE), EVE, "✅")
    assert not await are_one(world, EVE, TOM)


async def test_case_100_an_address_leads_to_no_other_command(world: World) -> None:
    await world.opens_private(ANNA)
    await link(world, ANNA, MALLORY)
    await world.commands(privately(ANNA), ANNA, "start language_en")
    await world.commands(privately(ANNA), ANNA, "start unlink")
    assert await are_one(world, ANNA, MALLORY)
    person = await world.person(ANNA)
    assert person
    assert person.locale is None


async def test_case_100_unlink_takes_it_back(world: World) -> None:
    await world.opens_private(EVE, GRACE)
    for who in (EVE, GRACE):  # whichever of them is faster
        await link(world, EVE, GRACE)
        assert await world.role(EVE) == "coordinator of Indianapolis"
        assert "✂️" in only(await world.commands(privately(who), who, "unlink"))
        assert await world.role(GRACE) == "coordinator of Indianapolis"
        assert await world.role(EVE) != "coordinator of Indianapolis"
        await world.speaks(KOELN, EVE, "Hallo")
        assert world.author(INDY).role == ""
        assert "!role" in only(await world.commands(INDY, TOM, "role @tom:test mayor"))


async def test_case_100_what_was_taken_since_does_not_come_back(world: World) -> None:
    await world.opens_private(EVE, GRACE)
    await link(world, EVE, GRACE)
    await world.appoint(TOM, Role.COORDINATOR, "Indianapolis")
    await world.commands(INDY, TOM, "role @grace:test guest")
    await world.commands(privately(GRACE), GRACE, "unlink")
    for who in (EVE, GRACE):
        assert await world.role(who) in {"", "guest of Indianapolis"}


# 105: muted stays muted


async def muted(world: World) -> None:
    await world.speaks(KOELN, EVE, "Hallo")
    await world.commands(KOELN, ANNA, "mute @eve")
    heard = len(world.at(INDY))
    await world.speaks(KOELN, EVE, "Hört ihr mich?")
    assert len(world.at(INDY)) == heard


async def test_case_105_a_fresh_account_does_not_end_it(world: World) -> None:
    await world.opens_private(EVE, MALLORY)
    await muted(world)
    await link(world, MALLORY, EVE)
    heard = len(world.at(INDY))
    await world.speaks(KOELN, EVE, "Und jetzt?")
    assert len(world.at(INDY)) == heard
    for who in (MALLORY, EVE):
        await world.speaks(INDY, MALLORY, "And now?")
        assert "And now?" not in "\n".join(world.at(KOELN))
        if who is MALLORY:
            await world.commands(privately(EVE), EVE, "unlink")
    heard = len(world.at(INDY))
    await world.speaks(KOELN, EVE, "Und so?")
    assert len(world.at(INDY)) == heard


EVES_CHANNEL = {
    "from": {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"},
    "sender_chat": {"id": -1009, "type": "channel", "title": "Eves Kanal"},
}


async def answers(world: World, to: dict[str, Any], words: str, who: dict[str, Any] = raw.ANNA) -> None:
    """Reply to a message in Köln's group."""
    await raw.on_telegram(world, raw.message(text=words, reply_to_message=to, **{"from": who}))


async def test_case_105_who_writes_as_a_channel_is_muted_as_that_channel(world: World) -> None:
    first = raw.message(text="Ich bin ein Kanal", **EVES_CHANNEL)
    await raw.on_telegram(world, first)
    assert world.last(INDY) == "Eves Kanal · Köln: Ich bin ein Kanal"
    await answers(world, first["message"], "/stumm")
    assert "Eves Kanal (telegram:-1009)" in world.last(INDY)
    heard = len(world.at(INDY))
    for title in ("Eves Kanal", "Anders genannt"):
        said = raw.message(text="Weiter so", **EVES_CHANNEL)
        said["message"]["sender_chat"] = EVES_CHANNEL["sender_chat"] | {"title": title}
        await raw.on_telegram(world, said)
    changed = {**first["message"], "text": "Immer noch", "edit_date": first["message"]["date"] + 1}
    await raw.on_telegram(world, {"edited_message": changed})
    assert len(world.at(INDY)) == heard
    assert "Immer noch" not in "\n".join(world.at(INDY))
    assert len([each for each in world.at(KOELN) if "🔇" in each]) == 2, "announced, and said once to whoever writes so"
    await answers(world, first["message"], "/laut")
    await raw.on_telegram(world, raw.message(text="Wieder da", **EVES_CHANNEL))
    assert world.last(INDY) == "Eves Kanal · Köln: Wieder da"


async def test_case_105_only_the_citys_coordinators_mute_a_channel(world: World) -> None:
    first = raw.message(text="Ich bin ein Kanal", **EVES_CHANNEL)
    await raw.on_telegram(world, first)
    await answers(world, first["message"], "/stumm", raw.ANNA | {"id": 66, "first_name": "Eve", "last_name": ""})
    await world.appoint(MEHMET, Role.COORDINATOR, "Indianapolis")
    await answers(world, first["message"], "/stumm", raw.ANNA | {"id": 12, "first_name": "Mehmet"})
    await raw.on_telegram(world, raw.message(text="Noch da", **EVES_CHANNEL))
    assert world.last(INDY) == "Eves Kanal · Köln: Noch da"


async def test_case_105_nobody_quotes_a_muted_channel(world: World) -> None:
    first = raw.message(text="Ich bin ein Kanal", **EVES_CHANNEL)
    await raw.on_telegram(world, first)
    await answers(world, first["message"], "/stumm")
    unheard = raw.message(text="Hört auf mich", **EVES_CHANNEL)
    await raw.on_telegram(world, unheard)
    await answers(world, unheard["message"], "Seht her", raw.ANNA | {"id": 12, "first_name": "Mehmet"})
    assert "Seht her" in world.last(INDY)
    assert "Hört auf mich" not in "\n".join(world.at(INDY))
