"""What coordinators set for a feed, and what they see of it; lists of feeds as files."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.fetching.base import FetchProblem
from bot.model import Attachment, MessageRef, Reply
from handlers.feeds import _adding, _opml
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.feeds import HOUR, URL, Newsroom, item, newsroom_on
from tests.trust.world import privately


@pytest.fixture
async def room(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    async with newsroom_on(sqlite, monkeypatch) as made:
        made.publishes()
        yield made


@pytest.mark.parametrize(
    ("setting", "passing"),
    [
        ("nur: Bäume", {"Baeume am Rhein"}),
        ("only: radweg, bäume", {"Baeume am Rhein", "Neuer Radweg"}),
        ("only: rad", set()),
        ("only: rad*", {"Neuer Radweg"}),
        ("nicht: Am Rhein", {"Neuer Radweg", "Straßenbahn: Linie 5"}),
        ("not: STRASSENBAHN LINIE 5", {"Baeume am Rhein", "Neuer Radweg"}),
        ("only: linie | not: 5", set()),
        ("only: Einkaufen", {"Straßenbahn: Linie 5"}),
    ],
)
async def test_words_decide_what_is_posted(room: Newsroom, setting: str, passing: set[str]) -> None:
    await room.adds(f"\n{setting}")
    new = await room.fetches(
        item("1", "Baeume am Rhein"), item("2", "Neuer Radweg"), item("3", "Straßenbahn: Linie 5", "Zum Einkaufen.")
    )
    assert {each.splitlines()[1] for each in new} == passing


async def test_posts_go_to_the_cities_named(room: Newsroom) -> None:
    assert "Geht an: Köln\n" in await room.adds(" an: koeln")
    before = len(room.at(KOELN))
    assert await room.fetches(item("1")) == []
    assert len(room.at(KOELN)) == before + 1
    assert "Geht an: alle Städte" in await room.tells("/feed 1 an: Köln, Indianapolis")
    assert len(await room.fetches(item("2"), item("1"))) == 1


async def test_settings_are_shown_in_the_language_of_the_chat(room: Newsroom) -> None:
    await room.adds()
    typed = "only: trees, parks | not: cars | approve: yes | digest: 8am | to: Indianapolis | language: French"
    answer = await room.says(INDY, GRACE, f"!feed 1 {typed}")
    assert answer.replace("\u202f", " ") == (
        "Feed 1, Stadt Köln, has been changed:\nGoes to: Indianapolis\nOnly with: trees, parks\nNot with: cars\n"
        "Every item has to be approved by a coordinator first.\nCollected, and posted at 8:00 AM in each city\n"
        "Language: French"
    )
    off = await room.tells("/feed 1 an: alle nur: - nicht: keine freigabe: nein sammeln: aus sprache: deutsch")
    assert off == "Feed 1, Stadt Köln, ist geändert:\nGeht an: alle Städte\nSprache: Deutsch"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("an: Leeds", "„Leeds“ nimmt an diesem Dialog nicht teil. Seine Städte: Köln und Indianapolis"),
        ("freigabe: vielleicht", "freigabe: ja"),
        ("sammeln: morgens", "Uhrzeit"),
        ("sprache: sonstwie", "„sonstwie“ kenne ich nicht"),
        ("nur: !!!", "enthält kein Wort"),
        ("nur: " + ", ".join(f"wort{n}" for n in range(30)), "höchstens 20 Wörter"),
        ("\nfreigbe: ja", "Meinten Sie freigabe:?"),
        ("\nund noch etwas", "Diese Zeile verstehe ich nicht: „und noch etwas“"),
        ("neueste: 50", "Höchstens 5"),
        ("bitte", "„bitte“"),
    ],
)
async def test_what_is_typed_wrong_is_said_and_nothing_is_done(room: Newsroom, typed: str, answer: str) -> None:
    assert answer in await room.adds(f" {typed}")
    assert room.web.asked == []


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("/feed 7", "Es gibt keinen Feed 7"),
        ("/feed 1 tanzen", "„tanzen“"),
        ("/feed 1 fortsetzen", "nicht angehalten"),
        ("/feed 1 neueste: 2", "nur, wenn ein Feed hinzugefügt wird"),
        ("/feed", "Adresse eines Feeds"),
    ],
)
async def test_what_cannot_be_done_with_a_feed_is_said(room: Newsroom, typed: str, answer: str) -> None:
    await room.adds()
    assert answer in await room.tells(typed)


async def test_a_dialogue_has_so_many_feeds_at_most(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_adding, "MOST_FEEDS", 1)
    await room.adds()
    assert "schon 1 Feeds" in await room.adds(url="https://bonn.test/feed")


async def test_the_list_says_how_each_feed_is(room: Newsroom) -> None:
    assert "noch keine Feeds" in await room.tells("/feeds")
    for name in ("a", "b", "c"):
        room.publishes(url=f"https://{name}.test/feed", title=name.upper())
        await room.adds(" freigabe: ja", url=f"https://{name}.test/feed")
    await room.tells("/feed 2 anhalten")
    room.breaks(FetchProblem.REFUSED, status=500, url="https://c.test/feed")
    await room.fetches(item("1"), item("2"), url="https://a.test/feed")
    rows = (await room.tells("/feeds")).splitlines()
    well = r"1 Stadt Köln: in Ordnung, gelesen um 11:\d\d Uhr, wieder um 1.:\d\d Uhr · 2 Beiträge warten auf Freigabe"
    assert re.fullmatch(well, rows[1])
    assert rows[2] == "2 B: angehalten"
    assert rows[3].startswith("3 C: ⚠️ nicht lesbar seit Montag, 25. November 2030")
    assert rows[3].endswith("Der Server meldet einen Fehler (500).")
    details = await room.says(INDY, GRACE, "!feed 3")
    assert details.startswith("Feed 3: C\nhttps://c.test/feed\nLast read: Monday, November 25, 2030")
    assert "\n⚠️ Not readable since Monday, November 25, 2030" in details
    assert "\nNext look: Monday, November 25, 2030" in details


async def test_a_feed_that_fails_is_tried_less_often_and_reported_after_a_day(room: Newsroom) -> None:
    await room.opens_private_chats()
    await room.adds()
    room.breaks()
    asked = len(room.web.asked)
    for _hour in range(23):
        await room.later(HOUR)
    assert len(room.web.asked) - asked == 6
    assert not any("Feed 1" in each for each in room.told())
    for _hour in range(3):
        await room.later(HOUR)
    assert room.told()[-1].startswith("⚠️ Feed 1, Stadt Köln, ist seit Montag, 25. November 2030")
    assert "Der Server ist nicht erreichbar." in room.told()[-1]
    assert "cannot be read since" in room.told("grace")[-1]
    told = len(room.told())
    for _day in range(3):
        await room.later(timedelta(days=1))
    assert len(room.told()) == told, "once"
    room.publishes(item("1"))
    await room.later(timedelta(days=1, hours=1))
    assert room.told()[told:] == ["✅ Feed 1, Stadt Köln, ist wieder lesbar."]
    assert room.at(INDY)[-1] == "📰 Stadt Köln (in German)\nNews 1"


async def test_a_short_failure_is_not_reported(room: Newsroom) -> None:
    await room.opens_private_chats()
    await room.adds()
    room.breaks()
    await room.later(HOUR)
    told = len(room.told())
    await room.fetches(item("1"), after=3 * HOUR)
    assert len(room.told()) == told
    assert "Last read" in await room.says(INDY, GRACE, "!feed 1")


async def test_a_feed_that_is_gone_is_paused_and_coordinators_are_told(room: Newsroom) -> None:
    await room.adds()
    room.breaks(FetchProblem.GONE, status=410)
    await room.later(HOUR)
    assert room.at(KOELN)[-1].startswith(f"⚠️ Feed 1, Stadt Köln, gibt es nicht mehr: {URL}"), (
        "nobody has a private chat"
    )
    asked = len(room.web.asked)
    await room.later(timedelta(days=2))
    assert len(room.web.asked) == asked


OPML = """<?xml version="1.0"?><opml version="2.0"><head><title>News</title></head><body><outline text="Cities">
<outline text="A" type="rss" xmlUrl="https://a.test/feed"/><outline text="B" xmlurl="b.test/feed" type="rss"/>
<outline text="C" xmlUrl="https://c.test/feed"/><outline text="Köln" xmlUrl="https://koeln.test/feed"/>
<outline text="bad" xmlUrl="file:///etc/passwd"/></outline></body></opml>"""


async def sends(room: Newsroom, data: str, name: str = "feeds.opml", caption: str = "/feed") -> str:
    room.telegram.attachments["telegram:f1"] = data.encode()
    file = Attachment("file", name, len(data), "text/x-opml", "telegram:f1")
    room.telegram.says(KOELN, ANNA, caption, attachment=file)
    await room.quiet()
    return room.at(KOELN)[-1]


async def test_a_list_of_feeds_is_read_and_written(room: Newsroom) -> None:
    await room.adds()
    room.publishes(url="https://a.test/feed", title="A & B")
    room.publishes(url="https://b.test/feed", title="B")
    assert await sends(room, OPML) == (
        "✅ 2 Feeds wurden hinzugefügt.\n2. A & B\n3. B\n⚠️ 1 konnte nicht gelesen werden:\n"
        "https://c.test/feed: Der Server meldet einen Fehler (404)."
    )
    assert room.at(KOELN)[-2] == (
        "Die Liste hat 5 Feeds.\n2 davon lasse ich weg: Sie sind schon da, sind keine Webadressen oder wären zu viele."
    )
    await room.says(INDY, GRACE, "!feeds opml")
    message = room.messages()[-1]
    assert message.file
    assert message.data
    assert (message.file.name, message.text) == ("feeds.opml", "The list of 3 feeds")
    assert _opml.read_opml(message.data) == [URL, "https://a.test/feed", "https://b.test/feed"]


async def test_a_list_fills_the_dialogue_and_no_more(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_adding, "MOST_FEEDS", 3)
    many = "".join(f'<outline xmlUrl="https://city{n}.test/feed"/>' for n in range(50))
    answer = await sends(room, f"<opml><body>{many}</body></opml>")
    assert answer.startswith("✅ 0 Feeds wurden hinzugefügt.\n⚠️ 3 konnten nicht gelesen werden:")
    assert len(room.web.asked) == 3


async def test_a_list_that_is_replied_to_is_read(room: Newsroom) -> None:
    room.publishes(url="https://a.test/feed", title="A")
    room.telegram.attachments["telegram:f1"] = OPML.encode()
    file = Attachment("file", "my feeds.xml", 9, "text/xml", "telegram:f1")
    id = room.telegram.says(KOELN, ANNA, "", attachment=file)
    await room.quiet()
    room.telegram.says(KOELN, ANNA, "/feed", reply_to=id, reply=Reply(MessageRef(KOELN, id), attachment=file))
    await room.quiet()
    assert "2 Feeds wurden hinzugefügt" in room.at(KOELN)[-1]


@pytest.mark.parametrize(
    ("data", "name", "answer"),
    [
        (OPML, "feeds.pdf", "keine Liste von Feeds"),
        ("<opml><body>", "feeds.opml", "keine Liste von Feeds (OPML)"),
        ("<opml/>", "feeds.opml", "ist kein Feed"),
        ("x" * 600_000, "feeds.opml", "zu groß"),
    ],
)
async def test_what_is_no_list_is_said(room: Newsroom, data: str, name: str, answer: str) -> None:
    mime = "text/x-opml" if name.endswith("opml") else "application/pdf"
    room.telegram.attachments["telegram:f1"] = data.encode()
    room.telegram.says(KOELN, ANNA, "/feed", attachment=Attachment("file", name, len(data), mime, "telegram:f1"))
    await room.quiet()
    assert answer in room.at(KOELN)[-1]


async def test_a_list_without_new_feeds_is_said(room: Newsroom) -> None:
    await room.adds()
    answer = await sends(room, f'<opml><body><outline xmlUrl="{URL}"/></body></opml>')
    assert answer.startswith("Die Liste hat 1 Feed.\n1 davon lasse ich weg")


async def test_feeds_are_for_coordinators_in_private_too(room: Newsroom) -> None:
    await room.opens_private_chats()
    assert (await room.says(privately(ANNA), ANNA, f"/feed {URL}")).startswith("✅ Feed 1: Stadt Köln")
