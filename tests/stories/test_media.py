"""Files that people send arrive in the other cities' chats, with caption and attribution."""

from __future__ import annotations

from dataclasses import replace

from bot.cli.outbox import again
from bot.messengers.base import PermanentError, Reason, TemporaryError
from bot.model import Attachment, ChatRef, FileKind, MessengerName
from storage import Database, State
from tests.clocks import Clock
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, running

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


async def test_a_file_that_is_larger_than_claimed_is_told_on_both_sides(story: Story) -> None:
    story.telegram.capabilities = replace(story.telegram.capabilities, upload_bytes=1_000)
    story.matrix.attachments["matrix:plan"] = bytes(2_000)
    story.matrix.says(INDY, TOM, "Our plan", attachment=PLAN)
    await story.quiet()
    shown = "Our plan\n⚠️ Hier fehlt eine Datei: Plan.pdf (0,1 MB)\nDie Datei ist zu groß zum Weitergeben."
    assert story.at(KOELN) == [f"Tom Jackson · Indianapolis: {shown}"]
    assert story.at(INDY)[-1].startswith("⚠️ Plan.pdf (0.1 MB) did not reach Köln: It is too large to be passed on.")
    said = next(each.id for each in story.matrix.messages_in(INDY) if not each.post)
    story.matrix.says(INDY, GRACE, "!status", reply_to=said)
    await story.quiet()
    assert story.at(INDY)[-1] == (
        "Köln (Telegram): ⚠️ arrived without Plan.pdf (0.1 MB): It is too large to be passed on."
    )
    smaller = replace(PLAN, source="matrix:smaller")
    story.matrix.attachments["matrix:smaller"] = b"a plan"
    story.matrix.edits(INDY, TOM, said, "Our plan", attachment=smaller)
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Our plan\n(bearbeitet)"]
    assert _sent(story, KOELN).data == b"a plan"


async def test_a_file_that_cannot_be_fetched_for_now_is_fetched_again_before_what_follows(story: Story) -> None:
    story.telegram.attachments["telegram:p1"] = b"the photo"
    story.telegram.fetch_faults = [TemporaryError("502"), TemporaryError("502")]
    story.telegram.says(KOELN, MEHMET, "Der Rhein", attachment=PHOTO)
    story.telegram.says(KOELN, MEHMET, "Schön, oder?")
    await story.matrix.wait_until(lambda: len(story.at(INDY)) == 2, lambda: str(story.at(INDY)))
    assert story.at(INDY) == ["Mehmet Kaya · Köln: Der Rhein", "Mehmet Kaya · Köln: Schön, oder?"]
    assert _sent(story, INDY).data == b"the photo"


async def test_words_do_not_wait_for_ever_for_a_file(database: Database) -> None:
    clock = Clock()
    story = Story(database, clock=clock)
    await story.set_up()
    async with running(story):
        story.telegram.fetch_faults = [TemporaryError("502")] * 1_000
        story.telegram.says(KOELN, MEHMET, "Der Rhein", attachment=PHOTO)
        story.telegram.says(KOELN, MEHMET, "Schön, oder?")
        await story.telegram.taken_in()
        await story.telegram.wait_until(lambda: len(story.telegram.fetch_faults) < 1_000, lambda: "not tried")
        assert story.at(INDY) == []
        clock.pass_(minutes=11)
        await story.quiet()
        assert sorted(story.at(INDY)) == [
            "Mehmet Kaya · Köln: Der Rhein\n⚠️ A file is missing here: Photo (0.1 MB)\nIt can no longer be fetched.",
            "Mehmet Kaya · Köln: Schön, oder?",
        ]
        told = "Foto (0,1 MB). Die Datei lässt sich nicht mehr abrufen. Dort steht ein Hinweis."
        assert story.at(KOELN) == [f"⚠️ Nicht in Indianapolis angekommen: {told}"]


async def test_a_file_that_another_replaces_or_that_goes_never_stands_beside_its_words(story: Story) -> None:
    """A caption that another file is not about, or a file that was taken back, would be wrong there."""
    story.matrix.attachments["matrix:plan"] = b"a plan"
    id = story.matrix.says(INDY, TOM, "Our plan", attachment=PLAN)
    await story.quiet()
    huge = replace(PLAN, source="matrix:huge", name="All plans.zip", size=400_000_000)
    story.matrix.edits(INDY, TOM, id, "Our plans", attachment=huge)
    await story.quiet()
    line = "[Datei: All plans․zip, 400 MB – zu groß zum Weitergeben, nur im ursprünglichen Chat sichtbar]"
    (copy,) = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert (copy.file, copy.text) == (None, f"{line}\nOur plans\n(bearbeitet)")
    assert "All plans․zip (400 MB) is too large" in story.at(INDY)[-1]
    story.matrix.edits(INDY, TOM, id, "Our plan", attachment=PLAN)
    await story.quiet()
    (copy,) = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert copy.data == b"a plan"


