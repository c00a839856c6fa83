"""Feeds: added by their address, read in silence at first, and posted to every city once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.fetching.base import FetchProblem
from bot.messengers.base import PermanentError, Reason
from bot.model import FileKind, Link, plain
from bot.model import Text as PlainText
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.feeds import HOUR, PNG, START, URL, Newsroom, item, newsroom_on, rss


@pytest.fixture
async def room(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    async with newsroom_on(sqlite, monkeypatch) as made:
        yield made


async def test_a_feed_is_added_and_what_is_new_is_posted_once_in_every_city(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with newsroom_on(database, monkeypatch) as room:
        room.publishes(item("1", "Weihnachtsmarkt"))
        answer = await room.adds()
        assert answer.startswith("✅ Feed 1: Stadt Köln\nEr hat 1 Beitrag.")
        assert "Der neueste: Weihnachtsmarkt" in answer
        assert room.at(INDY) == []
        new = (item("2", "Neue Bäume", "Die Stadt pflanzt <b>500</b> Bäume."), item("1", "Weihnachtsmarkt"))
        assert await room.fetches(*new) == ["📰 Stadt Köln (in German)\nNeue Bäume\nDie Stadt pflanzt 500 Bäume."]
        assert room.at(KOELN)[-1] == "📰 Stadt Köln\nNeue Bäume\nDie Stadt pflanzt 500 Bäume."
        for _again in range(3):
            assert await room.fetches(*new) == []


async def test_titles_are_links_and_literal_text(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    await room.fetches(
        item("1", "<b>Fett</b> & [Link](https://evil.test) *Stern*", "<script>alert(1)</script>Guten Tag")
    )
    post = room.posts()[-1]
    (link,) = [node for node in post.text if isinstance(node, Link)]
    assert (link.url, plain(link.children)) == (
        "https://koeln.test/1",
        "<b>Fett</b> & [Link](https://evil.test) *Stern*",
    )
    assert post.text[-1] == PlainText("\nGuten Tag")


@pytest.mark.parametrize(
    ("typed", "where"),
    [("koeln.test/feed", URL), ("<https://koeln.test/feed>", URL), ("HTTPS://koeln.test/feed", URL)],
)
async def test_an_address_is_understood_as_people_write_it(room: Newsroom, typed: str, where: str) -> None:
    room.publishes(item("1"))
    assert (await room.adds(url=typed)).startswith("✅")
    assert room.web.asked == [where]


@pytest.mark.parametrize("typed", ["hallo", "ftp://koeln.test/feed", "https://", "file:///etc/passwd", "tel:123"])
async def test_what_is_no_address_is_said_at_once(room: Newsroom, typed: str) -> None:
    answer = await room.adds(url=typed)
    assert "ist keine Webadresse" in answer
    assert "/feed ADRESSE" in answer
    assert room.web.asked == []


async def test_an_address_without_a_feed_is_said_and_takes_no_number(room: Newsroom) -> None:
    room.breaks(FetchProblem.REFUSED, status=404)
    answer = await room.adds()
    assert answer == f"{URL} konnte nicht hinzugefügt werden.\nDer Server meldet einen Fehler (404)."
    room.publishes(item("1"))
    assert (await room.adds()).startswith("✅ Feed 1:")


async def test_the_feed_of_a_page_is_found(room: Newsroom) -> None:
    room.web.serve(
        "https://koeln.test", '<html><head><link rel="alternate" type="application/rss+xml" href="/feed">', "text/html"
    )
    room.publishes(item("1"))
    assert (await room.adds(url="koeln.test")).startswith("✅ Feed 1: Stadt Köln")
    assert await room.fetches(item("2", "Neu"), item("1")) == ["📰 Stadt Köln (in German)\nNeu"]


async def test_one_of_several_feeds_of_a_page_is_chosen_by_a_button(room: Newsroom) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="/{name}" title="{name}">' for name in ("sport", "feed")
    )
    room.web.serve("https://koeln.test", f"<html><head>{links}", "text/html")
    room.publishes(item("1"))
    answer = await room.adds(url="koeln.test")
    assert "mehrere Feeds" in answer
    assert "1️⃣ sport" in answer
    assert "2️⃣ feed" in answer
    assert (await room.chooses(KOELN, ANNA, 1)).startswith("✅ Feed 1: Stadt Köln")


async def test_a_feed_that_is_there_is_named(room: Newsroom) -> None:
    room.publishes(item("1"))
    await room.adds()
    assert await room.adds(url="http://www.koeln.test/feed/") == "Das ist schon Feed 1: Stadt Köln"
    room.web.pages["https://koeln.test/other"] = room.web.pages[URL]  # leads there
    assert await room.adds(url="https://koeln.test/other") == "Das ist schon Feed 1: Stadt Köln"


async def test_the_newest_are_posted_at_once_if_asked_for(room: Newsroom) -> None:
    room.publishes(item("3"), item("2"), item("1"))
    await room.says(INDY, GRACE, f"!feed {URL} newest: 2")
    assert [each.splitlines()[1] for each in room.at(INDY)[1:]] == ["News 2", "News 3"]
    assert room.at(INDY)[0].startswith("✅ Feed 1: Stadt Köln\nIt has 3 items.")


async def test_only_coordinators_follow_feeds(room: Newsroom) -> None:
    answer = await room.says(KOELN, MEHMET, f"/feed {URL}")
    assert "Koordinat" in answer
    assert room.web.asked == []


async def test_a_corrected_item_changes_its_posts(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    await room.fetches(item("1", "Radweg", "Ab Montag."))
    assert await room.fetches(item("1", "Radweg", "Ab Dienstag.")) == []
    assert room.at(INDY) == ["📰 Stadt Köln (in German)\nRadweg\nAb Dienstag.\n✏️ This has been corrected since."]
    assert room.at(KOELN)[-1] == "📰 Stadt Köln\nRadweg\nAb Dienstag.\n✏️ Seither berichtigt."
    await room.fetches(after=timedelta(days=8))
    await room.fetches(item("1", "Radweg", "Ab Mittwoch."))
    assert "Dienstag" in room.at(INDY)[-1], "after a week it stays as it is"
    assert len(room.at(INDY)) == 1


async def test_an_item_that_is_withdrawn_stays(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    await room.fetches(item("1"))
    assert await room.fetches(item("2")) == ["📰 Stadt Köln (in German)\nNews 2"]
    assert len(room.at(INDY)) == 2


async def test_a_picture_comes_with_its_post(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    room.web.serve("https://koeln.test/tree.png", PNG, "image/png")
    picture = (
        '<media:content xmlns:media="http://search.yahoo.com/mrss/" url="https://koeln.test/tree.png" medium="image"/>'
    )
    await room.fetches(item("1", "Baum").replace("</item>", f"{picture}</item>"))
    for chat in (INDY, KOELN):
        message = room.messages(chat)[-1]
        assert message.file
        assert (message.file.kind, message.file.mime, message.file.alt) == (FileKind.PHOTO, "image/png", "Baum")
        assert message.data == PNG


async def test_without_its_picture_an_item_is_posted_too(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    picture = '<enclosure url="https://koeln.test/gone.png" type="image/png" length="1"/>'
    assert len(await room.fetches(item("1", "Baum").replace("</item>", f"{picture}</item>"))) == 1
    assert room.messages()[-1].file is None


async def test_a_feed_in_the_language_of_the_chat_has_no_label(room: Newsroom) -> None:
    room.publishes(language="")
    await room.adds()
    assert (await room.fetches(item("1"), language=""))[0].startswith("📰 Stadt Köln\n"), "unknown"
    assert "Sprache: Englisch" in await room.tells("/feed 1 sprache: Englisch")
    await room.fetches(item("2"), language="")
    assert room.at(INDY)[-1].startswith("📰 Stadt Köln\n")
    assert room.at(KOELN)[-1].startswith("📰 Stadt Köln (auf Englisch)\n")


async def test_what_another_feed_or_a_person_has_posted_is_not_posted_again(room: Newsroom) -> None:
    other = "https://other.test/feed"
    room.publishes()
    room.publishes(url=other, title="Region")
    await room.adds()
    await room.adds(url=other)
    story = "Der Rat hat in seiner Sitzung am Abend den Haushalt beschlossen."
    assert len(await room.fetches(item("1", "Rat", story))) == 1
    same = (item("a", "Rat", story, link="https://other.test/a"), item("b", "Der Rat", link="https://koeln.test/1"))
    assert await room.fetches(*same, url=other) == [], "by content, by link"
    await room.says(KOELN, MEHMET, "Schaut mal: https://koeln.test/2?utm_source=chat")
    await room.says(KOELN, ANNA, "/meldung Neuer Radweg\nMehr unter www.koeln.test/3.")
    assert await room.fetches(item("3"), item("2", "Radweg"), item("1", "Rat", story)) == []
    assert len(await room.fetches(item("4"), item("3"), after=timedelta(days=1))) == 1


async def test_ids_that_change_all_at_once_are_recognised(room: Newsroom) -> None:
    room.publishes(*(item(f"{n}", link=f"https://koeln.test/{n}") for n in range(9)))
    await room.adds()
    assert await room.fetches(*(item(f"new-{n}", f"News {n}", link=f"https://koeln.test/{n}") for n in range(9))) == []


async def test_a_page_of_news_under_one_address_is_not_taken_for_one_item(room: Newsroom) -> None:
    day = START - timedelta(hours=1)
    room.publishes(item("1", "Hochwasser", link="https://koeln.test/now", published=day))
    await room.adds()
    later = item("2", "Entwarnung", link="https://koeln.test/now", published=day + timedelta(hours=2))
    assert len(await room.fetches(later)) == 1


async def test_many_at_once_are_not_posted_one_by_one(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    new = await room.fetches(*(item(f"{n}") for n in range(12, 0, -1)))
    assert sorted(new) == sorted(
        [
            "📰 Stadt Köln (in German)\n7 more new items are not posted here.\nAll of them: https://koeln.test/",
            *(f"📰 Stadt Köln (in German)\nNews {n}" for n in range(8, 13)),
        ]
    )
    assert await room.fetches() == []


async def test_after_a_pause_only_the_newest_are_posted(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    assert "angehalten" in await room.tells("/feed 1 anhalten")
    assert await room.fetches(*(item(f"{n}") for n in range(9, 0, -1)), after=timedelta(days=3)) == []
    assert len(room.web.asked) == 1
    assert "höchstens die 3 neuesten" in (await room.tells("/feed 1 fortsetzen") and "\n".join(room.at(KOELN)))
    assert [each.splitlines()[1] for each in room.at(INDY)] == [
        "6 more new items are not posted here.",
        *(f"News {n}" for n in (7, 8, 9)),
    ]


async def test_a_look_can_be_asked_for(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    assert await room.tells("/feed 1 jetzt") == "Feed 1: Stadt Köln\nNichts Neues."
    room.publishes(item("1"))
    await room.tells("/feed 1 jetzt")
    assert room.at(KOELN)[-2:] == ["Feed 1: Stadt Köln\n1 neuer Beitrag", "📰 Stadt Köln\nNews 1"]


async def test_a_feed_that_is_removed_is_not_read_any_more(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    assert "ist entfernt" in await room.tells("/feed 1 entfernen")
    assert await room.fetches(item("1")) == []
    assert len(room.web.asked) == 1
    assert "keinen Feed 1" in await room.tells("/feed 1")


async def test_what_has_not_arrived_is_shown(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    room.matrix.faults.append(PermanentError("no", Reason.NOT_ALLOWED))
    await room.fetches(item("1"))
    assert "⚠️ Indianapolis (Matrix): 1 Beitrag konnte nicht zugestellt werden" in await room.tells("/feed 1")


async def test_a_new_address_is_followed_for_good(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    new = "https://new.test/feed"
    room.web.serve(URL, rss(item("1")), moved=new)
    await room.fetches(after=HOUR)
    assert new in await room.tells("/feed 1")
    room.publishes(item("2"), item("1"), url=new)
    await room.fetches()
    assert room.web.asked[-1] == new
    assert len(room.at(INDY)) == 2


async def test_a_coordinator_takes_an_item_down_for_good(room: Newsroom) -> None:
    room.publishes()
    await room.adds()
    await room.fetches(item("1", "Radweg", "Ab Montag."))
    post = room.messages(KOELN)[-1]
    await room.says(KOELN, ANNA, "/loeschen", reply_to=post.id)
    assert room.at(INDY) == []
    await room.fetches(item("1", "Radweg", "Ab Dienstag."))
    assert room.at(INDY) == []
