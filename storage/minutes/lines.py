"""The lines of minutes."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.minutes.records import LineKind, Minutes, MinutesLine

_OF_MINUTES = t.minutes_lines.c.minutes_id == sa.bindparam("minutes")
_LINES = sa.select(t.minutes_lines).where(_OF_MINUTES).order_by(t.minutes_lines.c.position)
_COUNTING = _LINES.where(t.minutes_lines.c.removed_at.is_(None))
_NEXT = sa.select(sa.func.coalesce(sa.func.max(t.minutes_lines.c.position), 0).label("last")).where(_OF_MINUTES)
_BY_ID = sa.select(t.minutes_lines).where(t.minutes_lines.c.id == sa.bindparam("row"))
_BY_MESSAGE = (
    sa.select(t.minutes_lines)
    .where(t.minutes_lines.c.chat_id == sa.bindparam("chat"), t.minutes_lines.c.native_id == sa.bindparam("message"))
    .order_by(t.minutes_lines.c.position)
)
_SET = sa.update(t.minutes_lines).where(t.minutes_lines.c.id == sa.bindparam("row"))


class LineChange(TypedDict, total=False):
    """What can change about a line: fields of `MinutesLine`."""

    kind: LineKind
    text: str
    translation: str | None
    action: int | None
    changed_at: datetime | None
    removed_at: datetime | None


class MinutesLines(Repository):
    """The lines of all minutes. Whoever adds or changes one has locked the minutes by looking them up."""

    async def add(
        self,
        minutes: Minutes,
        kind: LineKind,
        text: str,
        now: datetime,
        *,
        translation: str | None = None,
        person_id: int | None = None,
        city_id: int | None = None,
        message: tuple[int, str] | None = None,
        action: int | None = None,
    ) -> MinutesLine:
        """Add a line at the end, and return it. `message`: the chat's id, and the messenger's id of the message."""
        chat_id, native_id = message or (None, None)
        row = await self._one(_NEXT, minutes=minutes.id)
        values = {"position": (row.last if row else 0) + 1, "kind": kind, "text": text, "translation": translation}
        values |= {"at": now, "person_id": person_id, "city_id": city_id, "action": action}
        id = await self._insert(t.minutes_lines, minutes_id=minutes.id, chat_id=chat_id, native_id=native_id, **values)
        return await self._get(id)

    async def of(self, minutes: Minutes, *, removed: bool = False) -> list[MinutesLine]:
        """Return the lines of minutes in their order; `removed`: those that do not count, too."""
        return [_line(row) for row in await self._all(_LINES if removed else _COUNTING, minutes=minutes.id)]

    async def by_message(self, chat_id: int, native_id: str) -> list[MinutesLine]:
        """Return the lines that a message has made, by the messenger's id of it; also those that do not count."""
        return [_line(row) for row in await self._all(_BY_MESSAGE, chat=chat_id, message=native_id)]

    async def change(self, line: MinutesLine, **change: Unpack[LineChange]) -> MinutesLine:
        """Change a line, and return it."""
        await self._update(_SET, row=line.id, **change)
        return await self._get(line.id)

    async def _get(self, id: int) -> MinutesLine:
        row = await self._one(_BY_ID, row=id)
        if row is None:
            raise LookupError(f"there is no line with the id {id}")
        return _line(row)


def _line(row: sa.Row[Any]) -> MinutesLine:
    return MinutesLine(**row._asdict() | {"kind": LineKind(row.kind)})
