"""An unknown outcome is resolved by a search: the sent message is found, no other is mistaken for it or changed."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from bot.messengers.base import PermanentError, TemporaryError, UnknownOutcome
from bot.model import Button, Send, Sent
from bot.sandbox.telegram import ChatActor, Fault, Json
from tests.messengers.telegram_scene import ANNA, TelegramScene, ref, scene, send

VOTE = (Button("yes", "👍", "y"), Button("no", "👎", "n"))
LOOK = "editMessageReplyMarkup"


async def lost(here: TelegramScene, operation: Send, fault: Fault) -> None:
    here.server.faults.once(fault)
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(operation)


def history(here: TelegramScene, chat: ChatActor | None = None, number: int = 3) -> list[Json]:
    """Post messages that the database knows nothing of, and return what is in the chat."""
    chat = chat or here.group
    keyboard = {"inline_keyboard": [[{"text": "old", "callback_data": "old"}]]}
    for each in range(number):
        content = {"text": f"of long ago {each}"} | ({"reply_markup": keyboard} if each % 2 else {})
        here.server.world.post(chat, here.bot, content)
    return here.server.messages(chat)


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.STALL, Fault.GARBLE])
@pytest.mark.parametrize("buttons", [(), VOTE])
async def test_what_was_performed_is_found(fault: Fault, buttons: tuple[Button, ...]) -> None:
    async with scene() as here:
        old = history(here)
        [after] = here.talk("before")
        operation = send(here.chat, "  Hello \n", author=ANNA, buttons=buttons, reply_to=after)
        await lost(here, operation, fault)
        sent = here.server.messages(here.group)
        assert await here.messenger.find(operation, after=after, known=()) == Sent((here.id(5),))
        assert here.server.messages(here.group) == sent, "looking changed nothing"
        assert sent[:3] == old
        assert (await here.messenger.deliver(send(here.chat, "next", token="t2"))).id == here.id(6)


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.HANG, Fault.ERROR, Fault.GATEWAY])
async def test_what_was_not_performed_is_not_found(fault: Fault) -> None:
    async with scene() as here:
        history(here)
        [after] = here.talk("before")
        there = here.server.messages(here.group)
        operation = send(here.chat, "Hello")
        await lost(here, operation, fault)
        assert await here.messenger.find(operation, after=after, known=()) is None
        assert here.server.messages(here.group) == there
        assert here.server.stats.calls[LOOK] == 5


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.LOSE])
@pytest.mark.parametrize("after", ["", "telegram:999/1", "1", "telegram:-1/x"])
async def test_without_a_bound_it_is_sent_again_and_said(fault: Fault, after: str) -> None:
    """Also when the newest known id has another counter: from before a migration, or of another bot."""
    async with scene() as here:
        old = history(here)
        operation = send(here.chat, "Hello")
        await lost(here, operation, fault)
        with capture_logs() as logs:
            assert await here.messenger.find(operation, after=after, known=()) is None
        assert ["sent again" in entry["event"] for entry in logs] == [True]
        assert here.server.messages(here.group)[:3] == old
        assert here.server.stats.calls[LOOK] == 0


@pytest.mark.parametrize("buttons", [(), VOTE])
async def test_one_of_ours_with_other_buttons_is_not_the_one(buttons: tuple[Button, ...]) -> None:
    async with scene() as here:
        [after] = here.talk("before")
        other = VOTE if not buttons else ()
        await here.messenger.deliver(send(here.chat, "unknown", buttons=other))
        operation = send(here.chat, "Hello", buttons=buttons, token="t2")
        await lost(here, operation, Fault.RESET)
        assert await here.messenger.find(operation, after=after, known=()) == Sent((here.id(3),))


async def test_others_in_between_are_passed_over() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        here.talk(*(f"unknown {n}" for n in range(7)))
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        here.talk("later")
        assert await here.messenger.find(operation, after=after, known=()) == Sent((here.id(9),))


async def test_known_ones_are_left_alone() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        twin = (await here.messenger.deliver(send(here.chat, "Good morning"))).id
        other = (await here.messenger.deliver(send(here.chat, "Something else"))).id
        operation = send(here.chat, "Good morning", token="t2")
        await lost(here, operation, Fault.LOSE)
        assert await here.messenger.find(operation, after=after, known={twin, other}) is None
        assert [m["text"] for m in here.server.messages(here.group)] == ["before", "Good morning", "Something else"]


async def test_known_ones_of_another_counter_are_none_of_this() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        assert await here.messenger.find(operation, after=after, known={"telegram:-1/2", "2"}) == Sent((here.id(2),))


async def test_gaps_of_deleted_ones_do_not_end_the_search_before_the_newest_known() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        here.talk(*(f"gone {n}" for n in range(8)))
        for number in range(2, 10):
            here.server.delete(here.group, here.ben, number)
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        newest = here.talk("known")
        assert await here.messenger.find(operation, after=after, known=newest) == Sent((here.id(10),))


async def test_only_free_ids_in_a_row_end_the_search() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        for number, word in enumerate(("gone", "gone", "gone", "stays", "gone", "gone", "gone"), 2):
            here.talk(word)
            if word == "gone":
                here.server.delete(here.group, here.ben, number)
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        assert await here.messenger.find(operation, after=after, known=()) == Sent((here.id(9),))


async def test_what_someone_deleted_meanwhile_is_not_found() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        here.server.delete(here.group, here.anna, 2)
        assert await here.messenger.find(operation, after=after, known=()) is None


async def test_the_search_ends_somewhere() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        here.talk(*(f"unknown {n}" for n in range(250)))
        assert await here.messenger.find(send(here.chat, "Hello"), after=after, known=()) is None
        assert here.server.stats.calls[LOOK] <= 201


async def test_basic_groups_and_private_chats_share_their_numbers() -> None:
    async with scene(supergroup=False) as here:
        private = here.server.private(here.ben)
        here.server.start(here.ben)
        chats = [ref(here.group), ref(private), ref(here.server.group("Leeds", [here.ben]))]
        assert [here.messenger.numbering(chat) for chat in chats] == [
            str(here.messenger.account),
            str(here.messenger.account),
            chats[2].lane,
        ]
        operation = send(ref(private), "Hello")
        await lost(here, operation, Fault.RESET)
        between = here.talk(*"abcdef")
        assert await here.messenger.find(operation, after=here.id(1, private), known=between) == Sent(
            (here.id(2, private),)
        )


async def test_a_search_cut_short_by_the_limit_goes_on_where_it_was() -> None:
    async with scene(limits=True) as here:
        [after] = here.talk("before")
        here.talk(*(f"unknown {n}" for n in range(30)))
        operation = send(here.chat, "Hello")
        await lost(here, operation, Fault.RESET)
        with pytest.raises(TemporaryError) as caught:
            await here.messenger.find(operation, after=after, known=())
        here.clock.pass_(seconds=caught.value.after or 0)
        assert await here.messenger.find(operation, after=after, known=()) == Sent((here.id(32),))


async def test_a_search_that_cannot_end_now_says_why() -> None:
    async with scene() as here:
        [after] = here.talk("before")
        operation = send(here.chat, "Hello")
        await here.server.pause()
        with pytest.raises(TemporaryError):
            await here.messenger.find(operation, after=after, known=())
        await here.server.resume()
        here.server.faults.once(Fault.STALL, method=LOOK)
        with pytest.raises(UnknownOutcome):
            await here.messenger.find(operation, after=after, known=())
        here.server.kick_bot(here.group, here.anna)
        with pytest.raises(PermanentError) as caught:
            await here.messenger.find(operation, after=after, known=())
        assert caught.value.shut_out
