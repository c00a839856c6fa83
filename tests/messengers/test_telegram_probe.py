"""A lost answer is settled by looking: what was sent is found, and nothing else is taken for it."""

import pytest

from bot.messengers.base import Ambiguous, Refused, TryAgain
from bot.model import Button, Send
from bot.sandbox.telegram import Fault
from tests.messengers.telegram_scene import ANNA, Scene, ref, scene, send

VOTE = (Button("yes", "👍", "y"), Button("no", "👎", "n"))


async def lost(here: Scene, order: Send, fault: Fault) -> None:
    here.server.faults.once(fault)
    with pytest.raises(Ambiguous):
        await here.messenger.deliver(order)


def talk(here: Scene, *words: str) -> list[str]:
    return [str(here.server.say(here.group, here.ben, word)["message_id"]) for word in words]


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.STALL, Fault.GARBLE])
async def test_what_was_performed_is_found(fault: Fault) -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        order = send(here.chat, "  Hello \n", author=ANNA, buttons=VOTE, reply_to=after)
        await lost(here, order, fault)
        assert await here.messenger.find(order, after=after, known=()) == "2"
        assert "edit_date" not in here.server.messages(here.group)[-1]  # looking changed nothing
        assert await here.messenger.deliver(send(here.chat, "next", token="t2")) == "3"


@pytest.mark.parametrize("fault", [Fault.LOSE, Fault.HANG, Fault.ERROR, Fault.GATEWAY])
async def test_what_was_not_performed_is_not_found(fault: Fault) -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        order = send(here.chat, "Hello")
        await lost(here, order, fault)
        assert await here.messenger.find(order, after=after, known=()) is None
        assert here.server.stats.calls["editMessageText"] == 5


async def test_others_in_between_are_passed_over() -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        talk(here, *(f"unknown {n}" for n in range(7)))
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        talk(here, "later")
        assert await here.messenger.find(order, after=after, known=()) == "9"


async def test_known_ones_are_left_alone() -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        twin = await here.messenger.deliver(send(here.chat, "Good morning"))
        other = await here.messenger.deliver(send(here.chat, "Something else"))
        order = send(here.chat, "Good morning", token="t2")
        await lost(here, order, Fault.LOSE)
        assert await here.messenger.find(order, after=after, known={twin, other}) is None
        assert [m["text"] for m in here.server.messages(here.group)] == ["before", "Good morning", "Something else"]


async def test_gaps_of_deleted_ones_do_not_end_the_search_before_the_newest_known() -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        for id in talk(here, *(f"gone {n}" for n in range(8))):
            here.server.delete(here.group, here.ben, int(id))
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        newest = talk(here, "known")
        assert await here.messenger.find(order, after=after, known=newest) == "10"


async def test_only_free_ids_in_a_row_end_the_search() -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        for word in ("gone", "gone", "gone", "stays", "gone", "gone", "gone"):
            [id] = talk(here, word)
            if word == "gone":
                here.server.delete(here.group, here.ben, int(id))
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        assert await here.messenger.find(order, after=after, known=()) == "9"


async def test_what_someone_deleted_meanwhile_is_not_found() -> None:
    async with scene() as here:
        [after] = talk(here, "before")
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        here.server.delete(here.group, here.anna, 2)
        assert await here.messenger.find(order, after=after, known=()) is None


async def test_without_any_known_id_it_begins_at_the_first() -> None:
    async with scene() as here:
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        assert await here.messenger.find(order, after="", known=()) == "1"


async def test_the_search_ends_somewhere() -> None:
    async with scene() as here:
        talk(here, *(f"old {n}" for n in range(250)))
        assert await here.messenger.find(send(here.chat, "Hello"), after="", known=()) is None
        assert here.server.stats.calls["editMessageText"] <= 201


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
        order = send(ref(private), "Hello")
        await lost(here, order, Fault.RESET)
        between = talk(here, *"abcdef")
        assert await here.messenger.find(order, after="1", known=between) == "2"


async def test_a_search_cut_short_by_the_limit_goes_on_where_it_was() -> None:
    async with scene(limits=True) as here:
        [after] = talk(here, "before")
        talk(here, *(f"unknown {n}" for n in range(30)))
        order = send(here.chat, "Hello")
        await lost(here, order, Fault.RESET)
        with pytest.raises(TryAgain) as caught:
            await here.messenger.find(order, after=after, known=())
        here.clock.pass_(seconds=caught.value.after or 0)
        assert await here.messenger.find(order, after=after, known=()) == "32"


async def test_a_search_that_cannot_end_now_says_why() -> None:
    async with scene() as here:
        order = send(here.chat, "Hello")
        await here.server.pause()
        with pytest.raises(TryAgain):
            await here.messenger.find(order, after="", known=())
        await here.server.resume()
        here.server.faults.once(Fault.STALL, method="editMessageText")
        with pytest.raises(Ambiguous):
            await here.messenger.find(order, after="", known=())
        here.server.kick_bot(here.group, here.anna)
        with pytest.raises(Refused) as caught:
            await here.messenger.find(order, after="", known=())
        assert caught.value.shut_out
