"""Nobody stops, repeats or reorders what others say: from the bytes to the commit (cases 91 and 96)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from bot.messengers.base import AccountError
from bot.messengers.capabilities import CAPABILITIES
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.messengers.telegram import adapter, conversion
from bot.model import Account, Batch, ChatRef, Deletion, Message, MessageRef, MessengerName, Sender, rich
from bot.relay import Relay
from bot.voice import Voice
from tests.fakes import FakeMessenger
from tests.scripted import (
    BEGIN,
    Homeserver,
    answer,
    matrix_event,
    matrix_intake,
    payload,
    section,
    state,
    telegram_intake,
    text,
)
from tests.trust import raw
from tests.trust.world import EVE, INDY, KOELN, LEEDS, TOM, World

LIMIT = 20
"""Seconds until a script must be finished."""
DIRECT = "!mallory:direct"
_numbers = count(1)


async def takes(
    world: World, batches: AsyncGenerator[Batch, None], name: MessengerName, most: int = 10**9
) -> str | None:
    """Process a script, at most `most` batches of it, and return the last cursor."""
    messenger, cursor = FakeMessenger(name, CAPABILITIES[name]), None
    messenger.account = Account(name, "script")  # the world's own has a cursor of its own
    try:
        async with asyncio.timeout(LIMIT):
            async for batch in batches:
                await world.app.inbox.take(messenger, batch)
                cursor = batch.cursor or cursor
                most -= 1
                if not most:
                    break
    except AccountError:
        pass  # the end of the script
    except Exception as error:
        raise AssertionError(f"stopped by {error!r}") from error
    await world.quiet()
    return cursor


async def reads(world: World, server: Homeserver, cursor: str = BEGIN, most: int = 10**9) -> str | None:
    """Process a homeserver's script, and return the last cursor."""
    async with matrix_intake(server) as (intake, _):
        return await takes(world, intake.events(cursor, world.app._in_dialogue), MessengerName.MATRIX, most)


def in_indy(*events: Any) -> dict[str, Any]:
    """Return a sync response with events of Indianapolis's room."""
    return answer({INDY.id: section(*events, state=state(members=["@mallory:evil"]))})


def at_koeln(world: World) -> list[str]:
    return [each.partition(": ")[2] for each in world.at(KOELN)]


# One event


UNCLEAN = ("$\ud800", "$a\0b", "$" + "ä" * 200, "$" + "x" * 70_000, "$\x1b[2J", "")


@pytest.mark.parametrize("id", UNCLEAN)
@pytest.mark.parametrize("kind", ["edit", "reaction", "reply"])
async def test_case_91_what_is_no_id_stops_nothing_although_it_is_encrypted(world: World, id: str, kind: str) -> None:
    """The homeserver cannot read it."""
    relations: dict[str, Any] = {
        "edit": {"rel_type": "m.replace", "event_id": id},
        "reaction": {"rel_type": "m.annotation", "event_id": id, "key": "👍"},
        "reply": {"m.in_reply_to": {"event_id": id}},
    }
    content = {**text("x"), "m.new_content": text("y"), "m.relates_to": relations[kind]}
    type = "m.reaction" if kind == "reaction" else "m.room.message"
    server = Homeserver()
    async with matrix_intake(server) as (intake, crypto):
        signer = crypto.sealer(DIRECT)
        sealed = signer(json.dumps({"type": type, "content": content, "room_id": DIRECT}))
        attack = matrix_event(sealed, "m.room.encrypted", sender="@mallory:evil")
        direct = section(attack, state=state(members=["@mallory:evil"], encrypted=True))
        server.syncs += [answer({DIRECT: direct, INDY.id: section(matrix_event(text("behind")), state=state())})]
        await takes(world, intake.events(BEGIN, world.app._in_dialogue), MessengerName.MATRIX)
    assert at_koeln(world) == ["behind"]
    assert not any("/event/" in each for each in server.asked), "what is no id is not asked for"


