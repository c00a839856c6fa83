"""Stored messages and the ids of their copies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from bot.model import Account, ChatRef, MessageRef, MessengerName, Replace
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.messages.records import Copy, HeldBack, StoredMessage, StoredReaction

log = structlog.get_logger()

_BY_ID = sa.select(t.messages).where(t.messages.c.id == sa.bindparam("row"))
_ORIGINAL = sa.select(t.messages).where(
    t.messages.c.chat_id == sa.bindparam("chat_id"), t.messages.c.native_id == sa.bindparam("native_id")
)
_COPIED = (
    sa.select(t.messages)
    .select_from(t.messages.join(t.copies, t.copies.c.message_id == t.messages.c.id))
    .where(t.copies.c.chat_id == sa.bindparam("chat_id"), t.copies.c.native_id == sa.bindparam("native_id"))
    .order_by(t.copies.c.place.desc())
)
_other = t.copies.alias()
_BESIDE = (
    sa.select(_other.c.id)
    .select_from(
        t.copies.join(
            _other,
            sa.and_(
                _other.c.chat_id == t.copies.c.chat_id,
                _other.c.native_id == t.copies.c.native_id,
                _other.c.place != t.copies.c.place,
            ),
        )
    )
    .where(t.copies.c.message_id == sa.bindparam("message_id"), t.copies.c.chat_id == sa.bindparam("chat_id"))
    .limit(1)
)
_FIRST_IN_THREAD = (
    sa.select(t.messages)
    .where(t.messages.c.thread_id == sa.bindparam("root_id"), t.messages.c.deleted_at.is_(None))
    .order_by(t.messages.c.id)
    .limit(1)
)
_EDIT = sa.select(t.edits.c.message_id).where(
    t.edits.c.chat_id == sa.bindparam("chat_id"), t.edits.c.native_id == sa.bindparam("native_id")
)

_POLL = (
    sa.select(t.copies)
    .select_from(t.copies.join(t.chats, t.chats.c.id == t.copies.c.chat_id))
    .where(t.copies.c.poll_id == sa.bindparam("poll"), t.chats.c.messenger == sa.bindparam("messenger"))
)

_ASKING = (
    sa.select(t.messages)
    .select_from(t.messages.join(t.chats, t.chats.c.id == t.messages.c.chat_id))
    .where(t.messages.c.poll_id == sa.bindparam("poll"), t.chats.c.messenger == sa.bindparam("messenger"))
)

_EDITED = sa.exists().where(
    t.deliveries.c.message_id == t.copies.c.message_id,
    t.deliveries.c.chat_id == t.copies.c.chat_id,
    t.deliveries.c.kind == Replace.kind,
    t.OPEN,
)
# What is about to be edited will name its author itself.
_HEIR = (
    sa.select(t.copies.c.message_id)
    .where(
        t.copies.c.chat_id == sa.bindparam("chat_id"),
        t.copies.c.album_id == sa.bindparam("message_id"),
        t.copies.c.message_id != sa.bindparam("message_id"),
        ~_EDITED,
    )
    .order_by(t.copies.c.id)
    .limit(1)
)


class Messages(Repository):
    """The map of messages and copies: author, chat and id, without the text."""

    async def add(
        self,
        *,
        sent_at: datetime,
        dialogue_id: int | None = None,
        chat: Chat | None = None,
        native_id: str | None = None,
        person_id: int | None = None,
        digest: str | None = None,
        held: HeldBack | None = None,
        feature: str = "",
        thread_id: int | None = None,
        poll_id: str = "",
    ) -> int:
        """Store a message, without a chat one of the bot's own; return its id.

        `dialogue_id`: where it is passed on, or which one a post of the bot is about. The rest as in `StoredMessage`.

        If `native_id` already belongs to another message, it is left out: nobody can then reply to the message or
        edit it, but it is not lost.
        """
        values = {
            "dialogue_id": dialogue_id,
            "chat_id": chat and chat.id,
            "person_id": person_id,
            "sent_at": sent_at,
            "digest": digest,
            "held": held and _dump(held),
            "feature": feature,
            "poll_id": poll_id or None,
            "thread_id": thread_id,
        }
        row = await self._new_row(t.messages, **values, native_id=native_id)
        if row is None:
            log.error("this id belongs to another message already", chat=chat and str(chat.ref), id=native_id)
            return await self._insert(t.messages, **values)
        return int(row.id)

    async def set_buttons(self, id: int, buttons: Mapping[str, str]) -> None:
        """Store the actions of a message's buttons."""
        await self._connection.execute(sa.update(t.messages).where(t.messages.c.id == id).values(buttons=dict(buttons)))

    async def hold(self, id: int, held: HeldBack) -> None:
        """Mark a message as held back."""
        await self._connection.execute(sa.update(t.messages).where(t.messages.c.id == id).values(held=_dump(held)))

    async def pass_on(self, stored: StoredMessage, dialogue_id: int) -> int:
        """Record that what is attached to a command is passed on after all; return the id of the message."""
        passed = sa.update(t.messages).where(t.messages.c.id == stored.id).values(dialogue_id=dialogue_id)
        await self._connection.execute(passed)
        return stored.id

    async def release(self, stored: StoredMessage) -> None:
        """Free the native id of a held-back message, so that its corrected version can be stored under it."""
        where = t.messages.c.id == stored.id
        await self._connection.execute(
            sa.update(t.messages).where(where).values(chat_id=None, native_id=None, held=None)
        )

    async def get(self, id: int) -> StoredMessage:
        """Return the message with this id."""
        row = (await self._connection.execute(sa.select(t.messages).where(t.messages.c.id == id))).one()
        return _stored_message(row)

    async def kept(self, id: int) -> StoredMessage | None:
        """Return the message with this id, unless it has expired."""
        row = await self._one(_BY_ID, row=id)
        return row and _stored_message(row)

    async def find(self, chat: Chat, native_id: str, section: int | None = None) -> StoredMessage | None:
        """Return the message that has this native id in a chat, as original or copy.

        Of a merged message the one in `section`, or else the last one.
        """
        row = await self._one(_ORIGINAL, chat_id=chat.id, native_id=native_id)
        if row is None:
            rows = await self._all(_COPIED, chat_id=chat.id, native_id=native_id)
            row = rows[-1 - section if section is not None and section < len(rows) else 0] if rows else None
        return row and _stored_message(row)

    async def inherit_album(self, chat: Chat, message_id: int) -> int | None:
        """Return the item that is to name the author of an album in a chat, if a message did; from now on it does."""
        row = await self._one(_HEIR, chat_id=chat.id, message_id=message_id)
        if row is None:
            return None
        album = (t.copies.c.chat_id == chat.id, t.copies.c.album_id == message_id)
        names = sa.case((t.copies.c.message_id == message_id, sa.null()), else_=row.message_id)
        await self._connection.execute(sa.update(t.copies).where(*album).values(album_id=names))
        return int(row.message_id)

    async def first_in_thread(self, root_id: int) -> StoredMessage | None:
        """Return the oldest message of a thread, besides its root."""
        row = await self._one(_FIRST_IN_THREAD, root_id=root_id)
        return row and _stored_message(row)

    async def all_in(self, chat: Chat, native_id: str) -> list[StoredMessage]:
        """Return the messages that have this native id in a chat, as `find` does: all sections of a merged one."""
        row = await self._one(_ORIGINAL, chat_id=chat.id, native_id=native_id)
        rows = [row] if row else await self._all(_COPIED, chat_id=chat.id, native_id=native_id)
        return [_stored_message(each) for each in rows]

    async def record_edit(self, stored: StoredMessage, digest: str, edit_id: str = "") -> None:
        """Store the digest of an edited message, and the native id of the edit if it has one."""
        change = sa.update(t.messages).where(t.messages.c.id == stored.id).values(digest=digest)
        await self._connection.execute(change)
        if edit_id:
            await self._insert_new(t.edits, chat_id=stored.chat_id, native_id=edit_id, message_id=stored.id)

    async def edited_by(self, chat: Chat, edit_id: str) -> StoredMessage | None:
        """Return the message that a relayed edit changed."""
        edit = await self._one(_EDIT, chat_id=chat.id, native_id=edit_id)
        return await self.get(edit.message_id) if edit else None

    async def record_reaction(
        self, chat: Chat, native_id: str, stored: StoredMessage, reaction: StoredReaction
    ) -> None:
        """Remember a reaction by its native id, until its message expires."""
        values = {"person_id": reaction.person_id, "target": reaction.target, "key": reaction.key}
        await self._insert_new(t.reactions, chat_id=chat.id, native_id=native_id, message_id=stored.id, **values)

    async def reaction(self, chat: Chat, native_id: str) -> StoredReaction | None:
        """Return the reaction with this native id, if it was remembered."""
        here = (t.reactions.c.chat_id == chat.id, t.reactions.c.native_id == native_id)
        row = await self._one(sa.select(t.reactions).where(*here))
        return row and StoredReaction(row.person_id, row.target, row.key)

    async def copies(self, message_id: int) -> list[Copy]:
        """Return the delivered copies of a message, by chat and part."""
        where = t.copies.c.message_id == message_id
        rows = await self._all(sa.select(t.copies).where(where).order_by(t.copies.c.chat_id, t.copies.c.part))
        return [_copy(row) for row in rows]

    async def is_section(self, chat: Chat, message_id: int) -> bool:
        """Return whether the copy of a message in a chat is one of several in one message."""
        return await self._one(_BESIDE, chat_id=chat.id, message_id=message_id) is not None

    async def by_poll(self, messenger: MessengerName, poll: str) -> Copy | None:
        """Return the copy of a message that is this native poll (`Vote.poll`), in the chat where it was sent."""
        row = await self._one(_POLL, messenger=messenger, poll=poll)
        return row and _copy(row)

    async def asking(self, messenger: MessengerName, poll: str) -> list[StoredMessage]:
        """Return the messages in which people have made this native poll, or shown it again."""
        return [_stored_message(row) for row in await self._all(_ASKING, messenger=messenger, poll=poll)]

    async def delete(self, message_id: int, at: datetime) -> None:
        """Mark a message as deleted."""
        where = t.messages.c.id == message_id
        await self._connection.execute(sa.update(t.messages).where(where).values(deleted_at=at))


def _stored_message(row: sa.Row[Any]) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        dialogue_id=row.dialogue_id,
        chat_id=row.chat_id,
        native_id=row.native_id,
        person_id=row.person_id,
        sent_at=row.sent_at,
        deleted_at=row.deleted_at,
        buttons=row.buttons or {},
        digest=row.digest,
        held=row.held and _held(row.held),
        feature=row.feature,
        thread_id=row.thread_id,
    )


def _copy(row: sa.Row[Any]) -> Copy:
    return Copy(row.message_id, row.chat_id, row.part, row.native_id, row.has_file)


def _dump(held: HeldBack) -> dict[str, str]:
    replied_message = (
        {"chat": str(held.replied_message.chat), "id": held.replied_message.id} if held.replied_message else {}
    )
    replied_author = {"account": str(held.replied_author)} if held.replied_author else {}
    return {"word": held.word, "at": held.at.isoformat()} | replied_message | replied_author


def _held(row: Mapping[str, str]) -> HeldBack:
    return HeldBack(
        word=row["word"],
        at=datetime.fromisoformat(row["at"]),
        replied_message=MessageRef(ChatRef.parse(row["chat"]), row["id"]) if "id" in row else None,
        replied_author=Account.parse(row["account"]) if "account" in row else None,
    )
