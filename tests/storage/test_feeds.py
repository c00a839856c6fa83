"""Feeds and their items: numbered per dialogue, recognised across feeds, kept as long as the feed lists them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.purge import Retention
from bot.model import ChatRef, MessengerName, Post, Reason, Sent, rich
from storage import Backlog, City, Database, Dialogue, Feed, FeedState, ItemState, StorageError, Store
from storage.retention import KEPT, LINKS
from tests.databases import made_on

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
URL = "https://koeln.test/feed"


async def a_dialogue(store: Store, name: str = "Köln – Leeds") -> Dialogue:
    names = (f"{each}{name[len('Köln – Leeds') :]}" for each in ("Köln", "Leeds"))
    cities = [await store.cities.add(each, "de_DE", "Europe/Berlin") for each in names]
    return await store.dialogues.add(name, tuple(cities))


async def a_feed(store: Store, dialogue: Dialogue, *, cities: tuple[City, ...] = ()) -> Feed:
    feed = await store.feeds.add(dialogue.id, URL, NOW, cities=tuple(each.id for each in cities))
    return await store.feeds.start(feed, title="Köln")


async def add(store: Store, feed: Feed, guid: str, state: ItemState = ItemState.POSTED) -> int:
    return await store.feed_items.add(
        feed, guid=guid, link=f"link of {guid}", content=f"content of {guid}", state=state, at=NOW, data={"title": guid}
    )


async def test_feeds_are_numbered_in_their_dialogue(database: Database) -> None:
    async with database.begin() as store:
        dialogue, other = await a_dialogue(store), await a_dialogue(store, "Köln – Leeds again")
        new = await store.feeds.add(dialogue.id, URL, NOW, only=("Bäume",), choices=(("https://a.test", "A"),))
        assert (new.number, new.state, new.only, new.choices) == (
            None,
            FeedState.NEW,
            ("Bäume",),
            (("https://a.test", "A"),),
        )
        feeds = [await store.feeds.start(new), await a_feed(store, dialogue), await a_feed(store, other)]
        assert [each.number for each in feeds] == [1, 2, 1]
        assert await store.feeds.numbered(dialogue.id, 2) == feeds[1]
        await add(store, feeds[0], "1")
        await store.feeds.remove(feeds[0])
        assert await store.feeds.of_dialogue(dialogue.id) == [feeds[1]]
        await store.feeds.remove(feeds[1])
        assert (await a_feed(store, dialogue)).number == 3  # no number ever means another feed


@pytest.mark.parametrize("how", ["link", "content"])
async def test_what_another_feed_has_brought_to_the_same_cities_is_known(database: Database, how: str) -> None:
    async with database.begin() as store:
        dialogue = await a_dialogue(store)
        koeln, leeds = dialogue.cities
        to_both, to_one = await a_feed(store, dialogue), await a_feed(store, dialogue, cities=(koeln,))
        elsewhere = await a_feed(store, await a_dialogue(store, "Köln – Leeds again"))
        keys = {"link": ("link of 1", ""), "content": ("", "content of 1")}[how]
        await add(store, to_one, "1")
        assert await store.feed_items.elsewhere(await a_feed(store, dialogue, cities=(koeln,)), *keys)
        assert not await store.feed_items.elsewhere(to_one, *keys), "its own"
        assert not await store.feed_items.elsewhere(to_both, *keys), "Leeds does not have it"
        assert not await store.feed_items.elsewhere(await a_feed(store, dialogue, cities=(leeds,)), *keys)
        assert not await store.feed_items.elsewhere(elsewhere, *keys), "another dialogue"
        await add(store, to_both, "1")
        assert await store.feed_items.elsewhere(await a_feed(store, dialogue, cities=(leeds,)), *keys)


async def test_what_another_feed_has_left_out_is_not_known(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await a_dialogue(store)
        one, two = await a_feed(store, dialogue), await a_feed(store, dialogue)
        await add(store, one, "1", ItemState.SKIPPED)
        await add(store, one, "2", ItemState.REJECTED)
        for each in "12":
            assert not await store.feed_items.elsewhere(two, f"link of {each}", f"content of {each}")


async def test_items_are_kept_as_long_as_their_feed_lists_them(database: Database) -> None:
    later = NOW + KEPT + timedelta(days=1)
    async with database.begin() as store:
        feed = await a_feed(store, await a_dialogue(store))
        for guid in "123":
            await add(store, feed, guid)
        await add(store, feed, "4", ItemState.WAITING)
        feed = await store.feeds.set(feed, listed_at=NOW)
    await Retention().delete_expired(database, later)
    async with database.begin() as store:
        assert len(await store.feed_items.of_feed(feed)) == 4, "it has not been read since"
        await store.feed_items.mark_listed(feed, ["2"], later)
        await store.feeds.set(feed, listed_at=later)
    await Retention().delete_expired(database, later)
    async with database.begin() as store:
        assert {each.guid for each in await store.feed_items.of_feed(feed)} == {"2", "4"}


async def test_a_feed_that_was_never_begun_is_forgotten_after_a_month(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await a_dialogue(store)
        begun = await a_feed(store, dialogue)
        await store.feeds.add(dialogue.id, URL, NOW)
    await Retention().delete_expired(database, NOW + KEPT + timedelta(hours=1))
    async with database.begin() as store:
        assert await store.feeds.of_dialogue(dialogue.id) == [begun]


async def test_links_that_people_post_are_known_for_a_week(database: Database) -> None:
    async with database.begin() as store:
        dialogue, other = await a_dialogue(store), await a_dialogue(store, "Köln – Leeds again")
        for _twice in range(2):
            await store.shared_links.add(dialogue.id, "digest", NOW)
        assert await store.shared_links.has(dialogue.id, "digest")
        assert not await store.shared_links.has(other.id, "digest")
    await Retention().delete_expired(database, NOW + LINKS + timedelta(hours=1))
    async with database.begin() as store:
        assert not await store.shared_links.has(dialogue.id, "digest")


async def test_posts_that_have_not_arrived_are_counted_by_chat(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await a_dialogue(store)
        refs = [ChatRef(MessengerName.TELEGRAM, f"-{number}") for number in (1, 2)]
        chats = [await store.chats.pair(ref, dialogue, dialogue.cities[0]) for ref in refs]
        feed = await a_feed(store, dialogue)
        for guid in "12":
            post = await store.messages.add(sent_at=NOW)
            for part, chat in [(0, chats[0]), (1, chats[0]), (0, chats[1])]:
                await store.deliveries.send(chat, post, Post(rich(guid)), NOW, part=part)
            await add(store, feed, guid)
            item = (await store.feed_items.of_feed(feed))[-1]
            await store.feed_items.close([item], ItemState.POSTED, post)
        assert (await store.feed_items.of_feed(feed))[-1].data == {}
    async with database.begin() as store:
        for _each in "12":
            delivery = await store.deliveries.claim(refs[1].lane, NOW)
            assert delivery
            if _each == "1":
                await store.deliveries.delivered(delivery, Sent(("1",)), NOW)
            else:
                await store.deliveries.fail(delivery, "no", NOW, Reason.NOT_ALLOWED)
        assert await store.feed_items.backlogs(feed) == [Backlog(chats[0].id, 2, 0), Backlog(chats[1].id, 0, 1)]


async def test_a_citys_digests_are_marked(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await a_dialogue(store)
        feed, koeln = await a_feed(store, dialogue), dialogue.cities[0]
        for hours in (0, 24):
            await store.feed_items.mark_digested(feed, koeln.id, NOW + timedelta(hours=hours))
        assert await store.feed_items.digested(feed) == {koeln.id: NOW + timedelta(hours=24)}


async def test_a_job_never_waits_for_a_command_that_holds_its_feed(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                feed = await a_feed(store, await a_dialogue(store))
            async with database.begin() as command:
                await command.feeds.hold(feed.id)
                async with asyncio.timeout(10):
                    with pytest.raises(StorageError, match="lock"):
                        await as_job(database, feed)
            await as_job(database, feed)
        finally:
            await database.close()


async def as_job(database: Database, feed: Feed) -> None:
    async with database.begin() as store:
        assert await store.feeds.of_job(feed.id) == feed
