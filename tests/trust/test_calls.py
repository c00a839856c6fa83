"""Who is called by a text: nobody of another dialogue, and nobody because they are quoted (cases 178, 179)."""

from __future__ import annotations

from bot.model import Mention, MessageRef, Post, Reply, RichText, Sender, rich
from bot.text.tree import mentioned
from tests.trust.world import ANNA, BEN, BONN, GRACE, INDY, KOELN, PRIYA, World, called


async def _linked(world: World, one: Sender, other: Sender) -> None:
    async with world.database.begin() as store:
        assert one.account
        assert other.account
        first, second = await store.people.by_account(one.account), await store.people.by_account(other.account)
        assert first
        assert second
        await store.links.join(first, second)


async def _copy(world: World, text: str | RichText, reply: Reply | None = None) -> Post:
    """Return what Indianapolis reads of what Anna says."""
    world.telegram.says(KOELN, ANNA, text, reply=reply)
    await world.quiet()
    post = world.matrix.messages_in(INDY)[-1].post
    assert post
    return post


async def test_case_178_a_user_name_calls_only_people_of_the_dialogue(world: World) -> None:
    await world.second_dialogue()
    await world.speaks(BONN, called(BEN, "Ben", "ben_b"), "Guten Tag")
    await _linked(world, BEN, PRIYA)
    post = await _copy(world, "Ask @ben_b")
    assert post.mentions == ()
    assert mentioned(post.text) == frozenset(), "and nobody learns whose account it is"


async def test_case_179_who_is_quoted_is_not_called(world: World) -> None:
    assert GRACE.account
    said = world.telegram.says(KOELN, ANNA, "Ask Grace")
    quoted = Reply(MessageRef(KOELN, said), "Anna", marked=rich(Mention(GRACE.account, rich("Grace"))))
    post = await _copy(world, "Well?", quoted)
    assert mentioned(post.text) == frozenset()
