"""Marked lines become minutes: taken from the chair and the coordinators, corrected by editing, removed by deletion."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.model import Attachment, ChatRef, Quote, Role, Sender, Text, rich
from storage import Database
from storage.tables import metadata
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.meetings import LEEDS, PRIYA, Meetings, meetings_on
from tests.stories.minutes import card, kept, lines, sign

AGREED = "We plant 30 trees."


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        await it.says(KOELN, ANNA, "/protokoll anfang Klimaschutz")
        yield it


async def writes(story: Meetings, chat: ChatRef, who: Sender, text: str) -> str:
    """Write a message, and return its id."""
    id = story.messenger(chat).says(chat, who, text)
    await story.quiet()
    return id


async def rewrites(story: Meetings, chat: ChatRef, who: Sender, id: str, text: str) -> str:
    """Edit a message, and return the bot's last post there."""
    story.messenger(chat).edits(chat, who, id, text)
    await story.quiet()
    return story.at(chat)[-1]


# Taken


async def test_lines_of_chair_and_coordinators_are_taken_in_every_chat_and_shown_in_all(story: Meetings) -> None:
    written = [
        (KOELN, ANNA, "#thema Bäume"),
        (INDY, GRACE, f"#agreed {AGREED}"),
        (LEEDS, PRIYA, "# Info: The nursery has oaks."),
        (KOELN, ANNA, "#idee Ein Tag der Bäume"),
        (INDY, GRACE, "#link https://example.org/trees"),
    ]
    for chat, who, text in written:
        id = await writes(story, chat, who, text)
        assert sign(story, chat, id) == "✍️"
    shown = [
        "📌 Thema: Bäume",
        f"✅ Beschluss: {AGREED}",
        "ℹ️ Info: The nursery has oaks.",
        "💡 Idee: Ein Tag der Bäume",
        "🔗 Link: https://example.org/trees",
        "bisher 5 Zeilen",
        "👥 Anwesend für Köln: Anna Weber",
        "👥 Anwesend für Indianapolis: Grace Miller",
        "👥 Anwesend für Leeds: Priya Shah",
    ]
    assert card(story, KOELN)[3:] == shown
    assert card(story, INDY)[3:9] == [
        "📌 Topic: Bäume",
        f"✅ Agreed: {AGREED}",
        "ℹ️ Info: The nursery has oaks.",
        "💡 Idea: Ein Tag der Bäume",
        "🔗 Link: https://example.org/trees",
        "5 lines so far",
    ]
    assert card(story, INDY)[3:] == card(story, LEEDS)[3:]
    assert f"Grace Miller · Indianapolis · coordinator: #agreed {AGREED}" in story.at(LEEDS), "they cross as text"


async def test_others_are_told_once_and_by_a_sign_from_then_on(story: Meetings) -> None:
    first = await writes(story, INDY, TOM, f"#agreed {AGREED}")
    told = "Your line was passed on, but not added to the minutes."
    assert story.at(INDY)[-1].startswith(f"{told}\nMinutes are written by their chair, Anna Weber,")
    second = await writes(story, INDY, TOM, "#topic Trees")
    assert story.at(INDY)[-1].startswith(told)
    assert (sign(story, INDY, first), sign(story, INDY, second)) == ("", "🤷")
    await writes(story, KOELN, MEHMET, "#idee Linden")
    assert "nicht ins Protokoll aufgenommen" in story.at(KOELN)[-1]
    assert await kept(story) == []


async def test_who_writes_in_the_name_of_the_group_is_told_why_nothing_is_taken(story: Meetings) -> None:
    anonymous = Sender(None, "Köln", chat=KOELN)
    told = "Zeilen für das Protokoll nehme ich nur von Personen an: Bitte schreiben Sie unter Ihrem eigenen Namen."
    story.telegram.says(KOELN, anonymous, "Guten Tag")
    await story.quiet()
    assert told not in story.at(KOELN)
    story.telegram.says(KOELN, anonymous, "#beschluss Wir pflanzen.")
    await story.quiet()
    assert story.at(KOELN)[-1] == told
    assert await kept(story) == []


async def test_several_lines_in_one_message_each_of_its_own(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, f"Summary:\n#topic Trees\n#agreed {AGREED}\n#link nowhere\n#idea Oaks")
    assert await kept(story) == [("topic", "Trees"), ("agreed", AGREED), ("idea", "Oaks")]
    assert sign(story, INDY, id) == "✍️"
    assert story.at(INDY)[-1] == "“#link nowhere”: A link is an address that begins with https:// or http://."


async def test_what_follows_without_a_mark_is_not_kept_and_that_is_said(story: Meetings) -> None:
    await writes(story, INDY, GRACE, "#agreed We plant\n30 trees.")
    assert await kept(story) == [("agreed", "We plant")]
    assert story.at(INDY)[-1].endswith("are recorded. This one is not: “30 trees.”")


