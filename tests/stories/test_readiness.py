"""Pairing promises that every message is relayed: people are told what prevents that until it is fixed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.messengers.base import CheckResult
from bot.model import Membership, Presence
from bot.text.catalogue import _
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, Story, code_in
from tests.trust.guards import soon_nothing

RIGHTLESS = CheckResult(False, _("I am not an admin."), required=True)
WELL = CheckResult(True, _("I can write here."), required=True)
TRIFLE = CheckResult(False, _("I am not allowed to pin messages."))


class Paired:
    """Köln and Indianapolis, just paired, and a clock that the test advances."""

    def __init__(self, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        self.story = story
        self.ahead = timedelta()
        clock = story.app.clock
        for part in (story.app.jobs, story.app.jobs._time, story.app.inbox):
            monkeypatch.setattr(part, "_clock", lambda: clock() + self.ahead)

    async def pair(self) -> None:
        """Pair the chats, with nothing checked yet."""
        code = code_in(await self.story.says(KOELN, ANNA, "/pair Köln"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(self.story.app.jobs, "run_due", soon_nothing)
            await self.story.says(INDY, GRACE, f"!pair {code} Indianapolis")

    async def later(self, *, minutes: float = 0, hours: float = 0) -> tuple[list[str], list[str]]:
        """Advance the clock, and return the new posts in Köln and in Indianapolis."""
        before = len(self.story.at(KOELN)), len(self.story.at(INDY))
        self.ahead += timedelta(minutes=minutes, hours=hours)
        await self.story.quiet()
        return self.story.at(KOELN)[before[0] :], self.story.at(INDY)[before[1] :]


@pytest.fixture
async def paired(unpaired: Story, monkeypatch: pytest.MonkeyPatch) -> Paired:
    unpaired.telegram.findings = [WELL, RIGHTLESS, TRIFLE]
    unpaired.matrix.findings = [WELL, TRIFLE]
    made = Paired(unpaired, monkeypatch)
    await made.pair()
    return made


async def test_what_is_lacking_is_said_at_pairing_with_the_way_to_put_it_right(paired: Paired) -> None:
    ([here], [there]) = await paired.later()
    assert "I am not an admin." in here
    assert "fehlt etwas" in here
    assert "pin" not in here, "what is not needed is for /doctor"
    assert "Köln (Telegram)" in there
    assert "I am not an admin." not in there, "how to fix it is for those who can"


async def test_it_is_said_again_in_the_next_day_and_then_no_more(paired: Paired) -> None:
    await paired.later()
    assert await paired.later(minutes=5) == ([], [])
    assert await paired.later(hours=23) == ([], [])
    ([here], [_there]) = await paired.later(hours=1)
    assert "I am not an admin." in here
    assert await paired.later(hours=30) == ([], [])


async def test_it_is_confirmed_when_it_is_right(paired: Paired) -> None:
    await paired.later()
    paired.story.telegram.findings = [WELL]
    ([here], [there]) = await paired.later(minutes=3)
    assert "✅" in here
    assert "✅" in there
    paired.story.telegram.findings = [WELL, RIGHTLESS]
    assert await paired.later(hours=5) == ([], [])
    ([here], [there]) = await paired.later(hours=2)
    assert "I am not an admin." in here, "no messenger reports every change of a setting"
    assert "Köln (Telegram)" in there
    paired.story.telegram.findings = [WELL]
    ([here], [there]) = await paired.later(minutes=3)
    assert "✅" in here
    assert "✅" in there


async def test_a_change_of_rights_is_looked_at_at_once(paired: Paired) -> None:
    await paired.later()
    paired.story.telegram.findings = [WELL]
    assert await paired.later() == ([], [])
    at = paired.story.app.clock()
    before = len(paired.story.at(KOELN))
    promoted = Membership(id="promoted", chat=KOELN, sender=ANNA, at=at, presence=Presence.JOINED)
    paired.story.telegram.happens(promoted)
    await paired.story.quiet()
    (here,) = paired.story.at(KOELN)[before:]
    assert "✅" in here


async def test_something_else_that_is_lacking_is_said(paired: Paired) -> None:
    await paired.later()
    paired.story.telegram.findings = [CheckResult(False, _("I am not allowed to write here."), required=True)]
    ([here], [_there]) = await paired.later(minutes=3)
    assert "I am not allowed to write here." in here


async def test_where_nothing_is_lacking_nothing_is_said(paired: Paired) -> None:
    paired.story.telegram.findings = [WELL, TRIFLE]
    assert await paired.later() == ([], [])
    assert await paired.later(hours=30) == ([], [])


async def test_a_messenger_that_does_not_answer_is_asked_again(paired: Paired) -> None:
    paired.story.telegram.findings = [CheckResult(False, _("does not answer"))]
    assert await paired.later() == ([], [])
    paired.story.telegram.findings = [WELL, RIGHTLESS]
    ([here], _there) = await paired.later(minutes=3)
    assert "I am not an admin." in here


async def test_a_chat_that_was_taken_out_is_left_alone(paired: Paired) -> None:
    await paired.story.says(KOELN, ANNA, "/unpair")
    await paired.story.chooses(KOELN, ANNA)
    assert await paired.later(hours=30) == ([], [])


async def test_what_is_due_outlasts_the_process(paired: Paired) -> None:
    await paired.later()
    async with paired.story.database.begin() as store:
        waiting = {job.kind: job for job in await store.jobs.all()}
        chat = await store.chats.by_ref(KOELN)
    assert chat
    assert waiting["readiness:telegram"].key == str(chat.id)
    assert "I am not an admin." in waiting["readiness:telegram"].payload["told"]
