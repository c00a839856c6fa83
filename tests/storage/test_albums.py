"""Items of an album in the outbox: how long they are held, and that they are claimed and settled together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import Author, File, FileKind, Post, Remove, Replace, Section, Send, Sent, rich
from storage import Chat, Database, Delivery, Merge, Share, State
from tests.storage.test_store import NOW, paired

GRACE, TOM = Share(5), Share(6)
PAUSE = 1.0


def all_files(posts: Sequence[Post]) -> int:
    return len(posts)


@pytest.fixture
async def group(database: Database) -> Chat:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
    return group


async def queue(database: Database, group: Chat, *names: str, share: Share = GRACE, after: float = 0.0) -> list[int]:
    """Queue a photo for each name, or a text for those in quotation marks; return the ids of the messages."""
    ids = []
    async with database.begin() as store:
        for name in names:
            now = NOW + timedelta(seconds=after)
            ids.append(await store.messages.add(sent_at=now))
            text, hold = (rich(name), 0.0) if name.startswith("“") else ((), PAUSE)
            files = () if text else (File(kind=FileKind.PHOTO, source=f"matrix:{name}", name=name, mime=""),)
            post = Post(text, Author("Grace", "Leeds"), files=files)
            await store.deliveries.send(group, ids[-1], post, now, share=share, hold=hold)
    return ids


async def claim(database: Database, group: Chat, after: float = 0.0) -> Delivery | None:
    async with database.begin() as store:
        now, merge = NOW + timedelta(seconds=after), Merge(all_files, 0, all_files, all_files)
        return await store.deliveries.claim(group.ref.lane, now, merge=merge)


def names(delivery: Delivery | None) -> list[str]:
    if delivery is None:
        return []
    assert isinstance(delivery.operation, Send)
    posts = (delivery.operation.post, *delivery.operation.more)
    return [post.files[0].name if post.files else "“" for post in posts]


async def settle(database: Database, delivery: Delivery | None, *ids: str) -> None:
    assert delivery
    async with database.begin() as store:
        await store.deliveries.delivered(delivery, Sent(ids), NOW)


async def test_each_item_extends_the_wait_of_all(database: Database, group: Chat) -> None:
    await queue(database, group, "a")
    await queue(database, group, "b", after=0.9)
    await queue(database, group, "“hello”", share=TOM, after=1.0)
    async with database.begin() as store:
        assert await store.deliveries.next_held(NOW + timedelta(seconds=1)) == NOW + timedelta(seconds=1.9)
    text = await claim(database, group, 1.8)
    assert names(text) == ["“"], "others do not wait for it"
    await settle(database, text, "telegram:-1001/1")
    assert await claim(database, group, 1.8) is None
    assert names(await claim(database, group, 1.9)) == ["a", "b"]


async def test_with_a_clock_that_was_set_back_nothing_waits_for_long(database: Database, group: Chat) -> None:
    await queue(database, group, "a", after=3600)
    assert names(await claim(database, group)) == ["a"]


async def test_an_album_goes_past_what_others_say_meanwhile_and_keeps_its_authors_order(
    database: Database, group: Chat
) -> None:
    await queue(database, group, "“before”", "a")
    await queue(database, group, "“hello”", "“again”", share=TOM)
    await queue(database, group, "b", "“after”", "c")
    order = []
    while delivery := await claim(database, group, 9):
        order.append(names(delivery))
        await settle(database, delivery, *(f"telegram:-1001/{len(order)}{n}" for n in range(len(order[-1]))))
    assert [each for each in order if each != ["“"] * len(each)] == [["a", "b"], ["c"]]
    assert sum(map(len, order)) == 7
    assert order[0][0] == "“"
    assert order[-1] == ["c"]


async def test_texts_overtake_the_files_of_others_but_not_of_their_author(database: Database, group: Chat) -> None:
    await queue(database, group, "“1”")
    await queue(database, group, "a", "“2”", share=TOM)
    await queue(database, group, "“3”", "“4”")
    first = await claim(database, group, 9)
    assert first
    assert [each.message_id for each in (first, *first.followers)] == [1, 4, 5]


async def test_what_its_author_says_next_goes_under_a_file(database: Database, group: Chat) -> None:
    photo, first, _second = await queue(database, group, "a", "“1”", "“2”")
    await queue(database, group, "“hello”", share=TOM)
    delivery = await claim(database, group, 9)
    assert names(delivery) == ["a", "“", "“"]
    await settle(database, delivery, "telegram:-1001/7")
    async with database.begin() as store:
        await store.deliveries.remove(group, photo, NOW)
        await store.deliveries.replace(group, first, Post(rich("1!")), NOW)
    async with database.begin() as store:
        changes = [each.operation for each in await store.deliveries.in_state([State.QUEUED]) if each.message_id != 4]
    remove, edit = changes
    assert isinstance(remove, Remove)
    assert isinstance(edit, Replace)
    assert (remove.section, remove.caption) == (Section(0, 3), True)
    assert (edit.section, edit.caption) == (Section(1, 3), False)


async def test_others_go_first_while_a_file_cannot_be_read(database: Database, group: Chat) -> None:
    photo, *_ = await queue(database, group, "a", "“mine”")
    await queue(database, group, "“hello”", share=TOM)
    async with database.begin() as store:
        await store.deliveries.send(
            group, await store.messages.add(sent_at=NOW), Post(rich("answer")), NOW, reply_to=photo, share=TOM
        )
        file = await store.deliveries.claim(group.ref.lane, NOW)
        assert file
        await store.deliveries.put_aside(file, "busy", NOW + timedelta(seconds=4))
    order = []
    for after in (1.0, 1.0, 4.0, 4.0, 4.0):
        async with database.begin() as store:
            if delivery := await store.deliveries.claim(group.ref.lane, NOW + timedelta(seconds=after)):
                order.append(delivery.message_id)
                await store.deliveries.delivered(delivery, Sent((f"telegram:-1001/{delivery.id}",)), NOW)
            else:
                order.append(None)
    assert order == [3, None, 1, 2, 4]


async def test_after_a_crash_the_same_items_are_one_attempt(database: Database, group: Chat) -> None:
    await queue(database, group, "a", "b")
    before = await claim(database, group, 1)
    await queue(database, group, "c")
    again = await claim(database, group, 9)
    assert before
    assert again
    assert again.uncertain
    assert again.operation == before.operation, "the same token and the same files"


async def test_each_item_has_a_message_and_knows_who_names_the_author(database: Database, group: Chat) -> None:
    first, second, third = await queue(database, group, "a", "b", "c")
    await settle(database, await claim(database, group, 1), *(f"telegram:-1001/{number}" for number in (7, 8, 9)))
    async with database.begin() as store:
        found = await store.messages.find(group, "telegram:-1001/8")
        assert found
        assert found.id == second
        assert await store.messages.inherit_album(group, second) is None
        assert await store.messages.inherit_album(group, first) == second
        assert await store.messages.inherit_album(group, second) == third
