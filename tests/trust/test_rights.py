"""Rights are looked up each time, where they are used; only a typed command is a command (cases 15 to 17)."""

from __future__ import annotations

import pytest

from bot.model import ChatRef, MessengerName, Quote, Role, rich
from storage import Database
from tests.trust import raw
from tests.trust.world import (
    ANNA,
    BEN,
    BONN,
    EVE,
    GRACE,
    INDY,
    KOELN,
    LEEDS,
    MEHMET,
    TOM,
    World,
    code_in,
    only,
    privately,
)

INDYS_GROUP = ChatRef(MessengerName.TELEGRAM, "-1005")
PICTURE = {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 10, "height": 10}]}


# 15: only in one's own city


async def test_case_15_a_coordinator_is_nobody_in_another_dialogue(world: World) -> None:
    await world.second_dialogue()
    await world.speaks(BONN, EVE, "Guten Tag")
    there = len(world.at(LEEDS))
    for words in ("role @eve mayor", "unpair", "status"):
        refusal = only(await world.commands(BONN, ANNA, words))
        assert "Ben Schulz" in refusal, "who is refused hears whom to ask"
    assert await world.role(EVE, "Leeds – Bonn") == "guest of Bonn"
    assert await world.role(ANNA, "Leeds – Bonn") == "guest of Bonn"
    assert len(world.at(LEEDS)) == there


async def test_case_15_a_coordinator_gives_no_roles_of_another_city(world: World) -> None:
    await world.speaks(INDY, TOM, "Hello")
    copy = world.original(KOELN, "Hello")
    for words in ("role mayor", "role guest"):
        refusal = only(await world.commands(KOELN, ANNA, words, reply_to=copy))
        assert "Indianapolis" in refusal
    refusal = only(await world.commands(KOELN, ANNA, "role @grace:test guest"))
    assert "Indianapolis" in refusal
    assert await world.role(TOM) == "guest of Indianapolis"
    assert await world.role(GRACE) == "coordinator of Indianapolis"


async def test_case_15_a_coordinator_takes_no_chat_of_another_city_out(world: World) -> None:
    world.telegram.messages_in(INDYS_GROUP)
    await pair(world.database, INDYS_GROUP)
    refusal = only(await world.commands(INDYS_GROUP, ANNA, "unpair"))
    assert "Indianapolis" in refusal
    assert "Köln" in refusal
    assert [each.post.buttons for each in world.telegram.messages_in(INDYS_GROUP) if each.post] == [()], (
        "nothing is asked"
    )
    assert await world.joined(INDYS_GROUP)


async def test_case_15_the_code_of_one_city_appoints_nobody_in_another(world: World) -> None:
    code = code_in(only(await world.commands(KOELN, ANNA, "pair Köln")))
    await world.brings(ANNA, BONN)
    world.telegram.admins |= {each.account for each in (BEN,) if each.account}
    await world.commands(BONN, BEN, f"pair {code} Indianapolis")
    await world.picks(INDY, GRACE, "✅")
    assert await world.role(BEN) in {"", "guest of Indianapolis"}
    assert "Grace Miller" in only(await world.commands(BONN, BEN, "role @grace:test guest"))
    assert await world.role(GRACE) == "coordinator of Indianapolis"
    for chat in (KOELN, INDY):
        assert "🤝" in world.last(chat), "and everybody hears of the new chat"


async def test_case_15_nobody_speaks_for_two_cities(world: World) -> None:
    await world.opens_private(ANNA, GRACE)
    refusal = await asks_to_link(world)
    assert "one person cannot do both" in refusal
    await world.appoint(GRACE, Role.GUEST, "Indianapolis")
    await asks_to_link(world)
    await world.picks(privately(ANNA), ANNA, "✅")
    assert await world.person(GRACE) == await world.person(ANNA)
    assert await world.role(GRACE) == "coordinator of Köln"


async def asks_to_link(world: World) -> str:
    """Claim, as Grace, to be Anna."""
    code = code_in("\n".join(await world.commands(privately(ANNA), ANNA, "link")))
    return "\n".join(await world.commands(privately(GRACE), GRACE, f"link {code}"))


async def pair(database: Database, chat: ChatRef) -> None:
    """Pair another chat with Indianapolis."""
    async with database.begin() as store:
        dialogue = only(await store.dialogues.all())
        await store.chats.pair(chat, dialogue, dialogue.cities[1])


# 16: only as long as one has the right


