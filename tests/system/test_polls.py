"""A poll by chat alone: published, voted on natively on both messengers, one of them encrypted, and closed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from bot.sandbox.telegram import Json
from tests.system.seats import CODE, LIMIT, InGroup, InSealedRoom, Scene, open_scene

START, RESPONSE, END = (f"org.matrix.msc3381.poll.{name}" for name in ("start", "response", "end"))
"""The names that Element uses for events of polls (MSC3381)."""
POLL = "/umfrage Woran zuerst? | - Radwege | - Bäume | - Schulen | verfahren: einzeln"


@pytest.fixture
async def scene(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(synapse, tmp_path) as opened:
        yield opened


async def paired(anna: InGroup, eve: InSealedRoom) -> None:
    await anna.say("/pair Köln")
    code = (await anna.hears(CODE)).code
    await eve.say(f"!pair {code} Indianapolis")
    await eve.hears("🔒")
    await eve.say("!pair yes")
    await anna.hears("🤝", "Indianapolis")


async def votes(eve: InSealedRoom, poll: str, *answers: str) -> str:
    """Vote as Element does, under the unstable names, and return the event's id."""
    content = {"m.relates_to": {"rel_type": "m.reference", "event_id": poll}, RESPONSE: {"answers": [*answers]}}
    return await eve.send(RESPONSE, content)


async def shown(scene: Scene, anna: InGroup) -> Json:
    """Return the message with the native poll in the group, once it is there."""

    def is_poll(event: Json) -> bool:
        return event["kind"] == "message" and event["chat"] == anna.group.id and "poll" in event["message"]

    message: Json = (await scene.world.telegram.wait_for(is_poll, LIMIT))["message"]
    return message


async def tallied(scene: Scene, expected: dict[str, dict[str, int]]) -> None:
    """Wait until the ballots of poll 1 are these, by city."""
    found: dict[str, dict[str, int]] = {}
    try:
        async with asyncio.timeout(LIMIT):
            while found != expected:
                async with scene.world.store() as store:
                    (dialogue,) = await store.dialogues.all()
                    poll = await store.polls.numbered(dialogue.id, 1)
                    assert poll
                    ballots = await store.ballots.tallied(poll)
                    found = {each.name: ballots[each.id] for each in dialogue.cities if each.id in ballots}
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"{expected} was expected, but there is {found}") from None


async def test_a_poll_is_voted_on_natively_on_both_sides_and_closed(scene: Scene) -> None:
    world = scene.world
    mehmet = world.telegram.person("Mehmet", "Kaya", "mehmet")
    anna, grace = await scene.anna("Rathaus Köln", mehmet), await scene.grace(encrypted=True)
    async with scene.encrypting("Eve Turner", grace) as eve:
        await grace.human.set_power(grace.room, eve.human.id, 100)
        await paired(anna, eve)
        await anna.say(POLL)
        await anna.hears("📝")
        await anna.say("/umfrage 1 veröffentlichen")
        message, start = await shown(scene, anna), await eve.sees(lambda event: event["type"] == START)
        assert [each["text"] for each in message["poll"]["options"]] == ["1. Radwege", "2. Bäume", "3. Schulen"]
        assert message["poll"]["is_anonymous"] is False

        world.telegram.vote(anna.group, world.person, message["message_id"], 0)
        world.telegram.vote(anna.group, mehmet, message["message_id"], 1)
        await votes(eve, start["event_id"], "0")
        changed = await votes(eve, start["event_id"], "1")
        stable = {"m.relates_to": {"rel_type": "m.reference", "event_id": start["event_id"]}, "m.selections": ["2"]}
        await grace.human.send_raw(grace.room, "m.poll.response", stable)
        await tallied(scene, {"Köln": {"1": 1, "2": 1}, "Indianapolis": {"2": 1, "3": 1}})

        await world.bot.kill()  # what happens meanwhile is not lost
        world.telegram.vote(anna.group, mehmet, message["message_id"])
        world.telegram.vote(anna.group, world.person, message["message_id"], 2, anonymous=True)
        await eve.human.redact(grace.room, changed)
        await world.start()
        await tallied(scene, {"Köln": {"1": 1}, "Indianapolis": {"1": 1, "3": 1}})
        await anna.hears("im Namen einer Gruppe")

        await anna.say("/umfrage 1 schließen")
        await eve.sees(lambda event: event["type"] == END)
        await world.wait(lambda: _closed(scene, anna, message), "the native poll is stopped")
        for seat, words in ((anna, "Umfrage 1"), (eve, "poll 1")):
            await seat.hears(words, "1.", "Radwege")
        await tallied(scene, {"Köln": {"1": 1}, "Indianapolis": {"1": 1, "3": 1}})
    assert world.telegram.violations == []


def _closed(scene: Scene, anna: InGroup, message: Json) -> bool:
    now = next(
        each for each in scene.world.telegram.messages(anna.group) if each["message_id"] == message["message_id"]
    )
    return bool(now["poll"]["is_closed"])
