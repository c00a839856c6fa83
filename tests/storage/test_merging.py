"""Rows that are sent as one message: claimed, found again after a crash, settled and changed together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.model import Author, Post, Remove, Replace, Section, Send, Sent, rich
from storage import Chat, Database, Delivery, Merge, Share, State
from tests.storage.test_store import NOW, paired

GRACE = Author("Grace Miller", "Indianapolis")


def all_of_them(posts: Sequence[Post]) -> int:
    return len(posts)


MERGE = Merge(all_of_them, 0)


@pytest.fixture
async def group(database: Database) -> Chat:
    async with database.begin() as store:
        _dialogue, group, _room = await paired(store)
    return group


async def queue(database: Database, group: Chat, *texts: str, share: Share = Share(5)) -> list[int]:  # noqa: B008 - frozen
    """Queue messages, and return their ids."""
    ids = []
    async with database.begin() as store:
        for text in texts:
            ids.append(await store.messages.add(sent_at=NOW))
            await store.deliveries.send(group, ids[-1], Post(rich(text), GRACE), NOW, share=share)
    return ids


async def claim(database: Database, group: Chat, merge: Merge | None = MERGE) -> Delivery:
    async with database.begin() as store:
        delivery = await store.deliveries.claim(group.ref.lane, NOW, merge=merge)
    assert delivery
    return delivery


def texts(delivery: Delivery) -> list[str]:
    assert isinstance(delivery.operation, Send)
    return ["".join(node.text for node in post.text) for post in (delivery.operation.post, *delivery.operation.more)]  # type: ignore[union-attr]


async def states(database: Database) -> dict[State, int]:
    async with database.begin() as store:
        return {state: len(found) for state in State if (found := await store.deliveries.in_state([state]))}


async def test_rows_that_wait_are_claimed_together_in_order(database: Database, group: Chat) -> None:
    await queue(database, group, "a1", "a2", "a3")
    await queue(database, group, "b1", share=Share(6))
    assert texts(await claim(database, group)) == ["a1", "b1", "a2", "a3"]
    assert await states(database) == {State.SENDING: 4}


async def test_only_as_many_as_fit_and_only_if_more_wait_than_are_free(database: Database, group: Chat) -> None:
    await queue(database, group, "1", "2", "3", "4")
    assert texts(await claim(database, group, Merge(all_of_them, 4))) == ["1"]
    async with database.begin() as store:
        delivery = await store.deliveries.claim(group.ref.lane, NOW)
        assert delivery
        await store.deliveries.delivered(delivery, Sent(("telegram:-1001/1",)), NOW)
    assert texts(await claim(database, group, Merge(lambda _posts: 2, 2))) == ["2", "3"]


async def test_after_a_crash_the_same_rows_are_one_attempt(database: Database, group: Chat) -> None:
    await queue(database, group, "1", "2", "3")
    before = await claim(database, group)
    await queue(database, group, "4")
    await queue(database, group, "urgent", share=Share(7, official=True))
    again = await claim(database, group)
    assert again.uncertain
    assert again.operation == before.operation, "the same token and the same text"
    assert again.row_ids == before.row_ids
    assert again.attempts == 2


@pytest.mark.parametrize("certain", [True, False])
async def test_after_a_failed_attempt_nothing_overtakes_them(database: Database, group: Chat, certain: bool) -> None:
    await queue(database, group, "1", "2", "3", "4")
    delivery = await claim(database, group, Merge(lambda _posts: 3, 0))
    async with database.begin() as store:
        await store.deliveries.postpone(delivery, "busy", certain=certain)
    await queue(database, group, "official", share=Share(7, official=True))
    again = await claim(database, group, Merge(lambda _posts: 2, 0))
    assert texts(again) == (["1", "2"] if certain else ["1", "2", "3"])
    assert texts(await claim(database, group)) == texts(again), "until it is settled"
    async with database.begin() as store:
        await store.deliveries.delivered(again, Sent(("telegram:-1001/1",)), NOW)
    rest = ["3", "official", "4"] if certain else ["official", "4"]
    assert texts(await claim(database, group)) == rest


async def test_each_part_knows_its_section(database: Database, group: Chat) -> None:
    first, second, third = await queue(database, group, "1", "2", "3")
    delivery = await claim(database, group)
    async with database.begin() as store:
        await store.deliveries.delivered(delivery, Sent(("telegram:-1001/9",)), NOW)
        assert [(await store.messages.copies(id))[0].native_id for id in (first, third)] == ["telegram:-1001/9"] * 2
        found = [await store.messages.find(group, "telegram:-1001/9", section) for section in (None, 0, 1, 7)]
        assert [each and each.id for each in found] == [third, first, second, third]
        await store.deliveries.replace(group, second, Post(rich("2!"), GRACE), NOW)
        await store.deliveries.remove(group, third, NOW)
        await store.deliveries.remove(group, first, NOW)
    sections = []
    for _ in range(3):
        change = await claim(database, group)
        assert isinstance(change.operation, Replace | Remove)
        sections.append((change.message_id, change.operation.section))
        async with database.begin() as store:
            await store.deliveries.delivered(change, Sent(), NOW)
    assert sections == [(second, Section(1, 3)), (third, Section(2, 3)), (first, Section(0, 2))]
    async with database.begin() as store:
        await store.deliveries.remove(group, second, NOW)
    last = await claim(database, group)
    assert isinstance(last.operation, Remove)
    assert last.operation.section is None, "the only one that is left is the message"


async def test_rows_that_were_separated_are_not_merged_again(database: Database, group: Chat) -> None:
    await queue(database, group, "1", "2", "3")
    delivery = await claim(database, group)
    async with database.begin() as store:
        await store.deliveries.separate(delivery, "not accepted")
    for text in ("1", "2", "3"):
        single = await claim(database, group)
        assert texts(single) == [text]
        async with database.begin() as store:
            await store.deliveries.delivered(single, Sent((f"telegram:-1001/{text}",)), NOW)


async def test_changes_of_a_row_in_flight_wait_for_it(database: Database, group: Chat) -> None:
    first, second = await queue(database, group, "1", "2")
    delivery = await claim(database, group)
    async with database.begin() as store:
        await store.deliveries.replace(group, second, Post(rich("2!"), GRACE), NOW)
        await store.deliveries.remove(group, first, NOW)
        await store.deliveries.delivered(delivery, Sent(("telegram:-1001/9",)), NOW)
    change = await claim(database, group)
    assert isinstance(change.operation, Replace)
    assert change.operation.section == Section(1, 2)


async def test_answers_go_first_but_not_without_end(database: Database, group: Chat) -> None:
    await queue(database, group, "1", "2")
    async with database.begin() as store:
        store.deliveries.share, store.deliveries.asked_in = Share(7), group.id
        for number in range(10):
            id = await store.messages.add(sent_at=NOW)
            await store.deliveries.send(group, id, Post(rich(f"answer {number}")), NOW + timedelta(seconds=number))
    order = []
    for _ in range(12):
        delivery = await claim(database, group, None)
        order += texts(delivery)
        async with database.begin() as store:
            await store.deliveries.delivered(delivery, Sent((f"telegram:-1001/{delivery.id}",)), NOW)
    assert order[:8] == [f"answer {number}" for number in range(8)]
    assert order[8:10] != ["answer 8", "answer 9"]
    assert sorted(order) == sorted(["1", "2", *(f"answer {number}" for number in range(10))])


async def test_urgent_rows_can_be_claimed_alone(database: Database, group: Chat) -> None:
    await queue(database, group, "1")
    async with database.begin() as store:
        assert await store.deliveries.claim(group.ref.lane, NOW, urgent=True) is None
        store.deliveries.asked_in = group.id
        await store.deliveries.send(group, await store.messages.add(sent_at=NOW), Post(rich("answer")), NOW)
        answer = await store.deliveries.claim(group.ref.lane, NOW, urgent=True)
    assert answer
    assert texts(answer) == ["answer"]


async def test_what_leaves_a_merged_message_may_be_edited_before_it_has_left(database: Database, group: Chat) -> None:
    """It must not stay there as well."""
    _first, second, _third = await queue(database, group, "1", "2", "3")
    delivery = await claim(database, group)
    async with database.begin() as store:
        await store.deliveries.delivered(delivery, Sent(("telegram:-1001/9",)), NOW)
        await store.deliveries.replace(group, second, Post(rich("long"), GRACE), NOW)
        await store.deliveries.lengthen(group, second, Post(rich("end"), GRACE), NOW, part=1)
    change = await claim(database, group)
    async with database.begin() as store:
        assert await store.deliveries.take_out(change, group, NOW)
        await store.deliveries.replace(group, second, Post(rich("longer"), GRACE), NOW)
    removal = await claim(database, group)
    assert isinstance(removal.operation, Remove)
    assert removal.operation.section == Section(1, 3)
    async with database.begin() as store:
        await store.deliveries.delivered(removal, Sent(), NOW)
    for text in ("longer", "end"):
        sent = await claim(database, group, None)
        assert texts(sent) == [text]
        async with database.begin() as store:
            await store.deliveries.delivered(sent, Sent((f"telegram:-1001/{sent.id}",)), NOW)
    async with database.begin() as store:
        assert len(await store.messages.copies(second)) == 2
