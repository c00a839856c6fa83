"""Pins of people, which every chat of the dialogue shows."""

from __future__ import annotations

from datetime import datetime

from bot.model import PinChange
from bot.relay.muting import is_muted
from bot.relay.replies import is_of, is_present
from bot.rights import Rights
from storage import Chat, Person, Share, Store


async def pass_on_pin(
    store: Store, rights: Rights, chat: Chat, person: Person | None, event: PinChange, *, now: datetime
) -> None:
    """Pin a message, or unpin it, wherever else it is: the original and its copies.

    Of a merged message nobody knows which section is meant, so that it counts for all.
    """
    grant = await rights.admit(store, chat, person, chat.dialogue_id) if person else None
    if chat.dialogue_id is None or event.sender.is_bot or await is_muted(store, chat, grant, event.sender):
        return
    share = Share(person.id if person else -1 - chat.id)
    others = [each for each in await store.chats.of_dialogue(chat.dialogue_id) if each.id != chat.id]
    for stored in await store.messages.all_in(chat, event.ref.id):
        if stored.deleted_at is None and is_of(stored, chat.dialogue_id):
            for other in others:
                if await is_present(store, other, stored):
                    await store.deliveries.pin(other, stored.id, now, pinned=event.pinned, share=share)