@pytest.mark.parametrize("where", ["read", "state", "count", "take", "apologise"])
async def test_case_91_whatever_an_event_of_matrix_breaks_it_breaks_alone(
    world: World, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw."""
    break_at(where, monkeypatch)
    poison = matrix_event(text("poison"))
    if where == "state":
        poison = matrix_event({"name": "poison"}, "m.room.name", state_key="")
    elsewhere = section(state=state()) | {"summary": "poison"}
    sound = (matrix_event(text("before")), poison, matrix_event(text("behind")))
    server = Homeserver()
    server.syncs.append(answer({LEEDS.id: elsewhere, INDY.id: section(*sound, state=state())}))
    await reads(world, server)
    assert [each for each in at_koeln(world) if each in {"before", "behind"}] == ["before", "behind"]


async def test_case_91_a_message_that_cannot_be_asked_for_stops_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_given: Any) -> None:
        raise LookupError("nobody foresaw this")

    message = world.matrix.says(INDY, TOM, "said")
    edit = world.matrix.edits(INDY, TOM, message, "edited")
    await world.quiet()
    monkeypatch.setattr(FakeMessenger, "present", fails)
    now = datetime.now(UTC)
    removal = Deletion(id="removal", ref=MessageRef(INDY, edit), sender=TOM, at=now)
    behind = Message(id="behind", ref=MessageRef(INDY, "behind"), sender=TOM, at=now, text=rich("behind"))

    async def batches() -> AsyncGenerator[Batch, None]:
        yield Batch((removal, behind), cursor="1")

    await takes(world, batches(), MessengerName.MATRIX)
    await world.quiet()
    assert at_koeln(world) == ["edited", "behind"]
    async with world.database.begin() as store:
        waiting = {each.kind: each.error for each in await store.jobs.all()}
    assert waiting.get("present:matrix") == "LookupError", "it is tried again"


def break_at(where: str, patch: pytest.MonkeyPatch) -> None:
    """Make the bot fail on whatever contains the word poison."""

    def hurts(*given: Any) -> None:
        if any("poison" in str(each) for each in given):
            raise LookupError("nobody foresaw this")

    async def fails(*_given: Any, **_more: Any) -> None:
        raise LookupError("nobody foresaw this")

    places: dict[str, tuple[Any, str]] = {
        "read": (EventReader, "read"),
        "state": (Room, "update"),
        "count": (Room, "count"),
        "take": (Relay, "message"),
        "apologise": (Relay, "message"),
        "convert": (conversion, "_message"),
    }
    if where in places:
        owner, name = places[where]
        whole = getattr(owner, name)

        def broken(*given: Any, **more: Any) -> Any:
            hurts(*given)
            return whole(*given, **more)

        patch.setattr(owner, name, broken)
    if where == "apologise":
        patch.setattr(Voice, "post", fails)
    if where == "admins":
        patch.setattr(adapter, "with_admins", fails)


@pytest.mark.parametrize("where", ["convert", "admins", "take", "apologise"])
async def test_case_91_whatever_an_update_of_telegram_breaks_it_breaks_alone(
    world: World, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_at(where, monkeypatch)
    told = [raw.message(text=each) | {"update_id": n} for n, each in enumerate(("before", "poison", "behind"), 1)]
    messenger = telegram_intake(monkeypatch, [payload(*told)])
    cursor = await takes(world, messenger.events(None), MessengerName.TELEGRAM)
    assert [each.partition(": ")[2] for each in world.at(INDY) if "poison" not in each] == ["before", "behind"]
    assert cursor == "4"


BYTES = {
    "deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "huge": b"1" * 5000,
    "text": b'"poison"',
    "list": b"[[[]]]",
    "number": b'{"update_id": "x", "message": {}}',
    "nothing": b"{}",
    "null": b"null",
}


@pytest.mark.parametrize("poison", BYTES.values(), ids=BYTES)
async def test_case_91_bytes_that_are_no_update_stop_nothing(
    world: World, poison: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, behind = (
        json.dumps(raw.message(text=each) | {"update_id": n}).encode() for n, each in ((1, "1"), (2, "2"))
    )
    messenger = telegram_intake(monkeypatch, [b'{"ok": true, "result": [%s, %s, %s]}' % (before, poison, behind)])
    await takes(world, messenger.events(None), MessengerName.TELEGRAM)
    assert [each.partition(": ")[2] for each in world.at(INDY)] == ["1", "2"]


@pytest.mark.parametrize("field", ["username", "name", "zone", "event", "account", "message"])
async def test_case_91_what_the_database_does_not_take_is_not_tried_for_ever(world: World, field: str) -> None:
    odd: Any = ["no", "text"] if field in {"username", "name", "zone"} else "\ud800" * 3
    assert EVE.account
    eve = {
        "username": replace(EVE, username=odd),
        "name": replace(EVE, name=odd),
        "zone": replace(EVE, zone=odd),
        "account": replace(EVE, account=Account(MessengerName.TELEGRAM, odd)),
    }.get(field, EVE)
    poison = message(eve, "poison")
    if field in {"event", "message"}:
        poison = replace(poison, **{"event": {"id": odd}, "message": {"ref": MessageRef(KOELN, odd)}}[field])

    async def once() -> AsyncGenerator[Batch, None]:
        yield Batch((message(EVE, "before"), poison, message(EVE, "behind")), "5")

    assert await takes(world, once(), MessengerName.TELEGRAM) == "5"
    assert [each.partition(": ")[2] for each in world.at(INDY)] == ["before", "behind"]


def message(who: Sender, words: str) -> Message:
    id = str(next(_numbers))
    return Message(id=f"stall {id}", ref=MessageRef(KOELN, id), sender=who, at=datetime.now(UTC), text=rich(words))


# Many


def missed(server: Homeserver, room: ChatRef, number: int) -> None:
    """Put `number` events into the gap that the bot has missed, and one into the sync response."""

    def event(index: int) -> dict[str, Any] | None:
        return matrix_event(text(str(index)), event_id=f"$m{index}") if index < number else None

    server.missed[room.id] = event
    newest = matrix_event(text(str(number)), event_id="$newest")
    server.syncs.append(answer({room.id: section(newest, limited=True, prev_batch="p", state=state())}))


async def test_case_96_what_was_missed_comes_page_by_page_and_a_crash_repeats_nothing(world: World) -> None:
    for _ in range(2):  # the second time after a crash
        server = Homeserver()
        missed(server, INDY, 450)
        held = []

        async def counted(
            batches: AsyncGenerator[Batch, None], server: Homeserver = server
        ) -> AsyncGenerator[Batch, None]:
            taken = 0
            async for batch in batches:
                taken += len(batch.events)
                held.append(max(server.given - taken, len(batch.events)))  # noqa: B023 - used within this iteration
                yield batch

        async with matrix_intake(server) as (intake, _):
            events = counted(intake.events(BEGIN, world.app._in_dialogue))
            cursor = await takes(world, events, MessengerName.MATRIX, most=4 if not world.at(KOELN) else 10**9)
        assert max(held) <= 200, "no more than a page is held at a time"
        assert (cursor is None) == (len(held) == 4), "the cursor moves with the last batch"
    assert at_koeln(world) == [str(number) for number in range(451)]


async def test_case_96_of_what_was_missed_in_a_strangers_room_only_the_end_is_looked_at(world: World) -> None:
    server = Homeserver()
    missed(server, LEEDS, 900)
    assert await reads(world, server)
    assert not any(each.endswith("/messages") for each in server.asked)
