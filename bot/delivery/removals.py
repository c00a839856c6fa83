"""What cannot be deleted any more: it is blanked, or the people in its chat are asked to delete it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.delivery.blank import blank
from bot.model import Post, Remove, Replace
from bot.text.catalogue import _, render
from bot.voice import Voice
from storage import Chat, Delivery, Store, StoredMessage


class Removals:
    """What becomes of removals that a messenger refuses."""

    def __init__(self, voice: Voice) -> None:
        """Post through `voice`."""
        self._voice = voice

    async def settled(self, store: Store, delivery: Delivery, stored: StoredMessage, chat: Chat, now: datetime) -> bool:
        """Settle a refused delivery if it was to take away what is gone elsewhere; return whether it was."""
        blanks = stored.deleted_at is not None and isinstance(delivery.operation, Replace)
        if delivery.kind == Remove.kind:
            await store.deliveries.cancel(delivery, now)
            await self._not_removed(store, delivery, stored, chat, now)
        elif blanks and delivery.post and delivery.post.files:
            # What is neither a picture nor a document cannot become one: at least the words go.
            await store.deliveries.cancel(delivery, now)
            words = replace(delivery.post, files=())
            await store.deliveries.replace(chat, stored.id, words, now, part=delivery.part)
        else:
            return False
        return True

    async def _not_removed(
        self, store: Store, delivery: Delivery, stored: StoredMessage, chat: Chat, now: datetime
    ) -> None:
        """Blank a copy, also its file; for an original, ask the people in its chat to delete it."""
        if stored.chat_id == chat.id:
            text = _(
                "I am not allowed to delete the original here. Please delete it yourself, or allow me to delete"
                " messages."
            )
            await self._voice.post(store, [chat], text, now, reply_to=stored.native_id)
            return
        layout = await store.deliveries.layout(chat, stored.id)
        files = (await blank(store, now),) if any(layout[delivery.part : delivery.part + 1]) else ()
        removed = Post(render(_("[removed]"), await self._voice.locale_context(store, chat)), files=files)
        await store.deliveries.replace(chat, stored.id, removed, now, part=delivery.part)
