"""News, from when they are posted until they expire or are withdrawn."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.model import RichText
from bot.text.codec import dump, load
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.news.records import NewsItem


class NewsItems(Repository):
    """The news of all dialogues."""

    async def add(
        self,
        dialogue_id: int,
        chat: Chat,
        native_id: str,
        *,
        post_id: int,
        status_id: int,
        person_id: int,
        city: str,
        headline: str,
        text: RichText,
        attachment: str,
        at: datetime,
    ) -> int:
        """Store an item, typed in a chat in the message `native_id`; return its id. The rest as in `NewsItem`."""
        return await self._insert(
            t.news,
            dialogue_id=dialogue_id,
            chat_id=chat.id,
            native_id=native_id,
            post_id=post_id,
            status_id=status_id,
            person_id=person_id,
            city=city,
            headline=headline,
            text=dump(text),
            attachment=attachment,
            posted_at=at,
            corrections=0,
        )

    async def get(self, id: int) -> NewsItem | None:
        """Return an item, unless it was withdrawn."""
        return await self._find(t.news.c.id == id)

    async def typed_in(self, chat: Chat, native_id: str) -> NewsItem | None:
        """Return the item that was typed in a message."""
        return await self._find(t.news.c.chat_id == chat.id, t.news.c.native_id == native_id)

    async def of_dialogue(self, dialogue_id: int) -> list[NewsItem]:
        """Return the items of a dialogue, oldest first."""
        rows = await self._all(sa.select(t.news).where(t.news.c.dialogue_id == dialogue_id).order_by(t.news.c.id))
        return [_item(row) for row in rows]

    async def correct(
        self, item: NewsItem, headline: str, text: RichText, attachment: str, *, status_id: int, at: datetime
    ) -> None:
        """Store the corrected content of an item, and the message that tells where it has arrived."""
        content = {"headline": headline, "text": dump(text), "attachment": attachment}
        values: dict[str, Any] = {**content, "status_id": status_id, "corrected_at": at}
        changed = sa.update(t.news).where(t.news.c.id == item.id)
        await self._connection.execute(changed.values(**values, corrections=t.news.c.corrections + 1))

    async def withdraw(self, post_id: int) -> None:
        """Delete the item that has these posts, if there is one."""
        await self._connection.execute(sa.delete(t.news).where(t.news.c.post_id == post_id))

    async def _find(self, *where: sa.ColumnElement[bool]) -> NewsItem | None:
        row = await self._one(sa.select(t.news).where(*where))
        return row and _item(row)


def _item(row: sa.Row[Any]) -> NewsItem:
    return NewsItem(
        id=row.id,
        dialogue_id=row.dialogue_id,
        post_id=row.post_id,
        status_id=row.status_id,
        person_id=row.person_id,
        city=row.city,
        headline=row.headline,
        text=load(row.text),
        attachment=row.attachment,
        posted_at=row.posted_at,
        corrected_at=row.corrected_at,
        corrections=row.corrections,
    )