async def test_case_16_who_was_demoted_is_refused_at_the_next_command(world: World) -> None:
    await world.appoint(MEHMET, Role.COORDINATOR)
    await world.speaks(KOELN, EVE, "Hallo")
    await world.commands(KOELN, ANNA, "role @eve staff")
    assert await world.role(EVE) == "staff of Köln"
    await world.commands(KOELN, MEHMET, "role @anna guest")
    refusal = only(await world.commands(KOELN, ANNA, "role @eve mayor"))
    assert "/rolle" in refusal
    assert await world.role(EVE) == "staff of Köln"


async def test_case_16_who_was_demoted_finds_old_buttons_without_effect(world: World) -> None:
    await world.commands(KOELN, ANNA, "unpair")
    await world.appoint(ANNA, Role.GUEST)
    refusal = only(await world.picks(KOELN, ANNA, "✅"))
    assert refusal
    assert await world.joined(KOELN)


async def test_case_16_who_is_no_admin_any_more_may_not_pair(world: World) -> None:
    await world.two_unpaired()
    await world.pairing_code()
    world.telegram.admins.clear()
    refusal = only(await world.commands(BONN, BEN, "pair Bonn"))
    assert len(refusal.splitlines()) == 1, "no code, with all that is to be said of it"
    assert "/koppeln" in refusal


# 17: only one's own words, typed now


def wrote(world: World) -> None:
    """Assert that nothing was executed: /roles and !roles would have been answered with a list of names."""
    for chat in (KOELN, INDY):
        answers = [each for each in world.messenger(chat).messages_in(chat) if each.post and not each.post.author]
        assert answers == []


@pytest.mark.parametrize("entity", ["blockquote", "expandable_blockquote", "pre"])
async def test_case_17_a_command_in_a_quotation_is_not_executed(world: World, entity: str) -> None:
    entities = [{"type": entity, "offset": 0, "length": 6}]
    await raw.on_telegram(world, raw.message(text="/roles", entities=entities))
    await raw.on_telegram(world, raw.message(text="/roles\nsagt Anna", entities=entities))
    await world.speaks(INDY, GRACE, (Quote(rich("!roles")), *rich("so they say")))
    wrote(world)
    assert len(world.at(INDY)) == 2


async def test_case_17_a_command_in_the_fallback_of_a_reply_is_not_executed(world: World) -> None:
    answering = {"msgtype": "m.text", "m.relates_to": {"m.in_reply_to": {"event_id": "$unknown"}}}
    html = {"format": "org.matrix.custom.html", "formatted_body": "<mx-reply>!roles </mx-reply>no"}
    await raw.on_matrix(world, raw.raw(answering | {"body": "> <@tom:test> !roles\n> !roles\n\nno"}))
    await raw.on_matrix(world, raw.raw(answering | {"body": "!roles"} | html))
    wrote(world)
    assert len(world.at(KOELN)) == 2


async def test_case_17_a_command_in_an_edit_is_not_executed(world: World) -> None:
    world.telegram.says(KOELN, ANNA, "nur so")
    world.matrix.says(INDY, GRACE, "just so")
    await world.quiet()
    world.telegram.edits(KOELN, ANNA, world.original(KOELN, "nur so"), "/roles")
    world.matrix.edits(INDY, GRACE, world.original(INDY, "just so"), "!roles")
    await world.quiet()
    wrote(world)
    assert world.last(INDY).endswith(": /roles")


@pytest.mark.parametrize(
    "content",
    [
        {"text": "/roles"},
        PICTURE | {"caption": "/roles"},
    ],
)
async def test_case_17_a_command_in_a_forward_is_not_executed(world: World, content: dict[str, object]) -> None:
    anna = {"type": "user", "date": 1700000000, "sender_user": raw.ANNA}
    hidden = {"type": "hidden_user", "date": 1700000000, "sender_user_name": "Anna Weber"}
    world.telegram.attachments["telegram:f"] = b"a picture"
    for origin in (anna, hidden):
        await raw.on_telegram(world, raw.message(forward_origin=origin, **content))
    wrote(world)
    assert len(world.at(INDY)) == 2


async def test_case_17_a_command_in_a_relayed_text_is_not_executed(world: World) -> None:
    """The bot meets its own copies on both messengers, whatever they contain."""
    await world.speaks(KOELN, EVE, "!roles")
    await world.speaks(INDY, TOM, "/roles")
    mine = {"from": raw.BOT}
    await raw.on_matrix(world, raw.raw({"msgtype": "m.text", "body": "!roles"}, sender="@intercity:test"))
    await raw.on_telegram(world, raw.message(text="/roles", **mine))
    await raw.on_telegram(world, raw.message(caption="/roles", **PICTURE, **mine))
    wrote(world)
    assert (len(world.at(INDY)), len(world.at(KOELN))) == (1, 1)
