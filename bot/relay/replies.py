"""Which stored message a reply refers to, and which chats have it."""

from __future__ import annotations

from bot.model import Reply
from storage import Chat, Store, StoredMessage


async def find_replied(store: Store, chat: Chat, dialogue_id: int | None, reply: Reply) -> StoredMessage | None:
    """Return the message that a reply in `chat` refers to, if it belongs to that chat or to the dialogue meant.

    Some messengers allow replies to a message in another chat: that chat counts then (trust: case 102).
    """
    if reply.to.chat == chat.ref:
        return await store.messages.find(chat, reply.to.id, reply.section)
    for place in await store.chats.places(reply.to.chat):
        if stored := await store.messages.find(place, reply.to.id, reply.section):
            return stored if place.id == chat.id or is_of(stored, dialogue_id) else None
    return None


def is_of(stored: StoredMessage, dialogue_id: int | None) -> bool:
    """Whether a message belongs to a dialogue: a chat that switched cannot change earlier ones (trust: case 103)."""
    return stored.dialogue_id is not None and stored.dialogue_id == dialogue_id


async def is_present(store: Store, chat: Chat, stored: StoredMessage) -> bool:
    """Return whether a chat has or will get a message or its copy; also true if deleted, so that it is not quoted."""
    if chat.moved_at and stored.sent_at < chat.moved_at:  # it is in the chat's former place, out of reach
        return stored.deleted_at is not None
    if stored.chat_id == chat.id or stored.deleted_at is not None:
        return True
    return await store.deliveries.reaches(chat, stored.id)


async def is_merged(store: Store, chat: Chat, stored: StoredMessage | None) -> bool:
    """Return whether a message is only one of several in a message of a chat, so that a reply to it has to quote it."""
    return stored is not None and stored.deleted_at is None and await store.messages.is_section(chat, stored.id)
