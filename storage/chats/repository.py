"""Chats known to the bot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatRef, MessengerName
from storage import tables as t
from storage.base import Repository
from storage.chats.records import LEFT, Chat
from storage.cities.records import City, Dialogue
from storage.deliveries.records import State
from storage.jobs import Jobs
from storage.menus import MenuDigests
from storage.roles.records import ROSTER

_CHAT = sa.select(
    t.chats,
    t.cities.c.name.label("city_name"),
    t.cities.c.locale.label("city_locale"),
    t.cities.c.zone.label("city_zone"),
).select_from(t.chats.outerjoin(t.cities, t.cities.c.id == t.chats.c.city_id))


_BY_REF = _CHAT.where(
    t.chats.c.messenger == sa.bindparam("messenger"),
    t.chats.c.native_id == sa.bindparam("native_id"),
    t.chats.c.topic == sa.bindparam("topic"),
)
_BY_FORMER_REF = _CHAT.where(
    t.chats.c.messenger == sa.bindparam("messenger"),
    t.chats.c.moved_from == sa.bindparam("native_id"),
    t.chats.c.topic == sa.bindparam("topic"),
)
_OF_DIALOGUE = _CHAT.where(t.chats.c.dialogue_id == sa.bindparam("dialogue_id")).order_by(t.chats.c.id)
_PRIVATE = (
    sa.select(t.chats.c.person_id)
    .where(t.chats.c.person_id.is_not(None), t.chats.c.blocked_reason == "", t.chats.c.invited.is_(sa.false()))
    .distinct()
)
_PINS_TOLD = (
    sa.update(t.chats)
    .where(t.chats.c.id == sa.bindparam("row"), t.chats.c.pins_told_at.is_(None))
    .values(pins_told_at=sa.bindparam("told"))
)
_OPEN: Mapping[str, Any] = {"blocked_reason": "", "paused_until": None}
# Built once: building a statement and its cache key costs more than running it.


def _chat(row: sa.Row[Any]) -> Chat:
    city = City(row.city_id, row.city_name, row.city_locale, row.city_zone) if row.city_id else None
    return Chat(
        id=row.id,
        ref=ChatRef(MessengerName(row.messenger), row.native_id, row.topic),
        dialogue_id=row.dialogue_id,
        city=city,
        person_id=row.person_id,
        title=row.title,
        locale=row.locale or row.city_locale,
        zone=row.zone or row.city_zone,
        blocked_reason=row.blocked_reason,
        invited=row.invited,
        encrypted=row.encrypted,
        moved_at=row.moved_at,
        notices=row.notices,
    )


class Chats(Repository):
    """Chats, both private ones and those of dialogues."""

    def __init__(self, connection: AsyncConnection, queued: set[str], menus: MenuDigests, jobs: Jobs) -> None:
        """Work on an open transaction; lanes that get deliveries are added to `queued`."""
        super().__init__(connection)
        self._queued = queued
        self._menus = menus
        self._jobs = jobs

    async def by_ref(self, ref: ChatRef) -> Chat | None:
        """Return the chat that a messenger knows by `ref`."""
        row = await self._one(_BY_REF, messenger=ref.messenger, native_id=ref.id, topic=ref.topic)
        return row and _chat(row)

    async def by_any_ref(self, ref: ChatRef) -> Chat | None:
        """Return the chat that a messenger knows by `ref`, or knew by it before the chat moved."""
        if chat := await self.by_ref(ref):
            return chat
        row = await self._one(_BY_FORMER_REF, messenger=ref.messenger, native_id=ref.id, topic=ref.topic)
        return row and _chat(row)

    async def get(self, id: int) -> Chat:
        """Return the chat with this id."""
        return _chat((await self._connection.execute(_CHAT.where(t.chats.c.id == id))).one())

    async def find(self, id: int) -> Chat | None:
        """Return the chat with this id, or None if it is gone."""
        row = await self._one(_CHAT.where(t.chats.c.id == id))
        return row and _chat(row)

    async def of_dialogue(self, dialogue_id: int) -> list[Chat]:
        """Return the chats of a dialogue, ordered by id."""
        return [_chat(row) for row in await self._all(_OF_DIALOGUE, dialogue_id=dialogue_id)]

    async def paired(self, messenger: MessengerName | None = None) -> list[Chat]:
        """Return the chats that belong to any dialogue."""
        where: list[sa.ColumnElement[bool]] = [t.chats.c.dialogue_id.is_not(None)]
        where += [t.chats.c.messenger == messenger] if messenger else []
        return [_chat(row) for row in await self._all(_CHAT.where(*where).order_by(t.chats.c.id))]

    async def of_messenger(self, messenger: MessengerName) -> list[Chat]:
        """Return all chats of a messenger."""
        return [_chat(row) for row in await self._all(_CHAT.where(t.chats.c.messenger == messenger))]

    async def private(self, person_id: int) -> list[Chat]:
        """Return a person's private chats: first those the bot is in and may write to, then the newest."""
        where = t.chats.c.person_id == person_id
        chats = [_chat(row) for row in await self._all(_CHAT.where(where).order_by(t.chats.c.id.desc()))]
        return sorted(chats, key=lambda chat: not chat.is_at_home)

    async def in_private(self) -> set[int]:
        """Return the ids of the people who have a private chat that the bot is in and may write to."""
        return {row.person_id for row in await self._all(_PRIVATE)}

    async def of_group(self, ref: ChatRef) -> list[Chat]:
        """Return the known chats of a group: the group itself and its topics."""
        same = (t.chats.c.messenger == ref.messenger, t.chats.c.native_id == ref.id)
        return [_chat(row) for row in await self._all(_CHAT.where(*same).order_by(t.chats.c.id))]

    async def places(self, ref: ChatRef) -> list[Chat]:
        """Return the chats where a message may be when the messenger names only its group, not its topic."""
        if group := await self.of_group(ref):
            return group
        moved = await self.by_any_ref(ref)
        return [moved] if moved else []

    async def get_or_create(self, ref: ChatRef, *, title: str = "", person_id: int | None = None) -> Chat:
        """Return the chat, creating it if it is new. With `person_id` it is a private chat."""
        chat = await self.by_ref(ref)
        if chat is None:
            await self._insert_new(
                t.chats,
                messenger=ref.messenger,
                native_id=ref.id,
                topic=ref.topic,
                title=title,
                person_id=person_id,
                blocked_reason="",
                invited=False,
            )
        elif (title and title != chat.title) or (person_id and person_id != chat.person_id):
            await self._set(chat, title=title or chat.title, person_id=person_id or chat.person_id)
        else:
            return chat
        return await self._known(ref)

    async def pair(self, ref: ChatRef, dialogue: Dialogue, city: City) -> Chat:
        """Add a chat to a dialogue on behalf of a city. If the result is `invited`, the bot has yet to join."""
        await self._set(await self.get_or_create(ref), dialogue_id=dialogue.id, city_id=city.id, **_OPEN)
        await self._menus.outdate()
        await self._jobs.schedule(ROSTER, str(dialogue.id))
        return await self._known(ref)

    async def unpair(self, chat: Chat) -> None:
        """Remove a chat from its dialogue; its stored messages are kept."""
        await self._set(chat, dialogue_id=None, city_id=None, locale=None, zone=None, notices=False)
        await self._menus.outdate()
        if chat.dialogue_id is not None:
            await self._jobs.schedule(ROSTER, str(chat.dialogue_id))

    async def share(self, chat: Chat) -> None:
        """Record that a chat is no longer private to one person."""
        await self._set(chat, person_id=None)

    async def set_notices(self, chat: Chat, notices: bool) -> None:
        """Set whether the other cities are told who joins and leaves a chat."""
        await self._set(chat, notices=notices)

    async def encrypt(self, chat: Chat) -> None:
        """Record that a chat is end-to-end encrypted, which cannot be undone."""
        await self._set(chat, encrypted=True)

    async def block(self, chat: Chat, reason: str, *, until: datetime | None = None) -> None:
        """Record why a chat cannot be written to; `until`: what is to be sent there waits as long."""
        await self._set(chat, blocked_reason=reason, paused_until=until)

    async def open(self, chat: Chat) -> None:
        """Record that a chat can be written to again."""
        await self._set(chat, **_OPEN)
        self._queued.add(chat.ref.lane)

    async def mark_pins_told(self, chat: Chat, at: datetime) -> bool:
        """Record that a chat is told that the bot may not pin messages there; return False if it was already."""
        return await self._update(_PINS_TOLD, row=chat.id, told=at) > 0

    async def turn_away(self, chat: Chat, *, invited: bool) -> None:
        """Record that nobody entitled has asked for the bot in a chat; `invited`: it has not joined it yet."""
        await self._set(chat, blocked_reason=LEFT, invited=invited)

    async def stay(self, chat: Chat) -> None:
        """Record that somebody entitled has asked for the bot after all."""
        await self._set(chat, invited=False, **(_OPEN if chat.leaving else {}))

    async def speak(self, chat: Chat, *, locale: str | None = None, zone: str | None = None) -> None:
        """Set the language or zone of a chat."""
        await self._set(chat, **{key: value for key, value in (("locale", locale), ("zone", zone)) if value})
        await self._menus.outdate()
        if chat.dialogue_id is not None:
            await self._jobs.schedule(ROSTER, str(chat.dialogue_id))

    async def move(self, old: ChatRef, new: ChatRef, at: datetime) -> bool:
        """Move a chat and everything stored about it to another id; do nothing if it has moved already.

        Return whether it is there now: an admin of one chat, or the owner of a private one, decides nothing about
        others (trust: case 33). A delivery being sent stays in its lane until settled; queued ones change lanes.
        """
        chat, there = await self.by_ref(old), await self.by_ref(new)
        if chat is None or chat.person_id is not None:
            return False
        if there and there.id == chat.id:
            return True
        if there and (chat.dialogue_id is None or there.dialogue_id is not None or there.person_id is not None):
            return False
        if there:
            await self._absorb(there, chat)
        moved = {"native_id": new.id, "topic": new.topic, "moved_from": old.id, "moved_at": at}
        open_again = {**_OPEN, "invited": False} if there else {}
        await self._set(chat, **moved, **open_again)
        waiting = sa.and_(t.deliveries.c.chat_id == chat.id, t.deliveries.c.state == State.QUEUED)
        await self._connection.execute(sa.update(t.deliveries).where(waiting).values(lane=new.lane))
        self._queued.add(new.lane)
        await self._menus.outdate()
        return True

    async def _absorb(self, there: Chat, chat: Chat) -> None:
        """Merge `there`, the chat stored under the new id before the move was known, into `chat`."""
        await self._connection.execute(sa.delete(t.pairings).where(t.pairings.c.chat_id == there.id))
        for table in t.metadata.sorted_tables:
            for column in table.columns:
                if column.references(t.chats.c.id):
                    theirs = sa.update(table).where(column == there.id)
                    await self._connection.execute(theirs.values({column: chat.id}))
        await self._connection.execute(sa.delete(t.chats).where(t.chats.c.id == there.id))
        await self._set(chat, encrypted=chat.encrypted or there.encrypted, title=there.title or chat.title)

    async def _known(self, ref: ChatRef) -> Chat:
        return _chat((await self._connection.execute(_CHAT.where(*_is(ref)))).one())

    async def _set(self, chat: Chat, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        if values:
            await self._connection.execute(sa.update(t.chats).where(t.chats.c.id == chat.id).values(values))


def _is(ref: ChatRef) -> tuple[sa.ColumnElement[bool], ...]:
    return (t.chats.c.messenger == ref.messenger, t.chats.c.native_id == ref.id, t.chats.c.topic == ref.topic)
