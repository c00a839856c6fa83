"""What waits for a slow group is merged: nothing is lost, and each message can still be replied to, edited, deleted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.delivery.limits import RateLimits
from bot.messengers.base import PermanentError, SendError, TemporaryError, UnknownOutcome
from bot.model import Attachment, ChatRef, MessageRef, Replace, Reply, Send, rich
from storage import Database, State
from tests.fake_chats import FakeMessage
from tests.fakes import TELEGRAM
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, running

BUSY = TemporaryError("busy")


@pytest.fixture
async def story(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Story]:
    """Köln's group takes so few messages that all that wait together are merged."""
    monkeypatch.setattr("bot.delivery.attempts.SETTLE", 0.01)
    monkeypatch.setattr(RateLimits, "free", lambda _self, _lane: 0)
    it = Story(database)
    it.telegram.capabilities = replace(TELEGRAM, per_chat_minute=1000)
    await it.set_up()
    async with running(it):
        yield it


def said(number: int, text: str = "") -> str:
    return f"Tom Jackson · Indianapolis: {text or number}"


async def fall_behind(story: Story, count: int, *faults: SendError | tuple[str, SendError]) -> list[str]:
    """Write 0, 1, … in Indianapolis while Köln cannot be reached, and return the ids; the faults come afterwards."""
    story.telegram.hold()
    ids = [story.matrix.says(INDY, TOM, str(number)) for number in range(count)]
    await story.matrix.taken_in()
    story.telegram.faults = [BUSY, *faults]  # the first attempt has nothing behind it
    story.telegram.release()
    await story.quiet()
    return ids


def in_koeln(story: Story) -> list[FakeMessage]:
    return [each for each in story.telegram.messages_in(KOELN) if each.is_ours]


async def test_what_waits_is_one_message_with_each_attributed(story: Story) -> None:
    await fall_behind(story, 30)
    assert story.at(KOELN) == ["\n\n".join(map(said, range(30)))]


async def test_what_is_said_after_a_photo_goes_under_it(story: Story) -> None:
    story.telegram.hold()
    story.matrix.attachments["matrix:p"] = b"a photo"
    photo = Attachment("photo", "", 7, mime="image/jpeg", source="matrix:p", unique="p")
    story.matrix.says(INDY, TOM, "0")
    ids = [story.matrix.says(INDY, TOM, "", attachment=photo), *(story.matrix.says(INDY, TOM, text) for text in "12")]
    await story.matrix.taken_in()
    story.telegram.faults = [BUSY]
    story.telegram.release()
    await story.quiet()
    assert story.at(KOELN) == [said(0), f"Tom Jackson · Indianapolis: \n\n{said(1)}\n\n{said(2)}"]
    story.matrix.edits(INDY, TOM, ids[1], "one")
    story.matrix.deletes(INDY, TOM, ids[0])
    await story.quiet()
    assert story.at(KOELN) == [said(0), f"{said(1, 'one')}\n\n{said(2)}"]
    assert in_koeln(story)[1].data is None
    story.matrix.deletes(INDY, TOM, ids[1])
    await story.quiet()
    assert story.at(KOELN) == [said(0), said(2)]


async def test_no_message_is_longer_than_the_messenger_allows(story: Story) -> None:
    story.telegram.hold()
    texts = [f"{number} {'x' * 1500}" for number in range(7)]
    for text in texts:
        story.matrix.says(INDY, TOM, text)
    await story.matrix.taken_in()
    story.telegram.faults = [BUSY]
    story.telegram.release()
    await story.quiet()
    assert "\n\n".join(story.at(KOELN)) == "\n\n".join(said(0, text) for text in texts)
    assert len(story.at(KOELN)) == 4


async def test_only_texts_in_reply_to_the_same_message_are_merged(story: Story) -> None:
    question = story.telegram.says(KOELN, MEHMET, "Wann?")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[-1].id
    story.telegram.hold()
    for text, reply_to in (("a", ""), ("b", ""), ("c", copy), ("d", copy), ("e", "")):
        story.matrix.says(INDY, TOM, text, reply_to=reply_to)
    await story.matrix.taken_in()
    story.telegram.faults = [BUSY]
    story.telegram.release()
    await story.quiet()
    sections = [
        ([said(0, text) for text in texts], reply_to) for texts, reply_to in (("ab", ""), ("cd", question), ("e", ""))
    ]
    assert [(each.shown.split("\n\n"), each.reply_to) for each in in_koeln(story)] == sections


