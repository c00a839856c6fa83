"""What the outbox can do besides sending texts: albums, live cards, reactions, pins and polls."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from bot.model import (
    ClosePoll,
    File,
    FileKind,
    Leave,
    MessengerName,
    NativePoll,
    Operation,
    Pin,
    Post,
    React,
    Remove,
    Replace,
    Send,
    SendPoll,
    Sent,
    rich,
)
from storage import Chat, Database, State, Store
from storage import tables as t
from storage.deliveries.lanes import EDIT_PAUSE
from tests.storage.test_store import NOW, paired, queued

POLL = NativePoll(question=rich("When?"), options=("Monday", "Friday"), multiple=True)
SECOND = timedelta(seconds=1)


def picture(number: int) -> File:
    return File(kind=FileKind.PHOTO, source=f"matrix:{number}", name=f"{number}.png", mime="image/png")


ALBUM = Post(rich("The bridge"), files=(picture(1), picture(2), picture(3)))


async def next_of(store: Store, chat: Chat, at: timedelta = timedelta()) -> Operation | None:
    """Return the next operation of a chat, and mark it as delivered."""
    delivery = await store.deliveries.claim(chat.ref.lane, NOW + at)
    if delivery is None:
        return None
    made = isinstance(delivery.operation, Send | SendPoll)
    await store.deliveries.delivered(delivery, Sent((f"$of-{delivery.id}",) if made else ()), NOW + at)
    return delivery.operation


async def card(store: Store, chat: Chat) -> int:
    """Post a card, and return the message's id."""
    id = await queued(store, chat, "0 votes")
    assert isinstance(await next_of(store, chat), Send)
    return id


async def edit(store: Store, chat: Chat, id: int, text: str) -> None:
    await store.deliveries.replace(chat, id, Post(rich(text)), NOW, live=True)


def text_of(operation: Operation | None) -> object:
    return operation.post.text if isinstance(operation, Replace | Send) else operation


