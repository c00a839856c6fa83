"""Rows of others are claimed past those of somebody whose rows rest."""

from __future__ import annotations

from bot.model import Post, Send, Sent, rich
from storage import Chat, Database, Share
from tests.storage.test_merging import GRACE, group, queue, texts
from tests.storage.test_store import NOW

__all__ = ["group"]

MAX, ANNA, MOVES = Share(5), Share(6), Share(-1)


async def claim_all(database: Database, group: Chat, resting: int | None) -> list[str]:
    """Claim and settle until nothing is left, and return the texts."""
    claimed: list[str] = []
    while True:
        async with database.begin() as store:
            delivery = await store.deliveries.claim(group.ref.lane, NOW, resting=resting)
            if delivery is None:
                return claimed
            await store.deliveries.delivered(delivery, Sent((f"telegram:-1001/{len(claimed)}",)), NOW)
        claimed += texts(delivery) if isinstance(delivery.operation, Send) else [delivery.kind]


async def test_others_pass_but_no_reply_and_no_departure(database: Database, group: Chat) -> None:
    first, _second = await queue(database, group, "max 1", "max 2", share=MAX)
    await queue(database, group, "anna 1", share=ANNA)
    async with database.begin() as store:
        answer = await store.messages.add(sent_at=NOW)
        await store.deliveries.send(group, answer, Post(rich("answer"), GRACE), NOW, reply_to=first, share=ANNA)
        await store.deliveries.send(
            group, await store.messages.add(sent_at=NOW), Post(rich("last")), NOW, share=Share(last=True)
        )
        await store.deliveries.leave(group, NOW)
    assert await claim_all(database, group, MAX.person_id) == ["anna 1"]
    assert await claim_all(database, group, ANNA.person_id) == ["max 1", "max 2"]
    assert await claim_all(database, group, None) == ["answer", "last", "leave"]


async def test_what_may_have_been_sent_is_settled_first(database: Database, group: Chat) -> None:
    await queue(database, group, "max 1", share=MAX)
    async with database.begin() as store:
        before = await store.deliveries.claim(group.ref.lane, NOW)
    await queue(database, group, "anna 1", share=ANNA)
    async with database.begin() as store:
        again = await store.deliveries.claim(group.ref.lane, NOW, resting=MAX.person_id)
    assert before
    assert again
    assert again.id == before.id