async def test_other_messengers_merge_nothing(story: Story) -> None:
    story.matrix.hold()
    for number in range(5):
        story.telegram.says(KOELN, MEHMET, str(number))
    await story.telegram.taken_in()
    story.matrix.faults = [BUSY]
    story.matrix.release()
    await story.quiet()
    assert len(story.at(INDY)) == 5


async def test_a_section_is_edited_and_deleted_alone(story: Story) -> None:
    ids = await fall_behind(story, 4)
    story.matrix.edits(INDY, TOM, ids[1], "one!")
    await story.quiet()
    assert story.at(KOELN) == ["\n\n".join([said(0), said(1, "one!"), said(2), said(3)])]
    for removed, left in (
        (0, [said(1, "one!"), said(2), said(3)]),
        (2, [said(1, "one!"), said(3)]),
        (3, [said(1, "one!")]),
    ):
        story.matrix.deletes(INDY, TOM, ids[removed])
        await story.quiet()
        assert story.at(KOELN) == ["\n\n".join(left)]
    story.matrix.deletes(INDY, TOM, ids[1])
    await story.quiet()
    assert story.at(KOELN) == []


async def test_edits_and_deletions_meet_what_waits(story: Story) -> None:
    story.telegram.hold()
    ids = [story.matrix.says(INDY, TOM, str(number)) for number in range(5)]
    story.matrix.edits(INDY, TOM, ids[3], "three!")
    story.matrix.deletes(INDY, TOM, ids[2])
    await story.matrix.taken_in()
    story.telegram.faults = [BUSY]
    story.telegram.release()
    await story.quiet()
    assert story.at(KOELN) == ["\n\n".join([said(0), said(1), said(3, "three!"), said(4)])]


async def test_a_section_that_becomes_too_long_gets_a_message_of_its_own(story: Story) -> None:
    ids = await fall_behind(story, 3)
    story.matrix.edits(INDY, TOM, ids[1], "x" * 4050)
    await story.quiet()
    assert story.at(KOELN) == ["\n\n".join([said(0), said(2)]), said(1, "x" * 4050)]
    story.matrix.deletes(INDY, TOM, ids[1])
    await story.quiet()
    assert story.at(KOELN) == ["\n\n".join([said(0), said(2)])]


@pytest.mark.parametrize(("section", "answered"), [(None, 3), (1, 1), (0, 0)])
async def test_a_reply_answers_the_selected_section_or_else_the_last(
    story: Story, section: int | None, answered: int
) -> None:
    ids = await fall_behind(story, 4)
    (merged,) = in_koeln(story)
    reply = Reply(MessageRef(KOELN, merged.id), section=section)
    story.telegram.says(KOELN, MEHMET, "Ja", reply_to=merged.id, reply=reply)
    await story.quiet()
    assert story.matrix.messages_in(INDY)[-1].reply_to == ids[answered]


async def test_delete_removes_the_selected_section_everywhere(story: Story) -> None:
    ids = await fall_behind(story, 3)
    (merged,) = in_koeln(story)
    reply = Reply(MessageRef(KOELN, merged.id), section=1)
    story.telegram.says(KOELN, ANNA, "/delete", reply_to=merged.id, reply=reply)
    await story.quiet()
    assert in_koeln(story)[0].shown == "\n\n".join([said(0), said(2)])
    assert [each.id for each in story.matrix.messages_in(INDY) if each.id in ids] == [ids[0], ids[2]]


async def test_a_reply_to_one_of_them_replies_to_the_message(story: Story) -> None:
    ids = await fall_behind(story, 3)
    (merged,) = in_koeln(story)
    reply = Reply(MessageRef(INDY, ids[0]), "Tom Jackson", rich("0"), TOM.account)
    story.matrix.says(INDY, GRACE, "Agreed", reply_to=ids[0], reply=reply)
    await story.quiet()
    last = in_koeln(story)[-1]
    assert last.reply_to == merged.id
    assert last.text.startswith("Tom Jackson"), "it says which one is meant"
    assert last.text.endswith("Agreed")


async def test_an_answer_goes_before_the_backlog(story: Story) -> None:
    story.telegram.hold()
    for number in range(5):
        story.matrix.says(INDY, TOM, str(number))
    await story.matrix.taken_in()
    story.telegram.says(KOELN, ANNA, "/me")
    await story.telegram.taken_in()
    story.telegram.release()
    await story.quiet()
    first, answer, *rest = story.at(KOELN)
    assert "Anna Weber" in answer
    assert "\n\n".join([first, *rest]) == "\n\n".join(map(said, range(5)))


