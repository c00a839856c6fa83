"""Edits and deletions take effect in the other city's chat as they do in the author's own."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.messengers.base import TemporaryError
from bot.model import Attachment, Edit, MessageRef, Replace, bold, rich
from storage import tables
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story


def words(story: Story) -> list[str]:
    """Return the texts in Köln, without the attributions."""
    return [line.partition(": ")[2] for line in story.at(KOELN)]


async def test_a_removed_edit_brings_back_the_text_now_in_force(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "right figure: 5")
    better = story.matrix.edits(INDY, TOM, id, "right figure: 5.0")
    worse = story.matrix.edits(INDY, TOM, id, "wrong figure, insulting words")
    await story.quiet()
    assert words(story) == ["wrong figure, insulting words"]
    story.matrix.deletes(INDY, GRACE, worse)
    await story.quiet()
    assert words(story) == ["right figure: 5.0"]
    story.matrix.deletes(INDY, TOM, better)
    await story.quiet()
    assert words(story) == ["right figure: 5"]
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert words(story) == []


async def test_an_edit_that_is_no_longer_in_force_is_removed_without_a_trace(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "one")
    first = story.matrix.edits(INDY, TOM, id, "two")
    again = story.matrix.edits(INDY, TOM, id, "two")
    story.matrix.edits(INDY, TOM, id, "three")
    await story.quiet()
    calls = len(story.telegram.calls)
    for source in (first, again):
        story.matrix.deletes(INDY, TOM, source)
    await story.quiet()
    assert words(story) == ["three"]
    assert len(story.telegram.calls) == calls


async def test_removing_the_second_of_two_like_edits_leaves_the_first(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "one")
    first = story.matrix.edits(INDY, TOM, id, "two")
    second = story.matrix.edits(INDY, TOM, id, "two")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, first)
    await story.quiet()
    assert words(story) == ["two"]
    story.matrix.deletes(INDY, TOM, second)
    await story.quiet()
    assert words(story) == ["one"]


async def test_what_was_removed_with_its_message_does_not_come_back(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "one")
    edit = story.matrix.edits(INDY, TOM, id, "two")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, id)
    story.matrix.deletes(INDY, TOM, edit)
    await story.quiet()
    assert words(story) == []


async def test_the_text_before_a_removed_edit_comes_back_once_the_messenger_answers(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    present, asked = story.matrix.present, 0

    async def late(message: MessageRef) -> Edit | None:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise TemporaryError("does not answer", after=0)
        return await present(message)

    monkeypatch.setattr(story.matrix, "present", late)
    id = story.matrix.says(INDY, TOM, "right")
    edit = story.matrix.edits(INDY, TOM, id, "wrong")
    await story.quiet()
    story.matrix.deletes(INDY, TOM, edit)
    story.matrix.says(INDY, TOM, "and on it goes")
    await story.quiet()
    await story.quiet()
    assert words(story) == ["right", "and on it goes"]
    assert asked == 2


async def test_the_edit_of_someone_muted_is_removed_but_nothing_new_of_theirs_crosses(story: Story) -> None:
    id = story.matrix.says(INDY, TOM, "right")
    edit = story.matrix.edits(INDY, TOM, id, "insulting")
    await story.quiet()
    await story.says(INDY, GRACE, "!mute @Tom")
    hidden = story.matrix.edits(INDY, TOM, id, "even worse")
    story.matrix.deletes(INDY, GRACE, hidden)
    await story.quiet()
    assert words(story)[0] == "insulting"
    story.matrix.deletes(INDY, GRACE, edit)
    await story.quiet()
    assert words(story)[0] == "right"


async def test_an_edit_that_changes_nothing_does_not_mark_the_message_as_edited(story: Story) -> None:
    text = rich("see ", bold("page 5"))
    id = story.telegram.says(KOELN, MEHMET, text)
    plan = story.telegram.says(KOELN, ANNA, "", attachment=Attachment("file", "plan.pdf", 10))
    story.telegram.edits(KOELN, MEHMET, id, text)
    story.telegram.edits(KOELN, ANNA, plan, "", attachment=Attachment("file", "plan.pdf", 10))
    await story.quiet()
    assert not any(isinstance(call, Replace) for call in story.matrix.calls)
    for change in ("see page 5", "see page 6", "see page 6"):
        story.telegram.edits(KOELN, MEHMET, id, change)
        await story.quiet()
    story.telegram.edits(KOELN, ANNA, plan, "", attachment=Attachment("file", "budget.pdf", 10))
    await story.quiet()
    assert sum(isinstance(call, Replace) for call in story.matrix.calls) == 3


async def test_an_edit_that_changes_nothing_while_its_message_waits_is_none(story: Story) -> None:
    story.matrix.hold()
    id = story.telegram.says(KOELN, MEHMET, "um 3")
    story.telegram.edits(KOELN, MEHMET, id, "um 4")
    story.telegram.edits(KOELN, MEHMET, id, "um 4")
    await story.telegram.taken_in()
    story.matrix.release()
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["um 4"]
    story.telegram.edits(KOELN, MEHMET, id, "um 3")
    await story.quiet()
    assert [line.partition(": ")[2] for line in story.at(INDY)] == ["um 3"]


async def test_the_same_words_leave_another_digest_in_each_message_and_none_without_the_key(story: Story) -> None:
    for _ in range(2):
        story.telegram.says(KOELN, MEHMET, "Ja")
    await story.quiet()
    async with story.database.engine.connect() as connection:
        digests = (await connection.execute(sa.select(tables.messages.c.digest))).scalars().all()
    assert len(set(digests)) == 2
    assert all(digest and len(digest) == 32 for digest in digests)
