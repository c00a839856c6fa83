"""Reactions of the bot: signs of features, and what stands for the reactions of people in other chats."""

from __future__ import annotations

from datetime import datetime

from storage import Chat, Store, StoredMessage


async def put_sign(store: Store, chat: Chat, message: StoredMessage, sign: str, now: datetime) -> None:
    """Put the sign of a feature on a message in a chat, or take it back if it is empty."""
    await store.deliveries.react(chat, message.id, sign, now)
    if message.dialogue_id is not None:  # people may react to it
        await store.reactions.put_sign(message.id, chat, sign)


async def withdraw_reactions(store: Store, message_id: int, now: datetime) -> None:
    """Remove what the chats show of the reactions to a message that was deleted."""
    for each in await store.reactions.displays(message_id):
        chat = await store.chats.find(each.chat_id)
        if chat and each.post_id is not None:
            await store.messages.delete(each.post_id, now)
            await store.deliveries.remove(chat, each.post_id, now)
    await store.reactions.forget(message_id)
