"""Two accounts of one person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model import Mention, MessageRef, Reply, plain, rich
from tests.stories.conftest import (
    ANNA,
    GRACE,
    INDY,
    KOELN,
    TOM,
    Story,
    code_in,
    direct_room,
    private_chat,
)
from tests.stories.people import GRACE_HERE, person, role_of


async def link(story: Story, answer: int = 0) -> None:
    """Link Grace's Telegram account to her Matrix account, and confirm."""
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/start")
    code = code_in(await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/link"))
    question = await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    assert "Grace M." in question
    assert "coordinator of Indianapolis in Köln – Indianapolis" in question
    await story.chooses(direct_room(GRACE), GRACE)
    await story.chooses(private_chat(GRACE_HERE), GRACE_HERE, answer)


async def test_linked_accounts_are_one_person(story: Story) -> None:
    await link(story)
    assert (await person(story, GRACE)).id == (await person(story, GRACE_HERE)).id
    assert await role_of(story, GRACE_HERE) == "coordinator of Indianapolis"
    for chat in (private_chat(GRACE_HERE), direct_room(GRACE)):
        assert "@grace:test" in story.at(chat)[-1]
        assert "Telegram 77" in story.at(chat)[-1]
    await story.says(KOELN, GRACE_HERE, "Hello from Köln")
    assert story.at(INDY)[-1] == "Grace M. · Indianapolis · coordinator: Hello from Köln"
    async with story.database.begin() as store:
        assert len(await store.audit.all("link")) == 1


async def test_who_is_linked_can_be_called_from_the_other_side(story: Story) -> None:
    await link(story)
    assert GRACE.account
    assert GRACE_HERE.account
    assert TOM.account
    story.matrix.says(
        INDY, TOM, rich("Ask ", Mention(GRACE.account, rich("Grace")), " or ", Mention(TOM.account, rich("me")))
    )
    await story.quiet()
    post = story.telegram.messages_in(KOELN)[-1].post
    assert post
    assert post.mentions == (GRACE_HERE.account,)
    assert Mention(GRACE_HERE.account, rich("Grace")) in post.text
    assert Mention(TOM.account, rich("me")) in post.text


async def test_a_user_name_calls_who_is_linked_and_nobody_else(story: Story) -> None:
    await link(story)
    grace, ben = replace(GRACE_HERE, username="grace_m"), replace(ANNA, username="anna_w")
    await story.says(KOELN, grace, "Hello")
    await story.says(KOELN, ben, "Ask @Grace_M or @anna_w, not x@grace_m or @nobody_else: `@room`")
    post = story.matrix.messages_in(INDY)[-1].post
    assert post
    assert post.mentions == (GRACE.account,)
    assert GRACE.account
    there = [each for each in post.text if isinstance(each, Mention) and each.account.id.startswith("@")]
    assert there == [Mention(GRACE.account, rich("@Grace_M"))]


async def test_who_is_quoted_is_not_called_once_more(story: Story) -> None:
    await link(story)
    assert GRACE_HERE.account
    said = story.telegram.says(KOELN, ANNA, rich("Ask ", Mention(GRACE_HERE.account, rich("Grace"))))
    await story.quiet()
    quoted = Reply(MessageRef(KOELN, said), "Anna", marked=rich(Mention(GRACE_HERE.account, rich("Grace"))))
    story.telegram.says(KOELN, ANNA, "Well?", reply=quoted)
    await story.quiet()
    called, again = [each.post for each in story.matrix.messages_in(INDY)[-2:]]
    assert called
    assert again
    assert (called.mentions, again.mentions) == ((GRACE.account,), ())
    assert plain(again.text) == "Grace\nWell?"


async def test_nothing_is_linked_without_a_yes(story: Story) -> None:
    await link(story, answer=1)
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id
    assert await story.chooses(private_chat(GRACE_HERE), GRACE_HERE) == story.at(private_chat(GRACE_HERE))[-1]
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id, "the question is answered"


async def test_the_account_that_typed_the_code_can_stop_it(story: Story) -> None:
    code = code_in(await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/link"))
    await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    await story.chooses(direct_room(GRACE), GRACE, 1)
    await story.chooses(private_chat(GRACE_HERE), GRACE_HERE)
    assert (await person(story, GRACE)).id != (await person(story, GRACE_HERE)).id


async def test_who_has_no_role_types_the_code_and_need_not_confirm(story: Story) -> None:
    await story.says(INDY, TOM, "Hello")
    code = code_in(await story.says(direct_room(GRACE), GRACE, "!link"))
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, f"/link {code}")
    assert "coordinator of Indianapolis" in story.at(direct_room(GRACE))[-1], "and who has one hears what goes with it"
    await story.chooses(direct_room(GRACE), GRACE)
    assert await role_of(story, GRACE_HERE) == "coordinator of Indianapolis"


@pytest.mark.parametrize("german", [False, True])
async def test_linked_accounts_part_again_with_what_each_brought(story: Story, *, german: bool) -> None:
    await story.says(KOELN, GRACE_HERE, "Hello")
    await link(story)
    await story.says(KOELN, GRACE_HERE, "From the visitor")
    where, who = (private_chat(GRACE_HERE), GRACE_HERE) if german else (direct_room(GRACE), GRACE)
    answer = await story.says(where, who, "/trennen" if german else "!unlink")
    assert "✂️" in answer
    one, other = await person(story, GRACE), await person(story, GRACE_HERE)
    assert one.accounts == (GRACE.account,)
    assert other.accounts == (GRACE_HERE.account,)
    assert await role_of(story, GRACE) == "coordinator of Indianapolis"
    assert await role_of(story, GRACE_HERE) == "guest"
    for chat in (KOELN, INDY):
        assert "✂️" in story.at(chat)[-1]
    await story.says(KOELN, GRACE_HERE, "Hello again")
    assert story.at(INDY)[-1] == "Grace M. · Köln: Hello again"
    assert "Role: coordinator" in await story.says(direct_room(GRACE), GRACE, "!me")
    assert "Role: guest" in await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/me")
    assert "not linked" in await story.says(direct_room(GRACE), GRACE, "!unlink")
    async with story.database.begin() as store:
        assert [note.action for note in await store.audit.all()] == ["link", "unlink"]
        assert (await store.chats.private(other.id))[0].ref == private_chat(GRACE_HERE)
        assert (await store.chats.private(one.id))[0].ref == direct_room(GRACE)


async def test_a_role_that_was_changed_since_stays_with_who_brought_it(story: Story) -> None:
    await link(story)
    await story.says(INDY, TOM, "Hello")
    await story.says(INDY, GRACE, "!role @tom:test coordinator")
    await story.says(INDY, TOM, "!role @grace:test mayor")
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/unlink")
    assert await role_of(story, GRACE) == "mayor of Indianapolis"
    assert await role_of(story, GRACE_HERE) == "guest"
    await link_as_mayor(story)
    assert await role_of(story, GRACE_HERE) == "mayor of Indianapolis"
    await story.says(INDY, TOM, "!role @grace:test guest")
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/unlink")
    assert await role_of(story, GRACE) == "guest of Indianapolis", "what was taken does not come back"


async def link_as_mayor(story: Story) -> None:
    code = code_in(await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/link"))
    await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    await story.chooses(private_chat(GRACE_HERE), GRACE_HERE)
    await story.chooses(direct_room(GRACE), GRACE)


async def test_in_a_group_no_code_is_shown(story: Story) -> None:
    answer = await story.says(KOELN, ANNA, "/verknuepfen")
    assert "https://telegram.test/verknuepfen" in answer
    assert not any(char.isdigit() for char in answer)


async def test_own_code_and_two_cities(story: Story) -> None:
    own = private_chat(ANNA)
    code = code_in(await story.says(own, ANNA, "/link"))
    assert "anderes" in await story.says(own, ANNA, f"/link {code}")
    answer = await story.says(direct_room(GRACE), GRACE, f"!link {code}")
    assert "Köln" in answer
    assert "Indianapolis" in answer
    assert (await person(story, GRACE)).id != (await person(story, ANNA)).id
