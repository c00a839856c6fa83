"""Threads: which one a message belongs to, and what stands for its root in each chat.

Where a messenger has threads, a message goes into the one that grows from the copy of the same root; elsewhere it
appears as a reply to that copy. What somebody answers there belongs to the thread of what it answers.
"""

from __future__ import annotations

from datetime import datetime

from bot.model import Edit, Message, Reply
from bot.relay.replies import is_present
from storage import Chat, Store, StoredMessage


async def thread_of(
    store: Store, chat: Chat, root: Reply | None, answered: StoredMessage | None, at: datetime
) -> int | None:
    """Return the id of the root of the thread that a message belongs to, or None.

    `root`: that of the thread that it was written in, `answered`: what it replies to. A root that was never relayed is
    stored from now on, so that what is answered elsewhere finds the way back into its thread.
    """
    if root is None:
        return answered.thread_id if answered else None
    stored = await store.messages.find(chat, root.to.id)
    if stored is None:
        return await store.messages.add(sent_at=at, dialogue_id=chat.dialogue_id, chat=chat, native_id=root.to.id)
    return stored.thread_id or stored.id


async def answered_in(
    store: Store,
    chat: Chat,
    event: Message | Edit,
    target: StoredMessage | None,
    thread: int | None,
    *,
    before: int | None = None,
) -> StoredMessage | None:
    """Return which message the copy of another one replies to in a chat, or None if that chat does not have it.

    `target`: what the message replies to; without a reply it continues its `thread`, if it has one. `before`: the
    message itself, if it is stored already.
    """
    if event.reply is not None:
        return target if target and await is_present(store, chat, target) else None
    return await _root_in(store, chat, thread, before) if event.thread is not None and thread is not None else None


async def _root_in(store: Store, chat: Chat, thread: int, before: int | None) -> StoredMessage | None:
    """Return what stands for the root of a thread in a chat: its copy, otherwise the first message of the thread."""
    root = await store.messages.get(thread)
    if await is_present(store, chat, root):
        return root
    first = await store.messages.first_in_thread(thread)
    return first if first and first.id != before and await is_present(store, chat, first) else None
