"""Whatever happens to a delivery, nothing is lost, duplicated or out of order."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from bot.delivery.limits import RateLimits
from bot.messengers.base import PermanentError, SendError, TemporaryError, UnknownOutcome
from bot.model import ChatRef, File, FileKind, Post, rich
from storage import Database, State, StorageError, Store
from storage.deliveries.repository import Deliveries
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, running

LOST = "the answer was lost"


@pytest.mark.parametrize(
    "faults",
    [
        [TemporaryError("busy"), TemporaryError("busy", after=0.01), TemporaryError("busy")],
        [UnknownOutcome(LOST)],
        [("done", UnknownOutcome(LOST))],
        [("done", UnknownOutcome(LOST)), TemporaryError("busy"), UnknownOutcome(LOST)],
    ],
    ids=["not done", "not done, unknown", "done, unknown", "all of them"],
)
@pytest.mark.parametrize("side", ["telegram", "matrix"])
async def test_a_passing_failure_loses_and_doubles_nothing(
    story: Story, side: str, faults: list[SendError | tuple[str, SendError]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.attempts.SETTLE", 0.01)
    if side == "telegram":
        story.telegram.faults += faults
        for number in range(3):
            story.matrix.says(INDY, TOM, str(number))
    else:
        story.matrix.faults += faults
        for number in range(3):
            story.telegram.says(KOELN, MEHMET, str(number))
    await story.quiet()
    there = story.at(KOELN if side == "telegram" else INDY)
    assert [line.partition(": ")[2] for line in there] == ["0", "1", "2"]


async def test_a_final_failure_is_told_where_it_came_from_and_kept(story: Story) -> None:
    story.telegram.says(ChatRef(KOELN.messenger, "11"), ANNA, "/start", private=True)
    await story.quiet()
    story.telegram.faults = [PermanentError("the chat is closed")]
    story.matrix.says(INDY, TOM, "lost?")
    await story.quiet()
    assert story.at(KOELN) == []
    assert story.at(INDY) == ["⚠️ This message did not reach Köln: The messenger there does not accept it."]
    private = story.at(ChatRef(KOELN.messenger, "11"))
    assert private[-1] == "⚠️ Diese Nachricht hat Köln nicht erreicht: Der Messenger dort nimmt sie nicht an."
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
        assert failed.post, "what failed is kept"
        assert await store.deliveries.retry([failed.id]) == 1
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: lost?"]


async def test_a_failure_does_not_hold_up_what_follows(story: Story) -> None:
    story.telegram.faults = [PermanentError("bad message")]
    story.matrix.says(INDY, TOM, "one")
    story.matrix.says(INDY, TOM, "two")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(KOELN)] == ["two"]


async def test_a_chat_that_moves_takes_its_messages_along(story: Story) -> None:
    new = ChatRef(KOELN.messenger, "-100777")
    story.telegram.messages_in(new)
    story.telegram.faults = [PermanentError("moved", moved_to=new)]
    story.matrix.says(INDY, TOM, "one")
    story.matrix.says(INDY, TOM, "two")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(new)] == ["one", "two"]
    story.telegram.says(new, MEHMET, "da sind wir")
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: da sind wir"]


async def test_a_message_that_cannot_be_deleted_any_more_is_emptied(story: Story) -> None:
    id = story.matrix.says(INDY, GRACE, "secret")
    await story.quiet()
    story.telegram.faults = [PermanentError("too old to be deleted")]
    story.matrix.deletes(INDY, GRACE, id)
    await story.quiet()
    assert story.at(KOELN) == ["[gelöscht]"]


async def test_what_has_arrived_is_wiped(story: Story) -> None:
    story.matrix.says(INDY, TOM, "private matters")
    await story.quiet()
    async with story.database.begin() as store:
        (done,) = await store.deliveries.in_state([State.DELIVERED])
    assert done.post is None


async def test_an_original_that_the_bot_may_not_delete_is_said(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, "falsch")
    await story.quiet()
    story.telegram.faults = [PermanentError("no right to delete")]
    story.telegram.says(KOELN, ANNA, "/delete", reply_to=id)
    await story.quiet()
    assert story.at(INDY) == []
    assert "selbst" in story.at(KOELN)[0] or "selbst" in story.at(KOELN)[1]


async def test_status_names_what_failed(story: Story) -> None:
    story.telegram.faults = [PermanentError("bad message")]
    id = story.matrix.says(INDY, TOM, "lost?")
    await story.quiet()
    story.matrix.says(INDY, TOM, "!status", reply_to=id)
    await story.quiet()
    story.matrix.says(INDY, GRACE, "!status")
    await story.quiet()
    assert "could not be delivered: The messenger there does not accept it." in story.at(INDY)[1]
    assert "Köln (Telegram): ⚠️ 1 delivery failed" in story.at(INDY)[2]


async def test_one_messenger_works_while_the_other_cannot_be_reached_yet(database: Database) -> None:
    story = Story(database)
    await story.set_up()
    story.matrix.hold()
    async with running(story):
        story.telegram.says(KOELN, MEHMET, "Ist da jemand?")
        story.telegram.says(KOELN, ANNA, "/me")
        async with asyncio.timeout(10):
            await story.telegram.taken_in()
            await story.app.outbox.idle()
        assert len(story.at(KOELN)) == 1
        assert story.at(INDY) == []
        story.matrix.release()
        await story.matrix.wait_for_posts(INDY, 1)
        assert story.at(INDY) == ["Mehmet Kaya · Köln: Ist da jemand?"]


async def test_each_message_of_an_album_counts_as_a_call(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    reserved: list[int] = []
    calls = RateLimits.calls

    def recorded(limits: RateLimits, lane: str, number: int) -> AbstractAsyncContextManager[None]:
        reserved.append(number)
        return calls(limits, lane, number)

    monkeypatch.setattr(RateLimits, "calls", recorded)
    story.matrix.attachments["matrix:plan"] = b"a plan"
    plan = File(kind=FileKind.DOCUMENT, source="matrix:plan", name="plan.pdf", mime="application/pdf")
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(KOELN)
        assert chat
        id = await store.messages.add(sent_at=story.app.clock(), dialogue_id=chat.dialogue_id)
        await store.deliveries.send(chat, id, Post(rich("Plans"), files=(plan,) * 3), story.app.clock())
        await store.deliveries.send(chat, id, Post(rich("That is all")), story.app.clock(), part=3)
    await story.quiet()
    assert [each.data for each in story.telegram.messages_in(KOELN)] == [b"a plan"] * 3 + [None]
    assert reserved == [2, 0]


async def test_an_idle_lane_claims_in_the_transaction_that_queues(story: Story) -> None:
    async with story.database.begin() as store:
        indy = await store.chats.by_ref(INDY)
        assert indy
        id = await store.messages.add(sent_at=story.app.clock())
        await store.deliveries.send(indy, id, Post(rich("hello")), story.app.clock())
    async with story.database.begin() as store:
        (delivery,) = await store.deliveries.of_message(id)
    assert delivery.state in {State.SENDING, State.DELIVERED}
    await story.quiet()
    assert story.at(INDY) == ["hello"]


async def test_what_is_claimed_and_rolled_back_is_not_sent(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(store: Store, committed: asyncio.Future[bool]) -> None:
        await story.app.outbox.claim_early(store, committed)
        monkeypatch.setattr(story.database, "before_queued", story.app.outbox.claim_early)
        raise StorageError("the disk is full")

    monkeypatch.setattr(story.database, "before_queued", fail)
    story.telegram.says(KOELN, ANNA, "once")
    story.telegram.says(KOELN, ANNA, "twice")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["once", "twice"]


async def test_a_bug_in_early_claims_does_not_undo_what_came_in(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = Deliveries.claim

    async def fail(self: Deliveries, *args: Any, **options: Any) -> Any:
        if self._queued:  # in the transaction that queues
            raise RuntimeError("a bug")
        return await claim(self, *args, **options)

    monkeypatch.setattr(Deliveries, "claim", fail)
    story.telegram.says(KOELN, ANNA, "once")
    story.telegram.says(KOELN, ANNA, "twice")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["once", "twice"]
