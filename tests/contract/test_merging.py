"""Merged messages, where a messenger takes them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.messengers.base import PermanentError, Reason
from bot.model import Author, MessengerName, Operation, Post, Remove, Replace, Section, Send, rich
from tests.contract.fake_side import fake
from tests.contract.sides import ContractSide
from tests.contract.telegram_side import telegram

GRACE, TOM = Author("Grace Miller", "Indianapolis", "mayor"), Author("Tom Jackson", "Indianapolis")
SAID = [
    "Grace Miller · Indianapolis · mayor: one",
    "Tom Jackson · Indianapolis: two",
    "Tom Jackson · Indianapolis: three",
]


@pytest.fixture(params=["fake", "telegram"])
async def side(request: pytest.FixtureRequest) -> AsyncIterator[ContractSide]:
    async with fake(MessengerName.TELEGRAM) if request.param == "fake" else telegram() as it:
        yield it


def merged(side: ContractSide, *rest: str) -> Send:
    more = tuple(Post(rich(text), TOM) for text in rest)
    return Send(chat=side.chat, post=Post(rich("one"), GRACE), token="t1", more=more)


async def reads(side: ContractSide) -> list[str]:
    return [text for _id, text in await side.reads()]


async def test_several_posts_are_one_message(side: ContractSide) -> None:
    sent = await side.messenger.deliver(merged(side, "two", "three"))
    assert await side.reads() == [(sent.id, "\n\n".join(SAID))]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_section_is_changed_alone(side: ContractSide, times: int) -> None:
    id = (await side.messenger.deliver(merged(side, "two", "three"))).id
    new = Replace(chat=side.chat, id=id, post=Post(rich("2!"), TOM), token="t2", section=Section(1, 3))
    for _ in range(times):
        assert (await side.messenger.deliver(new)).ids == (id,)
    assert await reads(side) == ["\n\n".join([SAID[0], "Tom Jackson · Indianapolis: 2!", SAID[2]])]


@pytest.mark.parametrize("index", range(3))
async def test_a_section_is_removed_once(side: ContractSide, index: int) -> None:
    id = (await side.messenger.deliver(merged(side, "two", "three"))).id
    for _ in range(2):
        await side.messenger.deliver(Remove(chat=side.chat, id=id, token="t2", section=Section(index, 3)))
    assert await reads(side) == ["\n\n".join(SAID[:index] + SAID[index + 1 :])]


CHANGES = {
    "too long": (Post(rich("x" * 4000), TOM), Section(0, 2), Reason.TOO_LARGE),
    "other sections": (Post(rich("2!"), TOM), Section(3, 4), Reason.NOT_ACCEPTABLE),
}


@pytest.mark.parametrize(("post", "section", "reason"), CHANGES.values(), ids=CHANGES)
async def test_a_change_that_does_not_fit_changes_nothing(
    side: ContractSide, post: Post, section: Section, reason: Reason
) -> None:
    id = (await side.messenger.deliver(merged(side, "y" * 2000))).id
    before = await reads(side)
    change: Operation = Replace(chat=side.chat, id=id, post=post, token="t2", section=section)
    with pytest.raises(PermanentError) as failed:
        await side.messenger.deliver(change)
    assert failed.value.reason is reason
    assert await reads(side) == before


async def test_a_merged_message_is_found_again(side: ContractSide) -> None:
    before = await side.says("hello")
    sent = await side.messenger.deliver(merged(side, "two"))
    assert await side.messenger.find(merged(side, "two"), after=before, known=()) == sent
    assert await side.messenger.find(merged(side, "two"), after=before, known=sent.ids) is None
