"""What cannot be written to a chat waits: people are told once, and all of it arrives in order in the end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.messengers.base import PermanentError, Reason, TemporaryError
from bot.model import Membership, Presence
from storage import Database, State
from tests.clocks import Clock
from tests.fakes import TELEGRAM
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, private_chat, running

KICKED = PermanentError("kicked", Reason.NO_RIGHTS, shut_out=True)


class Pausing(Story):
    """A story with a clock that only the test moves."""

    def __init__(self, database: Database) -> None:
        self.clock = Clock()
        super().__init__(database, clock=self.clock)

    async def later(self, **by: float) -> None:
        self.clock.pass_(**by)
        self.app.outbox.wake([KOELN.lane])
        await self.quiet()

    async def becomes(self, presence: Presence) -> None:
        at = self.clock()
        event = Membership(id=f"{presence} {at}", chat=KOELN, sender=MEHMET, at=at, presence=presence)
        self.telegram.happens(event)
        await self.quiet()


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Pausing]:
    it = Pausing(database)
    await it.set_up()
    async with running(it):
        yield it


async def test_what_a_chat_does_not_accept_waits_and_arrives_in_order(story: Pausing) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    story.telegram.faults = [KICKED]
    await story.says(INDY, TOM, "one")
    edited = story.matrix.says(INDY, TOM, "two")
    story.matrix.edits(INDY, TOM, edited, "two, edited")
    await story.quiet()
    (told,) = story.at(INDY)
    assert told.startswith("⏸ I cannot write in the chat of Köln (Telegram) at the moment: I am no longer in the chat")
    assert story.at(private_chat(ANNA))[-1].startswith("⏸ Ich kann im Chat von Köln (Telegram) zurzeit nicht schreiben")
    assert "2 messages wait" in await story.says(INDY, GRACE, "!status")
    assert "⏸ waits, 0 seconds so far" in await story.says(INDY, TOM, "!status", reply_to=edited)
    story.telegram.faults = [KICKED]
    await story.later(minutes=1)
    assert story.at(KOELN) == []
    await story.later(minutes=1)
    assert story.at(KOELN) == [], "the pause doubles"
    await story.later(minutes=1)
    assert [text.partition(": ")[2] for text in story.at(KOELN)] == ["one", "two, edited"]
    assert "✅ I can write in the chat of Köln (Telegram) again" in story.at(INDY)[-1]
    assert len([text for text in story.at(INDY) if text.startswith("⏸ I cannot")]) == 1


async def test_who_is_let_in_again_gets_what_waited_at_once_and_hears_what_was_missed(story: Pausing) -> None:
    await story.becomes(Presence.GONE)
    calls = len(story.telegram.calls)
    await story.says(INDY, TOM, "while you were away")
    assert len(story.telegram.calls) == calls, "nothing is tried"
    assert "Mehmet Kaya has removed me" in story.at(INDY)[-1]
    await story.becomes(Presence.JOINED)
    waited, back = story.at(KOELN)
    assert waited == "Tom Jackson · Indianapolis: while you were away"
    assert back.startswith("Ich kann hier wieder lesen und schreiben.")
    assert "did not reach me" in story.at(INDY)[-1]


@pytest.mark.parametrize(
    ("reason", "told"),
    [(Reason.NOT_ALLOWED, "The topic there is closed."), (Reason.GONE, "The chat or topic there no longer exists.")],
)
async def test_the_reason_is_told(story: Pausing, reason: Reason, told: str) -> None:
    story.telegram.faults = [PermanentError("TOPIC_CLOSED", reason, shut_out=True)]
    await story.says(INDY, TOM, "one")
    assert told in story.at(INDY)[-1]
    await story.becomes(Presence.REOPENED)
    assert [text.partition(": ")[2] for text in story.at(KOELN)] == ["one"]
    assert "✅ I can write in the chat of Köln (Telegram) again" in story.at(INDY)[-1]


async def test_what_has_waited_for_a_week_is_given_up(story: Pausing) -> None:
    story.telegram.faults = [KICKED]
    await story.says(INDY, TOM, "old")
    await story.later(seconds=1)
    await story.later(days=8)
    assert [text.partition(": ")[2] for text in story.at(KOELN)] == ["old"], "it is tried all the same"
    story.telegram.faults = [KICKED]
    await story.says(INDY, TOM, "older")
    story.telegram.faults = [KICKED]
    await story.later(days=8)
    await story.says(INDY, TOM, "new")
    await story.later(hours=1)
    assert [text.partition(": ")[2] for text in story.at(KOELN)] == ["old", "new"]
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
    assert failed.reason is Reason.NO_RIGHTS


async def test_a_restart_does_not_end_a_pause_and_a_new_pairing_does(story: Pausing) -> None:
    story.telegram.faults = [KICKED]
    await story.says(INDY, TOM, "one")
    async with story.database.begin() as store:
        assert KOELN.lane not in await store.deliveries.waiting(story.clock())
        chat = await store.chats.by_ref(KOELN)
        (dialogue,) = await store.dialogues.all()
        assert chat
        assert chat.city
        await store.chats.pair(KOELN, dialogue, chat.city)
        assert KOELN.lane in await store.deliveries.waiting(story.clock())


async def test_in_slow_mode_all_that_waits_is_one_message(story: Pausing) -> None:
    story.telegram.capabilities = replace(TELEGRAM, per_chat_minute=1000)
    story.app.outbox.serve(story.telegram)
    story.telegram.hold_answers()
    story.telegram.faults = [("done", TemporaryError("retry after", after=0.01))]
    story.matrix.says(INDY, TOM, "0")
    await story.telegram.wait_for_posts(KOELN, 1)
    for number in range(1, 4):
        story.matrix.says(INDY, TOM, str(number))
    await story.matrix.taken_in()
    story.telegram.release_answers()
    await story.quiet()
    assert [text.count("Tom Jackson") for text in story.at(KOELN)] == [1, 4]