async def test_a_caption_is_a_line_a_forward_or_a_quotation_is_none(story: Meetings) -> None:
    story.matrix.says(INDY, GRACE, "#info The plan", attachment=Attachment("file", "plan.pdf"))
    story.matrix.says(INDY, GRACE, "#info forwarded", origin="Tom Jackson")
    story.matrix.says(INDY, GRACE, (Quote(rich("#info quoted")), Text("I do not think so")))
    story.matrix.says(INDY, GRACE, "#info by a bot", via="@wiki")
    await story.quiet()
    assert await kept(story) == [("info", "The plan")]


async def test_what_cannot_be_taken_is_answered(story: Meetings) -> None:
    for typed, answer in (
        ("#beschlus Bäume", "#beschlus kenne ich nicht. Meinten Sie #beschluss?"),
        ("#Thema", "Was soll aufgenommen werden? Bitte schreiben Sie es hinter das Wort: #Thema TEXT"),
        ("#link javascript:alert(1)", "Ein Link ist eine Adresse, die mit https:// oder http:// beginnt."),
        ("#link https://", "Ein Link ist eine Adresse, die mit https:// oder http:// beginnt."),
        ("#thema " + "T" * 151, "höchstens 150 Zeichen"),
        ("#info " + "i" * 1001, "höchstens 1.000 Zeichen"),
    ):
        id = await writes(story, KOELN, ANNA, typed)
        assert answer in story.at(KOELN)[-1]
        assert sign(story, KOELN, id) == ""
    assert await kept(story) == []


async def test_only_marked_lines_are_kept(story: Meetings) -> None:
    await writes(story, KOELN, MEHMET, "geheimer Plausch")
    await writes(story, KOELN, ANNA, "geheime Einleitung\n#thema Bäume\ngeheimer Zusatz")
    await writes(story, INDY, TOM, "#agreed geheim")
    async with story.database.engine.connect() as connection:
        found = [repr(row) for each in metadata.sorted_tables for row in await connection.execute(sa.select(each))]
    assert [row for row in found if "geheim" in row] == []
    assert [row for row in found if "Bäume" in row] != []


async def test_a_line_may_have_its_text_in_a_second_language(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, "#agreed We plant 30 trees.\nde: Wir pflanzen 30 Bäume.")
    assert card(story, KOELN)[3] == "✅ Beschluss: We plant 30 trees. / Wir pflanzen 30 Bäume."
    await rewrites(story, INDY, GRACE, id, "#agreed We plant 30 trees.\nde: Wir pflanzen dreißig Bäume.")
    assert [each.translation for each in await lines(story)] == ["Wir pflanzen dreißig Bäume."]
    await writes(story, KOELN, ANNA, "#beschluss We water them. | de: Wir gießen sie.")
    last = (await lines(story))[-1]
    assert (last.text, last.translation) == ("Wir gießen sie.", "We water them."), "first that of the writer's city"


