"""Topics of a forum: what is said in one stays in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.messengers.base import PermanentError, Reason
from bot.model import File, FileKind, Message, Pin, Post, Presence, Send, plain, rich
from bot.model import Membership as BotMembership
from tests.messengers.telegram_scene import TelegramScene, ref, scene, send


@asynccontextmanager
async def opened(_source: str) -> AsyncIterator[AsyncIterator[bytes]]:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a plan"

    yield chunks()


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


async def test_messages_replies_and_pins_are_read_in_their_topic(here: TelegramScene) -> None:
    server, anna = here.server, here.anna
    forum = server.group("Forum", [anna], forum=True, bot_admin=True)
    topic = server.topic(forum, "Trees")
    first = server.say(forum, anna, "Oaks?", thread=topic)["message_id"]
    server.say(forum, anna, "Yes", reply_to=first, thread=topic)
    server.say(forum, anna, "in General")
    server.pin(forum, anna, first)
    read = await here.events(4)
    said = [event for event in read if isinstance(event, Message)]
    assert [(plain(each.text), each.ref.chat) for each in said] == [
        ("Oaks?", ref(forum, topic)),
        ("Yes", ref(forum, topic)),
        ("in General", ref(forum)),
    ]
    assert said[0].reply is None
    assert said[1].reply
    assert said[1].reply.to == said[0].ref
    assert read[-1].ref == said[0].ref  # type: ignore[union-attr]


async def test_replies_albums_and_pins_are_written_in_their_topic(here: TelegramScene) -> None:
    forum = here.server.group("Forum", [here.anna], forum=True, bot_admin=True)
    topic = here.server.topic(forum, "Trees")
    said = here.server.say(forum, here.anna, "Plan?", thread=topic)["message_id"]
    place = ref(forum, topic)
    plan = File(kind=FileKind.DOCUMENT, source="x", name="a.txt", mime="text/plain")
    album = Send(chat=place, post=Post(rich("Two"), files=(plan, plan)), token="a", reply_to=here.id(said, forum))
    sent = await here.messenger.deliver(album, opened)
    await here.messenger.deliver(Pin(chat=place, id=sent.id, pinned=True, token="p"))
    await here.messenger.deliver(send(ref(forum), "General"))
    *_, one, two, pinned, general = here.server.messages(forum)
    assert {each["message_thread_id"] for each in (one, two, pinned)} == {topic}
    assert one["reply_to_message"]["text"] == "Plan?"
    assert "message_thread_id" not in general


async def test_a_closed_topic_and_one_that_is_gone_shut_the_bot_out_until_it_is_reopened(here: TelegramScene) -> None:
    server = here.server
    forum = server.group("Forum", [here.anna], forum=True)
    topic = server.topic(forum, "Trees")
    server.promote(forum, here.bot, rights=("can_delete_messages",))
    server.close_topic(forum, topic)
    for place, reason in ((ref(forum, topic), Reason.NOT_ALLOWED), (ref(forum, 999), Reason.GONE)):
        with pytest.raises(PermanentError) as refused:
            await here.messenger.deliver(send(place, "x"))
        assert (refused.value.shut_out, refused.value.reason) == (True, reason)
    server.reopen_topic(forum, topic)
    server.reopen_topic(forum)
    read = [each for each in await here.events(2) if isinstance(each, BotMembership)]
    assert [(each.presence, each.chat) for each in read[-2:]] == [
        (Presence.REOPENED, ref(forum, topic)),
        (Presence.REOPENED, ref(forum)),
    ]
