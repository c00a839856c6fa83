"""Files made by the bot, kept in chunks until every delivery that needs them is done."""

from __future__ import annotations

from collections.abc import AsyncIterable, Collection, Iterable
from datetime import datetime

import sqlalchemy as sa

from storage import tables as t
from storage.base import Repository
from storage.deliveries.posts import STORED

CHUNK = 256 * 1024
"""Maximum size of a chunk in bytes."""

_CHUNK = sa.select(t.file_chunks.c.data).where(
    t.file_chunks.c.file_id == sa.bindparam("file_id"), t.file_chunks.c.number == sa.bindparam("number")
)
_DONE = sa.exists().where(
    t.deliveries.c.id == t.delivery_files.c.delivery_id, t.deliveries.c.state.not_in(t.UNFINISHED_STATES)
)
_NEEDED = sa.exists().where(t.delivery_files.c.file_id == t.files.c.id)


class StoredFiles(Repository):
    """The bytes of files, by `File.source`."""

    async def add(self, data: bytes | AsyncIterable[bytes], at: datetime) -> tuple[str, int]:
        """Store a file, given whole or in pieces of any size; return its source and its size in bytes.

        It is deleted with the last delivery that needs it, or some time after `at` if none ever does.
        """
        id = await self._insert(t.files, made_at=at)
        size = number = 0
        rest = b""
        async for piece in _pieces(data):
            size += len(piece)
            rest += piece
            while len(rest) >= CHUNK:
                await self._insert_new(t.file_chunks, file_id=id, number=number, data=rest[:CHUNK])
                rest, number = rest[CHUNK:], number + 1
        if rest:
            await self._insert_new(t.file_chunks, file_id=id, number=number, data=rest)
        return f"{STORED}{id}", size

    async def exists(self, source: str) -> bool:
        """Whether the bytes of a file are still stored."""
        known = sa.select(t.files.c.id).where(t.files.c.id == int(source.removeprefix(STORED)))
        return await self._one(known) is not None

    async def chunk(self, source: str, number: int) -> bytes:
        """Return a chunk of a file, numbered from 0; empty behind the last one."""
        row = await self._one(_CHUNK, file_id=int(source.removeprefix(STORED)), number=number)
        return row.data if row else b""

    async def need(self, delivery_id: int, file_ids: Iterable[int]) -> None:
        """Record which files a delivery needs, in place of any earlier ones."""
        needed = set(file_ids)
        of_row = t.delivery_files.c.delivery_id == delivery_id
        before = {row.file_id for row in await self._all(sa.select(t.delivery_files.c.file_id).where(of_row))}
        for id in needed - before:
            await self._insert_new(t.delivery_files, delivery_id=delivery_id, file_id=id)
        if gone := before - needed:
            await self._connection.execute(
                sa.delete(t.delivery_files).where(of_row, t.delivery_files.c.file_id.in_(gone))
            )
            await self._wipe(gone)

    async def release(self) -> None:
        """Delete the files of which every delivery is done."""
        done = sa.select(t.delivery_files.c.file_id).where(_DONE)
        ids = [row.file_id for row in await self._all(done.distinct())]
        if ids:
            await self._connection.execute(
                sa.delete(t.delivery_files).where(t.delivery_files.c.file_id.in_(ids), _DONE)
            )
            await self._wipe(ids)

    async def _wipe(self, ids: Collection[int]) -> None:
        """Delete those of these files that no delivery needs any more."""
        # PostgreSQL: of two that stop needing a file at the same time, the second one sees that the first has.
        await self._all(sa.select(t.files.c.id).where(t.files.c.id.in_(ids)).order_by(t.files.c.id).with_for_update())
        await self._connection.execute(sa.delete(t.files).where(t.files.c.id.in_(ids), ~_NEEDED))


async def _pieces(data: bytes | AsyncIterable[bytes]) -> AsyncIterable[bytes]:
    if isinstance(data, bytes):
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]
        return
    async for piece in data:
        yield piece
