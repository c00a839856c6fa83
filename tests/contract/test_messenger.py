"""The contract of `Messenger`, checked for Telegram, Matrix and the fake, so that the fake behaves like them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from bot.messengers.base import PermanentError
from bot.model import (
    Author,
    Button,
    ChatRef,
    Deletion,
    Edit,
    Menu,
    Message,
    MessageRef,
    MessengerName,
    Operation,
    Post,
    Press,
    Reaction,
    Remove,
    Replace,
    Send,
    Sent,
    Text,
    bold,
    counted,
    plain,
    rich,
)
from bot.text.catalogue import LocaleContext, render
from tests.contract.sides import LIMIT, ContractSide

GRACE = Author("Grace Miller", "Indianapolis", "", "k1")
NOWHERE = {MessengerName.TELEGRAM: "-1009999999999", MessengerName.MATRIX: "!nowhere:localhost"}


def send(
    side: ContractSide,
    text: str,
    token: str = "t1",  # noqa: S107 - an operation's token, not a secret
    reply_to: str = "",
    buttons: tuple[Button, ...] = (),
) -> Send:
    return Send(chat=side.chat, post=Post(rich(text), GRACE, buttons), token=token, reply_to=reply_to)


async def test_what_someone_says_comes_once_with_who_and_when(side: ContractSide) -> None:
    id = await side.says("Hello!")
    (event,) = await side.events()
    assert isinstance(event, Message)
    assert (event.ref.chat, event.ref.id) == (side.chat, id)
    assert (event.sender.account, event.sender.is_bot) == (side.anna, False)
    assert event.sender.name.startswith("Anna")
    assert plain(event.text) == "Hello!"
    assert event.at.utcoffset() == timedelta(0)
    assert not event.private


async def test_what_was_not_acknowledged_comes_again_under_the_same_id(side: ContractSide) -> None:
    await side.says("one")
    await side.says("two")
    first = await side.events(2)
    assert await side.again(2) == first
    assert len({event.id for event in first}) == 2


async def test_it_has_caught_up_once_all_that_has_happened_is_committed(side: ContractSide) -> None:
    await side.says("one")
    pending: list[bool] = []

    async def read() -> None:
        async with aclosing(side.messenger.events(side.cursor)) as batches:
            async for batch in batches:
                pending.extend(side.messenger.caught_up for event in batch.events if isinstance(event, Message))

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(LIMIT):
            while not (pending and side.messenger.caught_up):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.01)
    finally:
        reading.cancel()
        await asyncio.wait([reading])
    assert pending == [False]


async def test_formatting_is_heard(side: ContractSide) -> None:
    await side.says("very *important*!")
    (event,) = await side.events()
    assert isinstance(event, Message)
    assert event.text == (Text("very "), bold("important"), Text("!"))


async def test_a_post_stands_with_its_attribution(side: ContractSide) -> None:
    id = (await side.messenger.deliver(send(side, "Good morning"))).id
    assert await side.reads() == [(id, "Grace Miller · Indianapolis: Good morning")]


async def test_posts_stand_in_order(side: ContractSide) -> None:
    ids = [(await side.messenger.deliver(send(side, str(number), f"t{number}"))).id for number in range(5)]
    assert [id for id, _text in await side.reads()] == ids


async def test_own_posts_do_not_come_back(side: ContractSide) -> None:
    await side.messenger.deliver(send(side, "mine"))
    await side.says("hers")
    events = await side.events()
    assert [plain(event.text) for event in events if isinstance(event, Message)] == ["hers"]


async def test_replies_go_both_ways(side: ContractSide) -> None:
    question = await side.says("When?")
    await side.events()
    answer = (await side.messenger.deliver(send(side, "At three", reply_to=question))).id
    await side.says("Fine", reply_to=answer)
    (event,) = await side.events()
    assert isinstance(event, Message)
    assert event.reply
    assert event.reply.to.id == answer


async def test_an_edit_is_heard_under_the_messages_id(side: ContractSide) -> None:
    id = await side.says("At three")
    await side.events()
    await side.edits(id, "At four")
    (event,) = await side.events()
    assert isinstance(event, Edit)
    assert (event.ref.id, event.sender.account, plain(event.text)) == (id, side.anna, "At four")


async def test_what_a_message_says_after_an_edit_was_removed(side: ContractSide) -> None:
    id = await side.says("right figure: 5")
    if not side.messenger.capabilities.reports_deletions:
        assert await side.messenger.present(MessageRef(side.chat, id)) is None
        return
    sources = [id, *[await side.edits(id, text) for text in ("5.0", "insulting words")]]
    edits = [event for event in await side.events(3) if isinstance(event, Edit)]
    assert [edit.source for edit in edits] == sources[1:]
    for source, text in zip(reversed(sources), ("insulting words", "5.0", "right figure: 5"), strict=True):
        present = await side.messenger.present(MessageRef(side.chat, id))
        assert present
        assert (present.source, plain(present.text)) == (source, text)
        assert (present.ref, present.sender.account) == (MessageRef(side.chat, id), side.anna)
        await side.removes(source)
        (deletion,) = await side.events()
        assert isinstance(deletion, Deletion)
        assert deletion.ref.id == source
    assert await side.messenger.present(MessageRef(side.chat, id)) is None


async def test_a_post_can_be_replaced_also_twice_by_the_same(side: ContractSide) -> None:
    id = (await side.messenger.deliver(send(side, "old"))).id
    for token in ("t2", "t3"):
        operation = Replace(chat=side.chat, id=id, post=Post(rich("new"), GRACE), token=token)
        assert (await side.messenger.deliver(operation)).id == id
    assert await side.reads() == [(id, "Grace Miller · Indianapolis: new")]


async def test_a_post_can_be_removed_also_twice(side: ContractSide) -> None:
    id = (await side.messenger.deliver(send(side, "old"))).id
    for token in ("t2", "t3"):
        assert (await side.messenger.deliver(Remove(chat=side.chat, id=id, token=token))).id == ""
    assert await side.reads() == []


async def test_the_same_order_twice(side: ContractSide) -> None:
    first = (await side.messenger.deliver(send(side, "once?"))).id
    second = (await side.messenger.deliver(send(side, "once?"))).id
    assert (first == second) is side.messenger.capabilities.idempotent
    assert len(await side.reads()) == (1 if side.messenger.capabilities.idempotent else 2)


async def test_a_message_whose_answer_was_lost_is_found(side: ContractSide) -> None:
    before = await side.says("before")
    operation = send(side, "did it arrive?")
    there = (await side.messenger.deliver(operation)).id
    after = await side.says("after")
    assert await side.messenger.find(operation, after=before, known={after}) == Sent((there,))
    assert len(await side.reads()) == 3


async def test_a_message_that_never_arrived_is_not_found(side: ContractSide) -> None:
    before = await side.says("before")
    other = (await side.messenger.deliver(send(side, "did it arrive?", token="another"))).id
    operation = send(side, "did it arrive?")
    assert await side.messenger.find(operation, after=before, known={other}) is None
    assert len(await side.reads()) == 2


async def test_without_a_bound_nothing_old_is_taken_for_the_message(side: ContractSide) -> None:
    """Where ids are counters and none was seen before the first attempt, send again: better twice than never."""
    old = (await side.messenger.deliver(send(side, "of long ago", token="old"))).id
    operation = send(side, "did it arrive?")
    assert await side.messenger.find(operation, after="", known=()) is None
    assert await side.reads() == [(old, "Grace Miller · Indianapolis: of long ago")]


async def test_buttons_are_heard(side: ContractSide) -> None:
    buttons = (Button("yes", "👍", "agree:1"), Button("no", "👎", "object:1"))
    id = (await side.messenger.deliver(send(side, "Agreed?", buttons=buttons))).id
    event = await side.presses(id, "👎", "object:1")
    assert isinstance(event, Press | Reaction)
    assert (event.ref.id, event.sender.account) == (id, side.anna)
    heard = event.action if isinstance(event, Press) else event.key
    assert heard in {"object:1", "👎"}


async def test_the_longest_text_is_one_message(side: ContractSide) -> None:
    text = "x" * side.messenger.capabilities.text_length
    id = (await side.messenger.deliver(Send(chat=side.chat, post=Post(rich(text)), token="t1"))).id
    assert await side.reads() == [(id, text)]


@pytest.mark.parametrize("kind", ["send", "replace"])
async def test_a_chat_without_us_is_refused_for_good(side: ContractSide, kind: str) -> None:
    chat = ChatRef(side.chat.messenger, NOWHERE[side.chat.messenger])
    orders: dict[str, Operation] = {
        "send": Send(chat=chat, post=Post(rich("hello")), token="t1"),
        "replace": Replace(
            chat=chat,
            id="$1" if chat.messenger == "matrix" else f"{side.messenger.numbering(chat)}/1",
            post=Post(rich("x")),
            token="t1",
        ),
    }
    with pytest.raises(PermanentError) as refused:
        await side.messenger.deliver(orders[kind])
    assert refused.value.shut_out
    assert str(refused.value)


async def test_ids_that_count_name_their_counter(side: ContractSide) -> None:
    said, posted = await side.says("hello"), (await side.messenger.deliver(send(side, "hello"))).id
    counters = {given and given[0] for given in map(counted, (said, posted))}
    assert counters == ({None} if side.messenger.capabilities.idempotent else {side.messenger.numbering(side.chat)})


async def test_each_chat_has_a_counter(side: ContractSide) -> None:
    other = ChatRef(side.chat.messenger, NOWHERE[side.chat.messenger])
    assert side.messenger.numbering(side.chat) != side.messenger.numbering(other)


async def test_of_whoever_types_a_command_is_told_whether_they_are_an_admin_now(side: ContractSide) -> None:
    command = side.messenger.capabilities.command_prefix + "pair"
    await side.says(command)
    await side.ben_says(command)
    assert await admins(side, 2) == [True, False]
    await side.ben_is_admin()
    await side.ben_says(command)
    assert await admins(side, 1) == [True]


async def admins(side: ContractSide, number: int) -> list[bool | None]:
    return [event.sender.admin for event in await side.events(number) if isinstance(event, Message)]


async def test_account_and_chat_are_examined(side: ContractSide) -> None:
    account, chat = await side.messenger.check_health(), await side.messenger.check_health(side.chat)
    assert account
    assert chat
    texts = [plain(render(finding.text, LocaleContext())) for finding in account + chat]
    assert all(texts)
    assert len(set(texts)) == len(texts)


async def test_the_address_is_one_of_the_web(side: ContractSide) -> None:
    for address in (side.messenger.address(), side.messenger.address("K7QF-2MXD")):
        parts = urlsplit(address)
        assert (parts.scheme, bool(parts.netloc), " " in address) == ("https", True, False)


async def test_menus_are_taken_also_twice(side: ContractSide) -> None:
    if not side.messenger.capabilities.has_menus:
        pytest.skip("its clients offer no commands")
    offered = (("help", "What I can do"),)
    for commands in (offered, offered, ()):
        await side.messenger.set_menu(Menu(commands=commands))
        await side.messenger.set_menu(Menu(commands=commands, private=True, language="de"))
        await side.messenger.set_menu(Menu(commands=commands, chat=side.chat, account=side.anna))
