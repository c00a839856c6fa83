"""News by hand: every chat gets them, edits correct them, and their coordinator learns where they have arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.purge import Retention
from bot.jobs.runner import JobRunner
from bot.messengers.base import PermanentError, Reason
from bot.model import Attachment, Link, Span, Style, bold, plain, rich
from storage import Database
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, Story, direct_room, private_chat
from tests.stories.meetings import Meetings, meetings_on

HEADLINE = "Städte vereint"


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())


async def later(story: Story, **time: float) -> None:
    """Run what is due until then, and wait until all has arrived."""
    await run_due(story, **time)
    await story.quiet()


async def run_due(story: Story, **time: float) -> None:
    jobs = JobRunner(
        story.database, story.app.services.context, {}, lambda: story.app.clock() + timedelta(**time), feeds=story.feeds
    )
    jobs.register(story.app.features.jobs.values())
    await jobs.run_due()


def news_in(story: Story, chat: object) -> FakeMessage:
    """Return the last news in a chat, as people see them."""
    messenger = story.telegram if chat is KOELN else story.matrix
    found = [each for each in messenger.messages_in(chat) if each.post and each.text.startswith("📰")]  # type: ignore[arg-type]
    return found[-1]


async def test_news_reach_every_chat_in_its_language_with_their_formatting(story: Story) -> None:
    text = rich(
        "/meldung Städte vereint\nDie ",
        bold("Oberbürgermeister"),
        " tagen: ",
        Link("https://a.example/x", rich("Programm")),
    )
    story.telegram.says(KOELN, ANNA, text)
    await story.quiet()
    here, there = news_in(story, KOELN), news_in(story, INDY)
    assert here.text.splitlines() == [
        "📰 Städte vereint",
        "Die Oberbürgermeister tagen: Programm",
        "Meldung von Anna Weber, Köln",
    ]
    assert there.text.splitlines()[2] == "News from Anna Weber, Köln"
    assert there.post
    nodes = there.post.text
    bolds = [plain(each.children) for each in nodes if isinstance(each, Span) and each.style is Style.BOLD]
    assert ["Städte vereint" in bolds[0], bolds[1]] == [True, "Oberbürgermeister"]
    assert Link("https://a.example/x", rich("Programm")) in nodes


async def test_the_coordinator_learns_where_they_have_arrived(story: Story) -> None:
    assert await story.says(KOELN, ANNA, f"/news {HEADLINE} | Text") == (
        "Ihre Meldung ist auf dem Weg in 2 Chats. Zum Korrigieren bearbeiten Sie Ihre Nachricht."
    )
    await later(story, seconds=4)
    assert story.at(KOELN)[-1] == "✅ Angekommen in: Köln (Telegram) und Indianapolis (Matrix)"
    command = next(each for each in story.telegram.messages_in(KOELN) if each.text.startswith("/news"))
    for replied in (news_in(story, KOELN), command):
        assert "Indianapolis (Matrix): ✅" in await story.says(KOELN, MEHMET, "/status", reply_to=replied.id)


async def test_what_does_not_arrive_is_said_with_its_reason(story: Story) -> None:
    story.matrix.faults.append(PermanentError("M_FORBIDDEN", Reason.NO_RIGHTS))
    await story.says(KOELN, ANNA, f"/news {HEADLINE}")
    await later(story, seconds=4)
    report = story.at(KOELN)[-1]
    assert report.startswith("✅ Angekommen in: Köln (Telegram)\n⚠️ Nicht in Indianapolis (Matrix): ")


async def test_what_is_late_is_reported_when_it_arrives(story: Story) -> None:
    story.matrix.hold()
    story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}")
    await story.telegram.taken_in()
    await story.telegram.wait_for_posts(KOELN, 2)
    await run_due(story, seconds=4)
    await story.telegram.wait_until(lambda: "Unterwegs" in story.at(KOELN)[-1], lambda: str(story.at(KOELN)))
    assert story.at(KOELN)[-1] == "✅ Angekommen in: Köln (Telegram)\n⏳ Unterwegs nach: Indianapolis (Matrix)"
    story.matrix.release()
    await later(story, seconds=30)
    assert story.at(KOELN)[-1] == "✅ Angekommen in: Köln (Telegram) und Indianapolis (Matrix)"


async def test_an_edit_corrects_them_everywhere_and_marks_them(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}\nfalsch")
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, "/news Städte vereint!\nrichtig")
    await story.quiet()
    for chat, mark in ((KOELN, "✏️ korrigiert: "), (INDY, "✏️ corrected ")):
        rows = news_in(story, chat).text.splitlines()
        assert rows[:2] == ["📰 Städte vereint!", "richtig"]
        assert rows[3].startswith(mark)
        assert len([each for each in story.at(chat) if each.startswith("📰")]) == 1
    assert story.at(KOELN)[-1] == "Ihre Korrektur ist auf dem Weg in alle Chats."
    await later(story, seconds=4)
    assert story.at(KOELN)[-1].startswith("✅ Angekommen in: Köln")
    story.telegram.edits(KOELN, ANNA, id, "/news ")
    await story.quiet()
    assert "/meldung ÜBERSCHRIFT" in story.at(KOELN)[-1]
    assert news_in(story, INDY).text.startswith("📰 Städte vereint!")


async def test_a_picture_comes_along_and_another_one_replaces_it(story: Story) -> None:
    story.telegram.attachments |= {"telegram:p1": b"first", "telegram:p2": b"second"}
    photo = Attachment("photo", size=5, mime="image/jpeg", source="telegram:p1", width=4, height=3)
    id = story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}", attachment=photo)
    await story.quiet()
    there = news_in(story, INDY)
    assert (there.data, there.file and there.file.kind.value) == (b"first", "photo")
    assert news_in(story, KOELN).data == b"first"
    story.telegram.edits(KOELN, ANNA, id, "/news Neu", attachment=photo)
    await story.quiet()
    assert (news_in(story, INDY).data, news_in(story, INDY).text.splitlines()[0]) == (b"first", "📰 Neu")
    other = Attachment("photo", size=6, mime="image/jpeg", source="telegram:p2")
    story.telegram.edits(KOELN, ANNA, id, "/news Neu", attachment=other)
    await story.quiet()
    assert (news_in(story, INDY).data, news_in(story, KOELN).data) == (b"second", b"second")


async def test_a_picture_that_one_side_refuses_is_named_and_the_text_arrives(story: Story) -> None:
    gone = Attachment("file", "plan.pdf", size=5, mime="application/pdf", source="telegram:gone")
    story.telegram.attachments["telegram:gone"] = b"plan"
    story.matrix.faults.append(PermanentError("too large", Reason.TOO_LARGE))
    story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}", attachment=gone)
    await story.quiet()
    await later(story, seconds=4)
    assert "plan.pdf" in news_in(story, INDY).text
    assert "⚠️ Ohne die Datei in Indianapolis (Matrix): Sie ist für den Messenger dort zu groß." in story.at(KOELN)[-1]


async def test_delete_removes_them_everywhere_for_coordinators_only(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}")
    await story.quiet()
    assert "wer koordiniert" in await story.says(KOELN, MEHMET, "/delete", reply_to=news_in(story, KOELN).id)
    assert await story.says(INDY, GRACE, "!delete", reply_to=news_in(story, INDY).id) == "Removed in every chat."
    assert not [each for chat in (KOELN, INDY) for each in story.at(chat) if each.startswith("📰")]
    story.telegram.edits(KOELN, ANNA, id, "/news zu spät")
    await story.quiet()
    assert story.at(KOELN)[-1].startswith("Diese Meldung wurde entfernt.")
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        assert await store.news.of_dialogue(dialogue.id) == []


async def test_the_command_that_posted_them_stands_for_them(story: Story) -> None:
    id = story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}")
    await story.quiet()
    assert await story.says(KOELN, ANNA, "/delete", reply_to=id) == "In allen Chats gelöscht."
    assert not [each for chat in (KOELN, INDY) for each in story.at(chat) if each.startswith("📰")]


async def test_deleting_the_command_removes_them_where_the_messenger_reports_it(story: Story) -> None:
    id = story.matrix.says(INDY, GRACE, f"!news {HEADLINE}")
    await story.quiet()
    story.matrix.deletes(INDY, GRACE, id)
    await story.quiet()
    assert not [each for chat in (KOELN, INDY) for each in story.at(chat) if each.startswith("📰")]
    assert story.at(INDY)[-1] == "Your news has been removed in every chat."
    await later(story, seconds=4)
    assert story.at(INDY)[-1] == "Your news has been removed in every chat."


async def test_a_text_cannot_pass_for_what_somebody_else_has_written(story: Story) -> None:
    await story.says(KOELN, ANNA, "/news A | Henriette Reker · Köln: Ich trete zurück")
    assert "Henriette Reker · Köln: Ich trete zurück" not in news_in(story, INDY).text.splitlines()


async def test_a_long_text_below_a_picture_is_corrected_whole(story: Story) -> None:
    story.telegram.attachments["telegram:p1"] = b"picture"
    photo = Attachment("photo", size=7, mime="image/jpeg", source="telegram:p1")
    id = story.telegram.says(KOELN, ANNA, f"/news {HEADLINE}\n" + "Wort " * 600, attachment=photo)
    await story.quiet()
    assert len([each for each in story.at(KOELN) if "Wort" in each]) > 1, "a caption is short, the rest follows"
    story.telegram.edits(KOELN, ANNA, id, f"/news {HEADLINE}\nkurz", attachment=photo)
    await story.quiet()
    for chat in (KOELN, INDY):
        assert news_in(story, chat).data == b"picture"
        assert not [each for each in story.at(chat) if "Wort" in each]
        assert "kurz" in news_in(story, chat).text


async def test_only_news_can_be_removed_not_what_the_bot_says_itself(story: Story) -> None:
    await story.says(KOELN, ANNA, "/roles")
    answer = story.telegram.messages_in(KOELN)[-1]
    assert "nicht weitergegeben" in await story.says(KOELN, ANNA, "/delete", reply_to=answer.id)


async def test_in_private_they_go_to_the_dialogue(story: Story) -> None:
    assert (await story.says(direct_room(GRACE), GRACE, f"!news {HEADLINE}")).startswith("Your news is on its way to 2")
    assert news_in(story, KOELN).text.endswith("Meldung von Grace Miller, Indianapolis")
    assert news_in(story, INDY).text.startswith("📰")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("/news", "/meldung ÜBERSCHRIFT"), ("/news " + "x" * 301, "zu lang"), ("/news \n \n", "/meldung ÜBERSCHRIFT")],
)
async def test_what_is_mistyped_is_explained(story: Story, typed: str, answer: str) -> None:
    assert answer in await story.says(KOELN, ANNA, typed)
    assert story.at(INDY) == []


async def test_a_place_is_no_file_and_others_may_not_post(story: Story) -> None:
    place = Attachment("location", "50.94, 6.96")
    story.telegram.says(KOELN, ANNA, "/news Hier", attachment=place)
    await story.quiet()
    assert "nur ein Bild oder eine Datei" in story.at(KOELN)[-1]
    assert "Koordination" in await story.says(KOELN, MEHMET, "/news Hier")
    assert "Koordination" in await story.says(private_chat(MEHMET), MEHMET, "/news Hier")
    assert story.at(INDY) == []


async def test_they_are_corrected_and_removed_for_as_long_as_they_are_kept(database: Database) -> None:
    async with meetings_on(database) as story:
        id = story.telegram.says(KOELN, ANNA, "/news Hochwasser\nfalsch")
        await story.quiet()
        await after_purge(story, days=28)
        story.telegram.edits(KOELN, ANNA, id, "/news Hochwasser\nrichtig")
        await story.quiet()
        assert story.at(KOELN)[-1] == "Ihre Korrektur ist auf dem Weg in alle Chats."
        await after_purge(story, days=5)
        assert story.at(KOELN)[-1].startswith("✅ Angekommen in: ")
        await after_purge(story, days=300)
        story.telegram.edits(KOELN, ANNA, id, "/news Hochwasser\nrichtiger")
        await story.quiet()
        assert news_in(story, INDY).text.splitlines()[1] == "richtiger"
        await after_purge(story, days=31)
        story.telegram.deletes(KOELN, ANNA, id)
        await story.quiet()
        assert not [each for each in story.at(INDY) if "Hochwasser" in each]


async def after_purge(story: Meetings, **time: float) -> None:
    """Advance the clock, and delete what has expired."""
    await story.pass_(seconds=5)
    story.clock.pass_(**time)
    await Retention().delete_expired(story.database, story.clock.now)
    await story.quiet()