async def test_many_edits_of_a_message_are_few_calls_and_the_last_one_counts(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta(seconds=0.5))
    monkeypatch.setattr("bot.delivery.outbox.SWEEP", 0.05)
    (id,) = await fall_behind(story, 1)
    for number in range(40):
        story.matrix.edits(INDY, TOM, id, f"version {number}")
    await story.telegram.wait_until(lambda: story.at(KOELN) == [said(0, "version 39")], lambda: str(story.at(KOELN)))
    assert sum(isinstance(each, Replace) for each in story.telegram.calls) < 20


LOST = UnknownOutcome("the answer was lost")


@pytest.mark.parametrize(
    "faults",
    [[BUSY, BUSY], [LOST], [("done", LOST)], [("done", LOST), BUSY, LOST]],
    ids=["not done", "not done, unknown", "done, unknown", "all of them"],
)
async def test_a_passing_failure_loses_and_doubles_nothing(
    story: Story, faults: list[SendError | tuple[str, SendError]]
) -> None:
    await fall_behind(story, 5, *faults)
    assert story.at(KOELN) == ["\n\n".join(map(said, range(5)))]


async def test_a_message_that_is_refused_is_sent_one_by_one(story: Story) -> None:
    await fall_behind(story, 3, PermanentError("no"), PermanentError("not this one"))
    assert story.at(KOELN) == [said(1), said(2)]
    assert story.at(INDY) == ["⚠️ This message did not reach Köln: The messenger there does not accept it."]
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state([State.FAILED])
        assert isinstance(failed.operation, Send)
        assert await store.deliveries.retry([failed.id]) == 1
    await story.quiet()
    assert story.at(KOELN) == [said(1), said(2), said(0)]


async def test_a_chat_that_moves_takes_them_along(story: Story) -> None:
    new = ChatRef(KOELN.messenger, "-100777")
    story.telegram.messages_in(new)
    await fall_behind(story, 3, PermanentError("moved", moved_to=new))
    assert "\n\n".join(story.at(new)) == "\n\n".join(map(said, range(3)))


async def test_a_chat_that_shut_the_bot_out_keeps_each(story: Story) -> None:
    await fall_behind(story, 3, PermanentError("kicked", shut_out=True))
    async with story.database.begin() as store:
        assert len(await store.deliveries.in_state([State.QUEUED])) == 3
        chat = await store.chats.by_ref(KOELN)
        assert chat
        await store.chats.open(chat)
    await story.quiet()
    assert "\n\n".join(story.at(KOELN)) == "\n\n".join(map(said, range(3)))


async def test_nothing_of_a_merged_text_is_kept(story: Story) -> None:
    await fall_behind(story, 3)
    async with story.database.begin() as store:
        assert [each.post for each in await store.deliveries.in_state([State.DELIVERED])] == [None] * 3


async def test_a_section_that_becomes_two_messages_stays_in_order(story: Story) -> None:
    ids = await fall_behind(story, 3)
    story.matrix.edits(INDY, TOM, ids[1], f"{'x' * 4040} {'y' * 3000}")
    await story.quiet()
    merged, first, second = story.at(KOELN)
    assert merged == "\n\n".join([said(0), said(2)])
    assert (first.count("x"), second.count("y")) == (4040, 3000)


async def test_reactions_and_pins_say_what_they_can_about_a_merged_message(story: Story) -> None:
    ids = await fall_behind(story, 2)
    (merged,) = in_koeln(story)
    story.telegram.pins(KOELN, ANNA, merged.id)
    story.telegram.reacts(KOELN, MEHMET, merged.id, "🎉")
    story.matrix.reacts(INDY, GRACE, ids[0], "👍")
    await story.quiet()
    assert [each.pinned for each in story.matrix.messages_in(INDY)[:2]] == [True, True]
    theirs = [each for each in story.at(INDY) if "🎉" in each]
    assert theirs == ["🎉 Mehmet Kaya (Köln) (to several messages that arrived as one)"]
    assert story.matrix.messages_in(INDY)[1].reactions == ()
    assert merged.reactions == ()
    (summary,) = [each for each in story.at(KOELN) if "👍" in each]
    assert summary == "Tom Jackson (Indianapolis)\n👍 Grace Miller (Indianapolis, Koordination)"


async def test_what_waits_is_not_taken_for_part_of_a_message_whose_answer_was_lost(story: Story) -> None:
    story.telegram.hold_answers()
    story.telegram.faults = [("done", LOST)]
    story.matrix.says(INDY, TOM, "0")
    await story.telegram.wait_for_posts(KOELN, 1)
    story.matrix.says(INDY, TOM, "1")
    story.matrix.says(INDY, TOM, "2")
    await story.matrix.taken_in()
    story.telegram.release_answers()
    await story.quiet()
    assert story.at(KOELN) == [said(0), "\n\n".join([said(1), said(2)])]
