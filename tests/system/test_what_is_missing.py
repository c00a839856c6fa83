"""What prevents messages from being relayed is reported when a chat is paired, by the real process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.sandbox.synapse import Synapse
from tests.system.seats import CODE, LIMIT, InGroup, Scene, open_scene


@pytest.fixture
async def scene(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(synapse, tmp_path) as opened:
        yield opened


async def member(scene: Scene) -> InGroup:
    """Add the bot to Anna's group, without admin rights and in privacy mode, the default."""
    world = scene.world
    group = world.telegram.group("Rathaus", [world.person], bots=[])
    world.telegram.add_bot(group, world.person, world.account)
    return scene.in_group(group, world.person)


async def test_privacy_mode_is_said_at_pairing_and_confirmed_when_it_hides_nothing_more(scene: Scene) -> None:
    anna, grace = await member(scene), await scene.grace("City Hall")
    await anna.say("/pair Köln")
    code = (await anna.hears(CODE)).code
    await grace.say(f"!pair {code} Indianapolis")
    missing = await anna.hears("fehlt etwas")
    assert "Administrator" in missing.text
    await grace.hears("is not fully set up", "Köln (Telegram)")
    await grace.hears("missing in this chat", "moderator")
    scene.world.telegram.promote(anna.group, scene.world.account)
    await anna.hears("✅", "Köln (Telegram)")
    await grace.hears("✅", "Köln (Telegram)")
    await anna.say("Guten Tag!")
    await grace.hears("Guten Tag!")
    assert scene.world.telegram.violations == []


async def test_a_channel_is_told_that_it_does_not_serve_and_left(scene: Scene) -> None:
    world = scene.world
    channel = world.telegram.group("City news", [world.person], channel=True, bots=[])
    world.telegram.add_bot(channel, world.person, world.account, admin=True)
    await scene.in_group(channel, world.person).hears("Kanal")

    def has_left(event: dict[str, object]) -> bool:
        return (event["kind"], event["chat"], event.get("status")) == ("member", channel.id, "left")

    await world.telegram.wait_for(has_left, LIMIT)
    assert world.telegram.violations == []
