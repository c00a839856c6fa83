"""What somebody takes back goes everywhere, whatever it was and however far it has got."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from bot.messengers.base import PermanentError
from bot.model import Attachment, Reason
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story


@pytest.mark.parametrize("kind", ["sticker", "voice"])
async def test_a_file_that_is_taken_back_while_it_is_sent_goes_with_its_words(story: Story, kind: str) -> None:
    file = Attachment(kind, "x", 5, mime="image/webp", source="matrix:x", filename="x.webp")
    story.matrix.attachments["matrix:x"] = b"bytes"
    story.telegram.hold_answers()
    id = story.matrix.says(INDY, TOM, "", attachment=file)
    await story.telegram.wait_for_posts(KOELN, 1)
    story.matrix.deletes(INDY, TOM, id)
    await story.matrix.taken_in()
    story.telegram.release_answers()
    await story.quiet()
    assert story.at(KOELN) == []


async def test_delete_as_a_reply_removes_a_file_its_copies_and_what_was_shown_of_reactions(story: Story) -> None:
    story.telegram.attachments["telegram:p"] = b"photo"
    photo = Attachment("photo", "", 5, mime="image/jpeg", source="telegram:p")
    id = story.telegram.says(KOELN, MEHMET, "Rhein", attachment=photo)
    await story.quiet()
    (copy,) = story.matrix.messages_in(INDY)
    story.matrix.reacts(INDY, TOM, copy.id, "👍")
    await story.quiet()
    assert story.at(KOELN) == ["👍 Tom Jackson (Indianapolis)"]
    assert await story.says(KOELN, MEHMET, "/delete", reply_to=id) == "In allen Chats gelöscht."
    assert story.at(INDY) == []
    assert story.at(KOELN) == ["In allen Chats gelöscht."]


async def test_what_can_no_longer_be_deleted_shows_that_it_was_removed(story: Story) -> None:
    story.matrix.attachments["matrix:x"] = b"bytes"
    old = PermanentError("too old", Reason.NOT_ALLOWED)
    voice = PermanentError("no picture", Reason.NOT_ACCEPTABLE)
    for file, faults in ((None, [old]), ("photo", [old]), ("voice", [old, voice])):
        attachment = Attachment(file, "x", 5, mime="image/jpeg", source="matrix:x") if file else None
        id = story.matrix.says(INDY, TOM, "Oops", attachment=attachment)
        await story.quiet()
        story.telegram.faults += faults
        story.matrix.deletes(INDY, TOM, id)
        await story.quiet()
    assert story.at(KOELN) == ["[gelöscht]"] * 3
    _words, photo, voice_message = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert photo.data
    assert Image.open(BytesIO(photo.data)).size == (320, 180)
    assert voice_message.data == b"bytes"
    assert story.at(INDY) == []
