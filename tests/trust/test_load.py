"""Trust cases of load: whoever writes much, or has stored much, holds up nobody else."""

from __future__ import annotations

import asyncio

import pytest

from bot.model import Post, rich
from bot.scheduler import KEPT
from storage.purge import MESSAGES, Expiry, Mark, Purge
from tests.trust.world import INDY, KOELN, World


async def test_case_94_what_is_old_is_deleted_while_others_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.database.begin() as store:
        koeln, indy = [await store.chats.by_ref(ref) for ref in (KOELN, INDY)]
        assert koeln
        assert indy
        for number in range(100):
            id = await store.messages.add(said_at=world.now() - 2 * KEPT, chat=koeln, native_id=f"old{number}")
            await store.deliveries.send(indy, id, Post(rich("old")), world.now() - 2 * KEPT)
        await store.deliveries.cancel_all(indy, world.now())
    began, happened = asyncio.Event(), list[str]()
    delete = Purge.slice

    async def watched(self: Purge, expiry: Expiry, *given: object) -> Mark | None:
        mark = await delete(self, expiry, *given)  # type: ignore[arg-type]
        if expiry is MESSAGES and mark:
            happened.append("slice")
            began.set()
        return mark

    monkeypatch.setattr(Purge, "slice", watched)
    async with asyncio.TaskGroup() as group:
        group.create_task(world.app.scheduler.forget())
        await began.wait()
        async with world.database.begin():
            happened.append("somebody else's transaction")
    assert happened[-1] == "slice", "others have their turn before all is deleted"
    async with world.database.begin() as store:
        assert await store.messages.find(koeln, "old1") is None
