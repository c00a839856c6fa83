"""Native polls and their votes, reactions and pins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from telegram import AcceptedGiftTypes, ChatFullInfo, ChatMemberMember, ChatMemberOwner, User

from bot.messengers.base import PermanentError, Reason, UnknownOutcome
from bot.messengers.telegram import permissions
from bot.messengers.telegram.reactions import nearest
from bot.model import ClosePoll, NativePoll, Pin, React, SendPoll, Sent, Vote, rich
from bot.sandbox.telegram import Fault
from tests.messengers.telegram_scene import TelegramScene, scene, send

TREES = NativePoll(question=rich("Which trees?"), options=("Oaks", "Limes", "Elms"))


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


def ask(here: TelegramScene, poll: NativePoll = TREES) -> SendPoll:
    return SendPoll(chat=here.chat, poll=poll, token="t1")


def seen(here: TelegramScene) -> dict[str, object]:
    poll = here.server.messages(here.group)[-1]["poll"]
    assert isinstance(poll, dict)
    return poll


@pytest.mark.parametrize("multiple", [False, True])
async def test_votes_come_with_who_chose_what(here: TelegramScene, *, multiple: bool) -> None:
    await here.asked()
    sent = await here.messenger.deliver(
        ask(here, NativePoll(question=rich("Which?"), options=("a", "b"), multiple=multiple))
    )
    number = here.server.messages(here.group)[-1]["message_id"]
    assert (sent.ids, sent.poll) == ((here.id(number),), seen(here)["id"])
    assert (seen(here)["is_anonymous"], seen(here)["allows_multiple_answers"]) == (False, multiple)
    chosen = (0, 1) if multiple else (1,)
    here.server.vote(here.group, here.ben, number, *chosen)
    here.server.vote(here.group, here.ben, number)
    here.server.vote(here.group, here.anna, number, 0, anonymous=True)
    votes = [event for event in await here.events(4) if isinstance(event, Vote)]
    assert [(vote.poll, vote.sender.name, vote.options) for vote in votes] == [
        (sent.poll, "Ben", chosen),
        (sent.poll, "Ben", ()),
        (sent.poll, "Köln", (0,)),
    ]
    assert [vote.sender.account is None for vote in votes] == [False, False, True]


async def test_who_votes_in_a_forwarded_poll_is_not_in_the_chat(here: TelegramScene) -> None:
    await here.asked()
    await here.messenger.deliver(ask(here))
    number, carla = here.server.messages(here.group)[-1]["message_id"], here.server.person("Carla")
    here.server.vote(here.group, carla, number, 1, forwarded=True)
    here.server.vote(here.group, here.ben, number, 1)
    votes = [event for event in await here.events(3) if isinstance(event, Vote)]
    accounts = [vote.sender.account for vote in votes if vote.sender.account]
    assert [await here.messenger.is_member(here.chat, each) for each in accounts] == [False, True]


async def test_a_poll_ends_once_or_twice(here: TelegramScene) -> None:
    id = (await here.messenger.deliver(ask(here))).id
    for token in ("t2", "t3"):
        assert await here.messenger.deliver(ClosePoll(chat=here.chat, id=id, token=token)) == Sent()
    assert seen(here)["is_closed"]
    with pytest.raises(PermanentError) as caught:
        await here.messenger.deliver(ClosePoll(chat=here.chat, id=here.id(99), token="t4"))
    assert caught.value.reason is Reason.GONE


@pytest.mark.parametrize(
    ("question", "options", "reason"),
    [
        ("x" * 301, ("a",), Reason.TOO_LARGE),
        ("x", ("a" * 101,), Reason.TOO_LARGE),
        ("x", tuple("abcdefghijklm"), Reason.TOO_LARGE),
        (" ", ("a",), Reason.NOT_ACCEPTABLE),
        ("x", (), Reason.NOT_ACCEPTABLE),
        ("x", ("a", " "), Reason.NOT_ACCEPTABLE),
    ],
)
async def test_a_poll_that_telegram_does_not_take_is_refused(
    here: TelegramScene, question: str, options: tuple[str, ...], reason: Reason
) -> None:
    with pytest.raises(PermanentError) as caught:
        await here.messenger.deliver(ask(here, NativePoll(question=rich(question), options=options)))
    assert (caught.value.reason, here.server.stats.calls["sendPoll"]) == (reason, 0)


@pytest.mark.parametrize("cut_short", [False, True])
async def test_a_poll_that_was_sent_is_found_with_its_id(here: TelegramScene, *, cut_short: bool) -> None:
    (after,) = here.talk("before")
    here.server.faults.once(Fault.RESET, method="sendPoll")
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(ask(here))
    if cut_short:  # an earlier search has left the button by which it learns the id
        button = {"inline_keyboard": [[{"text": "…", "callback_data": "-"}]]}
        here.server.world.change(here.group, here.group.records[2], here.bot, {"reply_markup": button})
    found = await here.messenger.find(ask(here), after=after, known=())
    assert found == Sent((here.id(2),), str(seen(here)["id"]))
    assert "reply_markup" not in here.server.messages(here.group)[-1]


async def test_a_poll_that_was_not_sent_is_not_found(here: TelegramScene) -> None:
    (after,) = here.talk("before")
    assert await here.messenger.find(ask(here), after=after, known=()) is None


# Reactions


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("👍", "👍"),
        ("👍🏽", "👍"),
        ("❤️", "❤"),
        ("✅", "👍"),
        ("📝", "✍"),
        ("🤷🏽\u200d♀️", "🤷\u200d♀️"),
        ("❤️\u200d🩹", "❤"),
    ],
)
async def test_a_reaction_is_put_as_near_as_telegram_allows(here: TelegramScene, key: str, shown: str) -> None:
    (id,) = here.talk("Trees")
    await here.messenger.deliver(React(chat=here.chat, id=id, key=key, token="t1"))
    (reaction,) = here.server.messages(here.group)[0]["reactions"]
    assert reaction["emoji"] == shown.removesuffix("\ufe0f")


async def test_the_only_reaction_is_changed_and_taken_back(here: TelegramScene) -> None:
    (id,) = here.talk("Trees")
    shown = []
    for key in ("👀", "✍", "✍", "", ""):
        assert await here.messenger.deliver(React(chat=here.chat, id=id, key=key, token=key)) == Sent()
        shown.append([each["emoji"] for each in here.server.messages(here.group)[0]["reactions"]])
    assert shown == [["👀"], ["✍"], ["✍"], [], []]


async def test_the_next_best_reaction_that_the_chat_allows_is_taken(here: TelegramScene) -> None:
    (id,) = here.talk("Trees")
    here.server.allow_reactions(here.group, {"❤", "👎"})
    await here.messenger.deliver(React(chat=here.chat, id=id, key="❤️\u200d🔥", token="t1"))
    assert [each["emoji"] for each in here.server.messages(here.group)[0]["reactions"]] == ["❤"]
    for key in ("👍", "🦖", "party", "✅"):
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(React(chat=here.chat, id=id, key=key, token="t2"))
        assert (caught.value.reason, caught.value.shut_out) == (Reason.NOT_ALLOWED, False)


async def test_reactions_need_a_message_and_the_right() -> None:
    async with scene(admin=False) as here:
        (id,) = here.talk("Trees")
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(React(chat=here.chat, id=here.id(99), key="👍", token="t1"))
        assert caught.value.reason is Reason.GONE
        here.server.permit(here.group, {"can_send_messages"})
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(React(chat=here.chat, id=id, key="👍", token="t1"))
        assert (caught.value.reason, caught.value.shut_out) == (Reason.NO_RIGHTS, False)


def test_only_what_means_the_same_stands_for_it() -> None:
    assert [nearest(key) for key in ("👍", "❤️\u200d🔥", "🦖", "", "yes")] == [["👍"], ["❤️\u200d🔥", "❤"], [], [], []]


# Pins


async def test_a_message_is_pinned_and_unpinned_also_twice(here: TelegramScene) -> None:
    (id,) = here.talk("Trees")
    for pinned in (True, True, False, False):
        assert await here.messenger.deliver(Pin(chat=here.chat, id=id, pinned=pinned, token="t1")) == Sent()
        assert bool(here.server.pins(here.group)) is pinned
    await here.messenger.deliver(Pin(chat=here.chat, id=here.id(99), pinned=False, token="t2"))


async def test_pins_need_a_message_and_the_right() -> None:
    async with scene(admin=False) as here:
        id = (await here.messenger.deliver(send(here.chat, "Trees"))).id
        for target, reason in ((here.id(99), Reason.GONE), (id, Reason.NO_RIGHTS)):
            with pytest.raises(PermanentError) as caught:
                await here.messenger.deliver(Pin(chat=here.chat, id=target, pinned=True, token="t1"))
            assert (caught.value.reason, caught.value.shut_out) == (reason, False)


# What a chat allows


async def test_what_a_group_does_not_allow_is_known_afterwards() -> None:
    async with scene(admin=False) as here:
        usual = here.messenger.capabilities
        here.server.allow_reactions(here.group, ())
        here.server.permit(here.group, {"can_send_messages", "can_send_documents"})
        assert here.messenger.capabilities_in(here.chat) == usual  # Telegram has not reported it
        with pytest.raises(PermanentError) as caught:
            await here.messenger.deliver(ask(here))
        assert (caught.value.reason, caught.value.shut_out) == (Reason.NO_RIGHTS, False)
        known = here.messenger.capabilities_in(here.chat)
        assert known == replace(usual, native_polls=False, reactions=0)
        here.clock.pass_(hours=1)
        assert here.messenger.capabilities_in(here.chat) == usual


async def test_an_admin_may_what_others_may_not() -> None:
    async with scene(admin=False) as here:
        here.server.permit(here.group, {"can_send_messages"})
        await here.messenger.check_health(here.chat)
        assert not here.messenger.capabilities_in(here.chat).native_polls
        here.server.promote(here.group, here.bot)
        await here.events(1)
        assert here.messenger.capabilities_in(here.chat).native_polls


@pytest.mark.parametrize(("delay", "per_minute"), [(0, 20), (1, 20), (10, 6), (3600, 1)])
def test_slow_mode_counts_for_members(delay: int, per_minute: int) -> None:
    group = ChatFullInfo(-1, "supergroup", 0, 11, AcceptedGiftTypes(*[False] * 5), slow_mode_delay=delay)
    member = ChatMemberMember(User(1, "bot", is_bot=True))
    assert permissions._capabilities(group, member).per_chat_minute == per_minute
    admin = ChatMemberOwner(User(1, "bot", is_bot=True), is_anonymous=False)
    assert permissions._capabilities(group, admin).per_chat_minute == 20
