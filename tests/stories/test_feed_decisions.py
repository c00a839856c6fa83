"""Items that coordinators approve, and digests at each city's own morning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.feeds import HOUR, URL, Newsroom, item, newsroom_on
from tests.trust.world import privately


@pytest.fixture
async def room(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    async with newsroom_on(sqlite, monkeypatch) as made:
        made.publishes()
        yield made


async def test_an_item_is_posted_once_a_coordinator_approves_it(room: Newsroom) -> None:
    await room.opens_private_chats()
    await room.adds(" freigabe: ja")
    assert await room.fetches(item("1", "Bäume")) == []
    assert room.told()[-1] == "Soll dieser Beitrag von Feed 1 veröffentlicht werden?\n📰 Stadt Köln\nBäume"
    question = room.told("grace")[-1]
    assert question.startswith("Shall this item of feed 1 be posted?\n📰 Stadt Köln (in German)\nBäume")
    assert "1 Beitrag wartet auf Freigabe." in await room.tells("/feed 1")
    card = room.card(privately(ANNA))
    await room.picks(privately(GRACE), GRACE, "✅")
    assert room.at(INDY) == ["📰 Stadt Köln (in German)\nBäume"]
    assert room.told()[-1] == "✅ Freigegeben von Grace Miller.\n📰 Stadt Köln\nBäume"
    assert room.told("grace")[-1].startswith("✅ Approved by Grace Miller.")
    assert card.post
    assert card.post.buttons == ()
    assert "wartet" not in await room.tells("/feed 1")


async def test_one_decision_counts(room: Newsroom) -> None:
    await room.opens_private_chats()
    await room.adds(" freigabe: ja")
    await room.fetches(item("1"))
    card = room.card(privately(ANNA))
    assert card.post
    actions = {each.emoji: each.action for each in card.post.buttons}
    room.matrix.reacts(privately(GRACE), GRACE, room.card(privately(GRACE)).id, "❌")
    room.telegram.presses(privately(ANNA), ANNA, card.id, actions["✅"])
    await room.quiet()
    outcomes = [room.told()[-1][0], room.told("grace")[-1][0]]
    posted = room.at(INDY)
    assert outcomes == (["✅", "✅"] if posted else ["❌", "❌"])
    await room.presses(privately(ANNA), ANNA, card.id, actions["✅"])
    await room.presses(privately(ANNA), ANNA, card.id, actions["❌"])
    assert room.at(INDY) == posted


async def test_an_item_that_is_left_out_is_not_posted(room: Newsroom) -> None:
    await room.adds(" freigabe: ja")
    await room.fetches(item("1"))
    question = room.at(KOELN)[-1]
    assert question.startswith("Soll dieser Beitrag"), "nobody has a private chat"
    card = room.card(KOELN)
    assert card.post
    before = len(room.telegram.told)
    await room.presses(KOELN, MEHMET, card.id, card.post.buttons[0].action)
    assert "Koordinat" in room.telegram.told[before]
    await room.picks(KOELN, ANNA, "❌")
    assert room.at(KOELN)[-1].startswith("❌ Weggelassen von Anna Weber.")
    assert await room.fetches(item("1")) == []


async def test_a_corrected_item_is_shown_again_before_the_decision(room: Newsroom) -> None:
    await room.adds(" freigabe: ja")
    await room.fetches(item("1", "Radweg", "Ab Montag."))
    await room.fetches(item("1", "Radweg", "Ab Dienstag."))
    assert room.at(KOELN)[-1].endswith("Ab Dienstag.")
    await room.picks(KOELN, ANNA, "✅")
    assert room.at(INDY)[-1].endswith("Ab Dienstag.")


async def test_nothing_is_said_in_public_about_items_that_await_approval(room: Newsroom) -> None:
    await room.adds(" freigabe: ja")
    assert await room.fetches(*(item(f"{n}") for n in range(9))) == []
    told = [each.splitlines()[-2] for each in room.at(KOELN) if "weitere neue" in each]
    assert told == ["4 weitere neue Beiträge werden hier nicht veröffentlicht."]


async def test_after_a_week_nobody_is_asked_any_more(room: Newsroom) -> None:
    await room.adds(" freigabe: ja")
    await room.fetches(item("1"))
    await room.fetches(after=timedelta(days=7))
    assert room.at(KOELN)[-1].startswith("Darüber hat innerhalb einer Woche niemand entschieden")
    assert "wartet" not in await room.tells("/feed 1")


async def test_a_digest_comes_once_a_day_at_the_morning_of_each_city(room: Newsroom) -> None:
    await room.adds(" sammeln: 8 Uhr")
    before = len(room.at(KOELN))
    for number in (1, 2):
        assert await room.fetches(*(item(f"{n}") for n in range(number, 0, -1))) == []
    await room.until(25, 12, 58)
    assert room.at(INDY) == []
    await room.until(25, 13, 1)
    assert room.at(INDY) == ["📰 Stadt Köln (in German)\n• News 1\n• News 2"]
    await room.fetches(*(item(f"{n}") for n in (3, 2, 1)))
    await room.until(26, 6, 58)
    assert len(room.at(KOELN)) == before
    await room.until(26, 7, 1)
    assert room.at(KOELN)[before:] == ["📰 Stadt Köln\n• News 1\n• News 2\n• News 3"]
    await room.until(26, 13, 1)
    assert room.at(INDY)[1:] == ["📰 Stadt Köln (in German)\n• News 3"]
    for _day in range(3):
        await room.later(timedelta(days=1))
    assert (len(room.at(KOELN)), len(room.at(INDY))) == (before + 1, 2), "nothing new: no digest"


async def test_the_feeds_of_a_dialogue_share_a_digest(room: Newsroom) -> None:
    other = "https://other.test/feed"
    room.publishes(url=other, title="Region")
    await room.adds(" sammeln: 8:00")
    await room.adds(" sammeln: 8:00", url=other)
    room.web.serve(other, room.web.pages[URL].body.replace(b"</channel>", f"{item('r')}</channel>".encode()))  # type: ignore[union-attr]
    await room.fetches(*(item(f"{n}") for n in range(30, 0, -1)))
    await room.later(timedelta(days=1))
    (digest,) = room.at(INDY)
    rows = digest.splitlines()
    assert len(rows) == 22
    assert rows[-1] == "… and 11 more"


async def test_what_was_gathered_is_posted_when_the_digest_is_switched_off(room: Newsroom) -> None:
    await room.adds(" sammeln: 8:00 an: Köln")
    await room.fetches(item("1"))
    await room.tells("/feed 1 sammeln: aus")
    assert room.at(KOELN)[-1] == "📰 Stadt Köln\nNews 1"
    assert await room.fetches(item("2"), item("1")) == []
    assert room.at(KOELN)[-1] == "📰 Stadt Köln\nNews 2"


async def test_what_one_city_had_in_a_digest_is_posted_only_in_the_others(room: Newsroom) -> None:
    await room.adds(" sammeln: 8:00")
    await room.fetches(item("1"))
    await room.until(25, 13, 1)
    assert len(room.at(INDY)) == 1
    await room.tells("/feed 1 sammeln: aus")
    assert room.at(KOELN)[-1] == "📰 Stadt Köln\nNews 1"
    assert len(room.at(INDY)) == 1


async def test_an_approved_item_waits_for_the_digest(room: Newsroom) -> None:
    await room.adds(" freigabe: ja sammeln: 8:00")
    await room.fetches(item("1"), after=HOUR)
    await room.picks(KOELN, ANNA, "✅")
    assert room.at(KOELN)[-1].startswith("✅ Freigegeben von Anna Weber; erscheint um 08:00 Uhr.")
    assert room.at(INDY) == []
    await room.later(timedelta(days=1))
    assert len(room.at(INDY)) == 1
