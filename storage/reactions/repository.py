"""The reactions of people that are passed on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Reaction
from storage import tables as t
from storage.base import Repository
from storage.chats.records import Chat
from storage.jobs import AT_ONCE, Jobs
from storage.messages.records import StoredMessage
from storage.reactions.records import REACTIONS, ReactionDisplay, RelayedReaction

PAUSE = timedelta(seconds=2)
"""How long what is shown of the reactions to a message stays as it is, at least."""
MOST = 10
"""How many reactions of one person to a message are passed on (Matrix has no limit)."""

_MADE = (
    t.relayed_reactions.c.message_id == sa.bindparam("of"),
    t.relayed_reactions.c.chat_id == sa.bindparam("place"),
    t.relayed_reactions.c.person_id.is_not_distinct_from(sa.bindparam("whose")),
    t.relayed_reactions.c.sender == sa.bindparam("named"),
)
_THEIRS = sa.select(t.relayed_reactions.c.key).where(*_MADE)
_TAKEN_BACK = sa.delete(t.relayed_reactions).where(*_MADE, t.relayed_reactions.c.key == sa.bindparam("sign"))
_OF = (
    sa.select(t.relayed_reactions)
    .where(t.relayed_reactions.c.message_id == sa.bindparam("of"))
    .order_by(t.relayed_reactions.c.id)
)
_DISPLAYS = sa.select(t.reaction_displays).where(t.reaction_displays.c.message_id == sa.bindparam("of"))
_DISPLAY = _DISPLAYS.where(t.reaction_displays.c.chat_id == sa.bindparam("place"))
_DRAWN_AT = sa.select(sa.func.max(t.reaction_displays.c.drawn_at).label("at")).where(
    t.reaction_displays.c.message_id == sa.bindparam("of")
)
_SHOW = sa.update(t.reaction_displays).where(
    t.reaction_displays.c.message_id == sa.bindparam("of"), t.reaction_displays.c.chat_id == sa.bindparam("place")
)
_FORGET = [
    sa.delete(table).where(table.c.message_id == sa.bindparam("of"))
    for table in (t.relayed_reactions, t.reaction_displays)
]


class Reactions(Repository):
    """Who has reacted to which message, and what the other chats show of it. Changes are drawn by a job."""

    def __init__(self, connection: AsyncConnection, jobs: Jobs) -> None:
        """Work on an open transaction."""
        super().__init__(connection)
        self._jobs = jobs

    async def record(
        self, chat: Chat, stored: StoredMessage, event: Reaction, person_id: int | None, *, together: bool = False
    ) -> None:
        """Record a reaction, or that it was taken back; without a person, in the name of `Sender.chat`."""
        sender = str(event.sender.chat or "") if person_id is None else ""
        made: dict[str, Any] = {"of": stored.id, "place": chat.id, "whose": person_id, "named": sender}
        theirs = {row.key for row in await self._all(_THEIRS, **made)}
        if event.removed == (event.key not in theirs) or (len(theirs) >= MOST and not event.removed):
            return
        if event.removed:
            await self._update(_TAKEN_BACK, **made, sign=event.key)
        else:
            values = {"message_id": stored.id, "chat_id": chat.id, "person_id": person_id, "sender": sender}
            name = "" if person_id else event.sender.name
            await self._insert(
                t.relayed_reactions, **values, name=name, key=event.key, together=together, reacted_at=event.at
            )
        await self._schedule(stored.id)

    async def of(self, message_id: int) -> list[RelayedReaction]:
        """Return the reactions to a message, the oldest first."""
        return [
            RelayedReaction(row.chat_id, row.person_id, row.sender, row.name, row.key, row.together, row.reacted_at)
            for row in await self._all(_OF, of=message_id)
        ]

    async def display(self, message_id: int, chat: Chat) -> ReactionDisplay:
        """Return what a chat shows of the reactions to a message; nothing so far if it has no summary."""
        row = await self._one(_DISPLAY, of=message_id, place=chat.id)
        return _display(row) if row else ReactionDisplay(message_id, chat.id)

    async def displays(self, message_id: int) -> list[ReactionDisplay]:
        """Return what each chat shows of the reactions to a message."""
        return [_display(row) for row in await self._all(_DISPLAYS, of=message_id)]

    async def show(self, display: ReactionDisplay, at: datetime) -> None:
        """Record what a chat shows from now on."""
        await self._put(display, drawn_at=at)

    async def put_sign(self, message_id: int, chat: Chat, sign: str) -> None:
        """Record the reaction that a feature has put on a message, in place of what was shown (empty: none)."""
        before = await self.display(message_id, chat)
        keys = (sign,) if sign else ()
        await self._put(ReactionDisplay(message_id, chat.id, before.post_id, keys, sign))
        if await self._one(_OF, of=message_id):
            await self._schedule(message_id)

    async def forget(self, message_id: int) -> None:
        """Forget all reactions to a message, and what is shown of them."""
        for statement in _FORGET:
            await self._update(statement, of=message_id)

    async def _put(self, display: ReactionDisplay, **values: Any) -> None:  # noqa: ANN401 - columns of any type
        place = {"message_id": display.message_id, "chat_id": display.chat_id}
        values |= {"post_id": display.post_id, "shown": list(display.keys), "sign": display.sign}
        if not await self._insert_new(t.reaction_displays, **place, **values):
            await self._update(_SHOW, of=display.message_id, place=display.chat_id, **values)

    async def _schedule(self, message_id: int) -> None:
        drawn = await self._one(_DRAWN_AT, of=message_id)
        due = drawn.at + PAUSE if drawn and drawn.at else AT_ONCE
        await self._jobs.schedule(REACTIONS, str(message_id), due)


def _display(row: sa.Row[Any]) -> ReactionDisplay:
    return ReactionDisplay(row.message_id, row.chat_id, row.post_id, tuple(row.shown), row.sign)