async def test_a_reply_with_a_file_keeps_both_and_a_deletion_takes_both(story: Story) -> None:
    story.matrix.attachments["matrix:plan"] = b"a plan"
    question = story.telegram.says(KOELN, MEHMET, "Wo steht das?")
    await story.quiet()
    copy = story.matrix.messages_in(INDY)[0].id
    id = story.matrix.says(INDY, TOM, "Here", reply_to=copy, attachment=PLAN)
    await story.quiet()
    answer = _sent(story, KOELN)
    assert (answer.reply_to, answer.data, answer.shown) == (question, b"a plan", "Tom Jackson · Indianapolis: Here")
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_sticker_follows_its_author_and_both_go_together_also_while_they_are_sent(story: Story) -> None:
    story.matrix.attachments["matrix:fox"] = b"a fox"
    fox = Attachment("sticker", "🦊", mime="image/webp", source="matrix:fox")
    id = story.matrix.says(INDY, TOM, "", attachment=fox)
    await story.quiet()
    author, sticker = [each for each in story.telegram.messages_in(KOELN) if each.post]
    assert (author.shown, author.file) == ("Tom Jackson · Indianapolis: ", None)
    assert (sticker.shown, sticker.data) == ("", b"a fox")
    for each in (author, sticker):
        story.telegram.says(KOELN, MEHMET, "Schön!", reply_to=each.id)
    await story.quiet()
    assert [each.reply_to for each in story.matrix.messages_in(INDY) if each.post] == [id, id]
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert story.at(KOELN) == []
    story.telegram.hold()
    id = story.matrix.says(INDY, TOM, "", attachment=fox)
    await story.matrix.taken_in()
    story.matrix.deletes(INDY, TOM, id)
    await story.matrix.taken_in()
    story.telegram.release()
    await story.quiet()
    assert story.at(KOELN) == []


async def test_a_file_with_a_command_crosses_without_it(story: Story) -> None:
    story.telegram.attachments["telegram:p1"] = b"the photo"
    story.telegram.says(KOELN, MEHMET, "/help", attachment=PHOTO)
    await story.quiet()
    assert story.at(INDY) == ["Mehmet Kaya · Köln: "]
    assert _sent(story, INDY).data == b"the photo"
    assert len(story.at(KOELN)) == 1
    story.telegram.says(KOELN, ANNA, "/news The Rhine", attachment=PHOTO)
    await story.quiet()
    assert [each.file is not None for each in story.matrix.messages_in(INDY) if each.post] == [True, True]


async def test_a_file_with_a_command_goes_with_it_and_crosses_once(story: Story) -> None:
    story.matrix.attachments["matrix:plan"] = b"a plan"
    taken_back = story.matrix.says(INDY, TOM, "!help", attachment=PLAN)
    corrected = story.matrix.says(INDY, TOM, "!mute us please", attachment=PLAN)
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: "] * 2
    story.matrix.deletes(INDY, TOM, taken_back)
    story.matrix.edits(INDY, TOM, corrected, "Mute us please", attachment=PLAN)
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Mute us please"]
    assert _sent(story, KOELN).data == b"a plan"


async def test_no_limit_keeps_a_file_from_another_group_on_telegram_which_has_it_already(story: Story) -> None:
    hull = ChatRef(MessengerName.TELEGRAM, "-1002")
    story.telegram.messages_in(hull)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        await store.chats.pair(hull, dialogue, dialogue.cities[1])
        await store.counters.record([f"{hull.id}/0"])
    story.telegram.attachments["telegram:v"] = b"the film"
    film = Attachment("video", "Film.mp4", 61_230_000, source="telegram:v", filename="Film.mp4")
    story.telegram.says(KOELN, MEHMET, "Unser Fest", attachment=film)
    await story.quiet()
    assert _sent(story, hull).data == b"the film"
    assert "too large" in story.at(INDY)[0]
    (told,) = story.at(KOELN)
    assert "Indianapolis (Matrix)" in told
    assert "Telegram" not in told


def _sent(story: Story, chat: ChatRef) -> FakeMessage:
    return next(each for each in story.messenger(chat).messages_in(chat) if each.post and each.file)


async def test_a_file_that_is_tried_again_takes_the_place_of_the_note(story: Story) -> None:
    story.matrix.attachments["matrix:plan"] = b"a plan"
    story.matrix.fetch_faults = [PermanentError("404", Reason.GONE)]
    story.matrix.says(INDY, TOM, "Our plan", attachment=PLAN)
    await story.quiet()
    assert "Hier fehlt eine Datei" in story.at(KOELN)[-1]
    async with story.database.begin() as store:
        (failed,) = await store.deliveries.in_state((State.FAILED,))
        assert await again(store, [failed.id], story.app.clock()) == 1
    story.app.outbox.wake([KOELN.lane])
    await story.quiet()
    assert story.at(KOELN) == ["Tom Jackson · Indianapolis: Our plan"]
    assert _sent(story, KOELN).data == b"a plan"
