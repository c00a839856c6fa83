"""The homeserver of the demo and the client of its people."""

import secrets
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from bot.sandbox.matrix_client import HumanMatrix, MatrixError, RawEvent
from bot.sandbox.synapse import Synapse


def name() -> str:
    return f"u{secrets.token_hex(4)}"


def body(text: str) -> Callable[[RawEvent], bool]:
    return lambda event: event["content"].get("body") == text


async def two(synapse: Synapse) -> tuple[HumanMatrix, HumanMatrix, str]:
    anna, ben = await synapse.register(name(), "a", "Anna"), await synapse.register(name(), "b", "Ben")
    room = await anna.create_room("Köln", invite=[ben.id])
    await ben.join(room)
    return anna, ben, room


async def test_people_talk_edit_react_and_redact(synapse: Synapse) -> None:
    anna, ben, room = await two(synapse)
    async with ben.watch(room) as seen:
        hello = await anna.say(room, "hello", "<b>hello</b>")
        assert (await seen.wait_for(body("hello")))["event_id"] == hello
        await anna.edit(room, hello, "hullo")
        edit = await seen.wait_for(body("* hullo"))
        assert edit["content"]["m.new_content"]["body"] == "hullo"
        answer = await ben.say(room, "hi", reply_to=hello)
        assert (await seen.wait_for(body("hi")))["event_id"] == answer
        await ben.react(room, hello, "👍")
        await seen.wait_for(lambda event: event["type"] == "m.reaction")
        await anna.redact(room, hello)
        redaction = await seen.wait_for(lambda event: event["type"] == "m.room.redaction")
        assert redaction["content"]["redacts"] == hello


async def test_a_failed_wait_shows_what_was_seen(synapse: Synapse) -> None:
    anna, _, room = await two(synapse)
    await anna.say(room, "something else")
    with pytest.raises(AssertionError, match="something else"):
        await anna.wait_for(body("never said"), timeout=0.5)


async def test_a_watcher_misses_nothing_of_a_long_gap(synapse: Synapse) -> None:
    anna, ben, room = await two(synapse)
    async with anna.watch(room) as seen:
        sent = [await ben.say(room, str(number)) for number in range(110)]  # the server gives at most 100 at once
        await seen.wait_for(body("109"))
    assert [event["event_id"] for event in seen.events] == sent
    assert [event["event_id"] for event in await anna.messages(room, 50)] == sent[-50:]


async def test_rights_and_membership(synapse: Synapse) -> None:
    anna, ben, room = await two(synapse)
    with pytest.raises(MatrixError) as refused:
        await ben.kick(room, anna.id)
    assert refused.value.errcode == "M_FORBIDDEN"
    await anna.set_power(room, ben.id, 50)
    await ben.send_state(room, "m.room.name", {"name": "Cologne"})
    assert await anna.state(room, "m.room.name") == {"name": "Cologne"}
    await anna.kick(room, ben.id)
    assert (await anna.members(room))[ben.id] == "leave"


async def test_it_comes_back_on_the_same_port_with_its_data_after_a_crash_and_from_its_folder(tmp_path: Path) -> None:
    async with Synapse(tmp_path) as server:
        anna = await server.register("anna", "a", "Anna")
        room = await anna.create_room("Köln")
        url, first = server.url, server.pid
        await server.kill()
        assert first is not None
        assert not psutil.pid_exists(first)
        await server.start()
        assert server.url == url
        assert server.pid != first
        said: RawEvent = await anna.event(room, await anna.say(room, "still here"))
        assert said["content"]["body"] == "still here"
        second = server.pid
    assert second is not None
    assert not psutil.pid_exists(second)
    async with Synapse(tmp_path) as server:
        again = await server.register("anna", "a")
    assert (again.id, again.device_id != anna.device_id) == ("@anna:localhost", True)


async def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    (tmp_path / "homeserver.db").mkdir(parents=True)
    server = Synapse(tmp_path)
    with pytest.raises(RuntimeError, match="unable to open database file"):
        await server.start()
    assert server.pid is None
