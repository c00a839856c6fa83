"""Files that people send arrive in the other cities' chats, with caption and attribution."""

from __future__ import annotations

from dataclasses import replace

from bot.model import Attachment, ChatRef, FileKind
from tests.fake_chats import FakeMessage
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story

PHOTO = Attachment(
    "photo", "", 9, mime="image/jpeg", source="telegram:p1", unique="p1", width=640, height=480, spoiler=True
)
PLAN = Attachment("file", "Plan.pdf", 6, mime="application/pdf", source="matrix:plan", filename="Plan.pdf")


async def test_a_file_crosses_either_way_with_caption_and_attribution(story: Story) -> None:
    story.telegram.attachments["telegram:p1"] = b"the photo"
    story.matrix.attachments["matrix:plan"] = b"a plan"
    story.telegram.says(KOELN, MEHMET, "Der Rhein", attachment=PHOTO)
    story.matrix.says(INDY, TOM, "", attachment=PLAN)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: Der Rhein"]
    photo = _sent(story, INDY)
    assert photo.data == b"the photo"
    assert photo.file
    assert (photo.file.kind, photo.file.width, photo.file.spoiler) == (FileKind.PHOTO, 640, True)
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: "]
    plan = _sent(story, KOELN)
    assert plan.data == b"a plan"
    assert plan.file
    assert (plan.file.kind, plan.file.name, plan.file.mime) == (FileKind.DOCUMENT, "Plan.pdf", "application/pdf")


async def test_an_edited_caption_keeps_the_file_and_another_file_replaces_it(story: Story) -> None:
    story.telegram.attachments |= {"telegram:p1": b"the photo", "telegram:p2": b"a better one"}
    id = story.telegram.says(KOELN, MEHMET, "Der Rhein", attachment=PHOTO)
    await story.quiet()
    again = replace(PHOTO, source="telegram:p1-again")  # the ids of files change, unlike what they name
    story.telegram.edits(KOELN, MEHMET, id, "Der Rhein bei Köln", attachment=again)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: Der Rhein bei Köln"]
    assert _sent(story, INDY).data == b"the photo"
    other = replace(PHOTO, source="telegram:p2", unique="p2")
    story.telegram.edits(KOELN, MEHMET, id, "Der Rhein bei Köln", attachment=other)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: Der Rhein bei Köln"]
    assert _sent(story, INDY).data == b"a better one"


async def test_both_sides_are_told_what_is_too_large_and_the_words_arrive(story: Story) -> None:
    film = Attachment("video", "Film.mp4", 61_230_000, source="telegram:v", filename="Film.mp4")
    story.telegram.says(KOELN, MEHMET, "Unser Fest", attachment=film)
    await story.quiet()
    line = "[Video: Film.mp4, 61.3 MB – too large to be passed on, visible only in the original chat]"
    assert story.at(INDY) == [f"Mehmet Kaya · Köln: {line}\nUnser Fest"]
    (told,) = story.at(KOELN)
    assert "Film.mp4 (61,3 MB)" in told
    assert "20 MB" in told


def _sent(story: Story, chat: ChatRef) -> FakeMessage:
    return next(each for each in story.messenger(chat).messages_in(chat) if each.post and each.file)