async def test_each_file_of_an_album_is_a_part(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await store.messages.add(sent_at=NOW)
        await store.deliveries.send(group, id, ALBUM, NOW)
        await store.deliveries.send(group, id, Post(rich("and more words")), NOW, part=3)
        assert await store.deliveries.layout(group, id) == [True, True, True, False]
        for ids in (("-1001/5", "-1001/6", "-1001/7"), ("-1001/8",)):
            delivery = await store.deliveries.claim(group.ref.lane, NOW)
            assert delivery
            await store.deliveries.delivered(delivery, Sent(ids), NOW)
        assert await store.counters.newest("-1001") == "-1001/8"
        assert [(each.part, each.native_id, each.has_file) for each in await store.messages.copies(id)] == [
            (0, "-1001/5", True),
            (1, "-1001/6", True),
            (2, "-1001/7", True),
            (3, "-1001/8", False),
        ]
        assert await store.deliveries.layout(group, id) == [True, True, True, False]
        await store.deliveries.replace(group, id, Post(rich("Another caption")), NOW)
        changed = await next_of(store, group)
        assert isinstance(changed, Replace)
        assert (changed.id, changed.caption) == ("-1001/5", True)


async def test_an_album_under_way_is_removed_with_all_its_parts(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await store.messages.add(sent_at=NOW)
        await store.deliveries.send(group, id, ALBUM, NOW)
        delivery = await store.deliveries.claim(group.ref.lane, NOW)
        assert delivery
        await store.deliveries.remove(group, id, NOW)
        await store.deliveries.delivered(delivery, Sent(("-1001/5", "-1001/6", "-1001/7")), NOW)
        removed = [await next_of(store, group) for _ in range(3)]
        assert [each.id for each in removed if isinstance(each, Remove)] == ["-1001/5", "-1001/6", "-1001/7"]
        assert await store.messages.copies(id) == []


async def test_a_live_card_is_edited_at_most_once_in_three_seconds_with_its_newest_state(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await card(store, group)
        await edit(store, group, id, "1 vote")
        assert text_of(await next_of(store, group)) == rich("1 vote")
        for number in range(2, 6):
            await edit(store, group, id, f"{number} votes")
        assert await next_of(store, group, EDIT_PAUSE - SECOND) is None
    async with database.begin() as store:  # also after a restart: it is a row like any other
        assert await store.deliveries.waiting(NOW + EDIT_PAUSE - SECOND) == set()
        assert await store.deliveries.waiting(NOW + EDIT_PAUSE) == {group.ref.lane}
        assert text_of(await next_of(store, group, EDIT_PAUSE)) == rich("5 votes")
        assert await next_of(store, group, EDIT_PAUSE) is None


async def test_a_chat_is_not_left_before_its_last_edit(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await card(store, group)
        for text in ("closing", "closed"):
            await edit(store, group, id, text)
            if text == "closing":
                assert text_of(await next_of(store, group)) == rich("closing")
        await store.deliveries.leave(group, NOW)
        assert await next_of(store, group) is None
        assert await store.deliveries.waiting(NOW) == set()
        assert text_of(await next_of(store, group, EDIT_PAUSE)) == rich("closed")
        assert await next_of(store, group, EDIT_PAUSE) == Leave(chat=group.ref)


async def test_two_live_cards_of_a_chat_share_its_edits_and_hold_up_nothing_else(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        one, two = await card(store, group), await card(store, group)
        other = await card(store, room)
        await edit(store, group, one, "one")
        await edit(store, group, two, "two")
        await edit(store, room, other, "other")
        await queued(store, group, "a message")
        seen = [text_of(await next_of(store, group)) for _ in range(3)]
        assert seen == [rich("one"), rich("a message"), None]
        assert text_of(await next_of(store, room)) == rich("other"), "each chat has its own"
        assert text_of(await next_of(store, group, EDIT_PAUSE)) == rich("two")


async def test_a_card_that_waits_to_be_sent_is_changed_where_it_waits(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await queued(store, group, "0 votes")
        await edit(store, group, id, "1 vote")
        sent = await next_of(store, group)
        assert isinstance(sent, Send)
        assert text_of(sent) == rich("1 vote")
        assert await next_of(store, group) is None


async def test_a_clock_that_was_set_back_holds_up_no_card(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await card(store, group)
        await edit(store, group, id, "1 vote")
        assert await next_of(store, group, timedelta(hours=1))
        await edit(store, group, id, "2 votes")
        assert text_of(await next_of(store, group)) == rich("2 votes")


async def test_a_card_that_is_deleted_is_not_edited_any_more(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await card(store, group)
        await edit(store, group, id, "1 vote")
        await next_of(store, group)
        await edit(store, group, id, "2 votes")
        await store.deliveries.remove(group, id, NOW)
        assert isinstance(await next_of(store, group), Remove)
        assert await next_of(store, group, EDIT_PAUSE) is None


async def test_a_reaction_goes_behind_its_message_and_only_the_newest(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        id = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id, chat=room, native_id="$said")
        await store.deliveries.send(group, id, Post(rich("hello")), NOW)
        for key in ("👍", "🎉"):
            await store.deliveries.react(group, id, key, NOW)
            await store.deliveries.react(room, id, key, NOW)
        assert isinstance(await next_of(store, group), Send)
        copy = await next_of(store, group)
        original = await next_of(store, room)
        assert isinstance(copy, React)
        assert isinstance(original, React)
        assert (copy.key, original.key, original.id) == ("🎉", "🎉", "$said")
        assert await next_of(store, group) is None
        assert await next_of(store, room) is None


async def test_what_is_cancelled_takes_its_marks_along(database: Database) -> None:
    async with database.begin() as store:
        dialogue, group, room = await paired(store)
        id = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id, chat=room, native_id="$said")
        await store.deliveries.send(group, id, Post(rich("hello")), NOW)
        for chat in (group, room):
            await store.deliveries.react(chat, id, "👍", NOW)
            await store.deliveries.pin(chat, id, NOW)
        await store.deliveries.remove(group, id, NOW)
        await store.deliveries.cancel_marks(room, id, NOW)
        assert await next_of(store, group) is None
        assert await next_of(store, room) is None


async def test_a_pin_that_waits_is_taken_back(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        id = await card(store, group)
        await store.deliveries.pin(group, id, NOW)
        await store.deliveries.pin(group, id, NOW, pinned=False)
        pin = await next_of(store, group)
        assert isinstance(pin, Pin)
        assert not pin.pinned
        assert await next_of(store, group) is None


async def test_a_poll_is_found_by_the_messengers_id(database: Database) -> None:
    async with database.begin() as store:
        _dialogue, group, room = await paired(store)
        id = await store.messages.add(sent_at=NOW)
        for chat in (group, room):
            await store.deliveries.send_poll(chat, id, POLL, NOW)
            delivery = await store.deliveries.claim(chat.ref.lane, NOW)
            assert delivery
            assert isinstance(delivery.operation, SendPoll)
            assert delivery.operation.poll == POLL
            await store.deliveries.delivered(delivery, Sent((f"{chat.ref.messenger} 7",), "same id"), NOW)
        found = await store.messages.by_poll(MessengerName.MATRIX, "same id")
        assert found
        assert (found.message_id, found.chat_id, found.native_id) == (id, room.id, "matrix 7")
        assert await store.messages.by_poll(MessengerName.MATRIX, "another") is None
        await store.deliveries.close_poll(group, id, NOW)
        closed = await next_of(store, group)
        assert isinstance(closed, ClosePoll)
        assert closed.id == "telegram 7"


@pytest.mark.parametrize(
    "content", [{"v": 1, "text": "no list"}, {"author": 7}, {"v": 1, "author": {"nobody": 1}}, [], "x"]
)
async def test_a_row_that_cannot_be_read_is_told_from_the_others(database: Database, content: object) -> None:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
        await queued(store, group, "broken")
        await queued(store, group, "whole")
        first = sa.select(sa.func.min(t.deliveries.c.id)).scalar_subquery()
        await store._connection.execute(sa.update(t.deliveries).where(t.deliveries.c.id == first).values(post=content))
        assert [each.unreadable for each in await store.deliveries.in_state([State.QUEUED])] == [True, False]
        broken = await store.deliveries.claim(group.ref.lane, NOW)
        assert broken
        assert (broken.unreadable, broken.operation) == (True, None)
        await store.deliveries.fail(broken, "cannot be read", NOW)
        assert text_of(await next_of(store, group)) == rich("whole")