async def test_there_is_a_limit_to_what_one_message_and_one_meeting_can_have(
    story: Meetings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.agreements.minutes._hooks.MOST_AT_ONCE", 2)
    monkeypatch.setattr("handlers.agreements.minutes._lines.MOST", 3)
    await writes(story, INDY, GRACE, "#info one\n#info two\n#info three")
    assert story.at(INDY)[-1] == "Only 2 lines of a message are taken. Please write the others in new ones."
    await writes(story, INDY, GRACE, "#info three\n#info four")
    assert story.at(INDY)[-1].endswith("Minutes can have 3 lines at most. Please end these, and start new ones.")
    assert [text for _kind, text in await kept(story)] == ["one", "two", "three"]


# Corrected


async def test_editing_corrects_a_line_also_its_kind_and_emptying_removes_it(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, "#agreed We plant 20 trees.")
    await writes(story, KOELN, ANNA, "#info Im Herbst")
    await rewrites(story, INDY, GRACE, id, f"#agreed {AGREED}")
    assert await kept(story) == [("agreed", AGREED), ("info", "Im Herbst")]
    await rewrites(story, INDY, GRACE, id, "#idea 30 trees")
    assert card(story, KOELN)[3:5] == ["💡 Idee: 30 trees", "ℹ️ Info: Im Herbst"]
    await rewrites(story, INDY, GRACE, id, "No, nothing")
    assert await kept(story) == [("info", "Im Herbst")]
    assert sign(story, INDY, id) == ""


async def test_of_several_lines_in_a_message_only_what_changes_is_changed(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, "#topic Trees\n#agreed Twenty\n#idea Oaks")
    await writes(story, KOELN, ANNA, "#info Später")
    await rewrites(story, INDY, GRACE, id, "#topic Trees\n#agreed Thirty\n#idea Oaks\n#info Late")
    assert [text for _kind, text in await kept(story)] == ["Trees", "Thirty", "Oaks", "Später", "Late"]
    await rewrites(story, INDY, GRACE, id, "#topic Trees\n#idea Oaks\n#info Late")
    assert [text for _kind, text in await kept(story)] == ["Trees", "Oaks", "Später", "Late"]


async def test_a_correction_that_cannot_be_taken_leaves_the_line_as_it_was(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, "#link https://example.org")
    answer = await rewrites(story, INDY, GRACE, id, "#link example")
    assert answer.endswith("The line stays as it was: 🔗 Link: https://example.org")
    assert await kept(story) == [("link", "https://example.org")]


async def test_a_mistyped_line_is_taken_once_its_author_corrects_it(story: Meetings) -> None:
    id = await writes(story, KOELN, ANNA, "#beschlus Wir pflanzen.")
    await rewrites(story, KOELN, ANNA, id, "#beschluss Wir pflanzen.")
    ordinary = await writes(story, KOELN, ANNA, "Wir gießen.")
    await rewrites(story, KOELN, ANNA, ordinary, "#beschluss Wir gießen.")
    assert await kept(story) == [("agreed", "Wir pflanzen."), ("agreed", "Wir gießen.")]
    assert sign(story, KOELN, id) == "✍️"


async def test_a_message_from_before_the_minutes_does_not_become_a_line(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll ende")
    id = await writes(story, KOELN, ANNA, "Wir pflanzen.")
    await story.pass_(minutes=1)
    await story.says(KOELN, ANNA, "/protokoll anfang")
    answer = await rewrites(story, KOELN, ANNA, id, "#beschluss Wir pflanzen.")
    assert answer.startswith("Diese Nachricht ist älter als das Protokoll.")
    assert await kept(story, 2) == []


async def test_after_the_end_no_edit_changes_anything(story: Meetings) -> None:
    id = await writes(story, INDY, GRACE, f"#agreed {AGREED}")
    await story.says(KOELN, ANNA, "/protokoll ende")
    answer = await rewrites(story, INDY, GRACE, id, "#agreed We plant 300 trees.")
    assert answer == "Minutes 1 have ended. !minutes 1 correct TEXT adds a correction."
    await story.says(KOELN, ANNA, "/protokoll anfang")
    assert "Minutes 1 have ended" in await rewrites(story, INDY, GRACE, id, "#agreed We plant 400 trees.")
    story.matrix.deletes(INDY, GRACE, id)
    await story.quiet()
    assert await kept(story) == [("agreed", AGREED)]
    assert await kept(story, 2) == []


async def test_who_may_no_longer_write_changes_nothing_by_editing(story: Meetings) -> None:
    id = await writes(story, LEEDS, PRIYA, f"#agreed {AGREED}")
    await story.appoint(PRIYA, "Leeds", Role.STAFF)
    await rewrites(story, LEEDS, PRIYA, id, "#agreed We plant nothing.")
    assert await kept(story) == [("agreed", AGREED)]
    assert story.at(LEEDS)[-1].startswith("Your line was passed on, but not added to the minutes.")


# Taken back


async def test_a_line_goes_when_its_message_is_deleted_wherever_that_is_reported(story: Meetings) -> None:
    redacted = await writes(story, INDY, GRACE, "#info one")
    deleted = await writes(story, KOELN, ANNA, "#info zwei")
    story.matrix.deletes(INDY, GRACE, redacted)
    await story.quiet()
    assert await kept(story) == [("info", "zwei")]
    await story.says(KOELN, ANNA, "/loeschen", reply_to=deleted)
    assert await kept(story) == []
    assert card(story, LEEDS)[3] == "0 lines so far"


async def test_undo_takes_back_the_last_line_whoever_wrote_it(story: Meetings) -> None:
    await writes(story, KOELN, ANNA, "#info eins")
    id = await writes(story, INDY, GRACE, "#info two")
    undo = await writes(story, KOELN, ANNA, "#Zurück")
    assert story.at(KOELN)[-1] == "Zurückgenommen: ℹ️ Info: two"
    assert (sign(story, INDY, id), sign(story, KOELN, undo)) == ("", "")
    assert await kept(story) == [("info", "eins")]
    await rewrites(story, KOELN, ANNA, undo, "#zurück!")
    await rewrites(story, KOELN, ANNA, undo, "#zurück bitte")
    assert await kept(story) == [("info", "eins")], "an edit takes nothing back"
    assert await story.says(INDY, GRACE, "!minutes undo") == "Taken back: ℹ️ Info: eins"
    assert await story.says(INDY, GRACE, "#undo") == "There is no line yet that could be taken back."


async def test_a_coordinator_who_writes_a_line_while_none_are_open_is_told(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll ende")
    before = story.at(INDY)
    assert (await story.says(INDY, GRACE, "#agreed Trees")).startswith("No minutes are open, so this was not recorded.")
    await story.says(INDY, TOM, "#agreed Trees")
    await story.says(INDY, GRACE, "#info Trees")
    assert len(story.at(INDY)) == len(before) + 1
