"""A chat whose new id was seen before its migration: what is known of that id becomes the chat's own."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.model import ChatRef, MessengerName, Post, Sent, rich
from storage import Database

NOW = datetime(2026, 1, 2, tzinfo=UTC)
OLD = ChatRef(MessengerName.TELEGRAM, "-5")
NEW = ChatRef(MessengerName.TELEGRAM, "-1000000000005")


async def test_what_was_said_under_the_new_id_is_the_chats_own(database: Database) -> None:
    async with database.begin() as store:
        koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
        dialogue = await store.dialogues.add("Köln – Leeds", (koeln,))
        chat = await store.chats.pair(OLD, dialogue, koeln)
        early = await store.chats.get_or_create(NEW)
        said = await store.messages.add(sent_at=NOW, chat=early, native_id=f"{NEW.lane}/1")
        before = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        await store.deliveries.send(chat, before, Post(rich("waits")), NOW)
        assert await store.chats.move(OLD, NEW, NOW)
        moved = await store.chats.by_ref(NEW)
        assert moved
        assert (moved.id, moved.dialogue_id) == (chat.id, dialogue.id)
        assert await store.chats.by_ref(OLD) in {None, moved}
        found = await store.messages.find(moved, f"{NEW.lane}/1")
        assert found
        assert (found.id, found.chat_id) == (said, chat.id)
        delivery = await store.deliveries.claim(NEW.lane, NOW, numbering=lambda ref: ref.lane)
    assert delivery
    assert (delivery.chat, delivery.message_id) == (NEW, before)


async def test_what_was_being_sent_under_the_new_id_arrives_in_the_chat(database: Database) -> None:
    """Its copy would refer to a chat that is gone, and the lane would wait for the database for ever."""
    async with database.begin() as store:
        koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
        chat = await store.chats.pair(OLD, await store.dialogues.add("Köln – Leeds", (koeln,)), koeln)
        early = await store.chats.get_or_create(NEW)
        id = await store.messages.add(sent_at=NOW)
        await store.deliveries.send(early, id, Post(rich("hello")), NOW)
        delivery = await store.deliveries.claim(NEW.lane, NOW)
        assert delivery
        assert await store.chats.move(OLD, NEW, NOW)
        assert await store.deliveries.chat_of(delivery) == chat.id
        await store.deliveries.delivered(delivery, Sent((f"{NEW.lane}/1",)), NOW)
        assert [each.chat_id for each in await store.messages.copies(id)] == [chat.id]
