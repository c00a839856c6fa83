"""Roundtables are scheduled, shown and changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.model import Sender
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, private_chat
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, PRIYA, SPACES, Meetings, meetings_on


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


async def test_every_city_reads_it_in_its_language_and_its_own_time_first(story: Meetings) -> None:
    answer = await story.says(KOELN, ANNA, CREATED)
    assert "Runde 1 ist in 3 Chats angekündigt." in answer
    assert "Eingeladen: 2 Personen mit Rederecht, 5 Personen zum Zuhören." in answer
    assert "Für Leeds kann noch niemand sprechen" in answer
    german, american, british = (story.at(chat)[0].translate(SPACES) for chat in (KOELN, INDY, LEEDS))
    assert german.startswith("🗓️ Runde 1: Städte vereint für ein demokratisches Europa\nMontag, 22. Februar 2027\n")
    assert "Köln: 11:00–13:00 Uhr\nIndianapolis: 05:00–07:00 Uhr\nLeeds: 10:00–12:00 Uhr" in german
    assert "Ort: https://meet.example.org/europa" in german
    assert "Tagesordnung\n1. Begrüßung (10 min) – Henriette Reker\n2. Aus den Städten (90 min)" in german
    assert "Monday, February 22, 2027\nIndianapolis: 5:00–7:00 AM\nKöln: 11:00 AM – 1:00 PM" in american
    assert "Monday, 22 February 2027\nLeeds: 10:00–12:00\nKöln: 11:00–13:00" in british
    assert "Agenda\n1. Begrüßung (10 min) – Henriette Reker" in british
    assert "Köln is open, Indianapolis is open and Leeds is open" in british


async def test_one_line_is_enough_and_the_end_and_the_reminders_may_be_left_out(story: Meetings) -> None:
    typed = "!roundtable Cities united | when: Feb 22, 2027 11am Europe/Berlin | where: online | - Hello (70 min)"
    answer = await story.says(INDY, GRACE, typed)
    assert "No end was given, so I assume one hour." in answer
    assert "The agenda takes 70 minutes, the roundtable 60." in answer
    assert "Köln: 11:00–12:00 Uhr\nIndianapolis: 05:00–06:00 Uhr" in story.card(KOELN)
    async with story.database.begin() as store:
        (roundtable,) = await store.roundtables.coming(1)
    assert [each.total_seconds() / 3600 for each in roundtable.remind] == [168, 24, 1]
    assert (roundtable.zone, roundtable.place) == ("Europe/Berlin", "online")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "`/runde 3` zeigt die Runde Nummer 3"),
        ("Städte vereint", "Wann findet die Runde statt?"),
        ("wann: 22.02.2027 11 Uhr", "Worum geht es in der Runde?"),
        ("Städte vereint | wan: 22.02.2027 11 Uhr", "Meinten Sie wann:?"),
        ("Städte vereint | wann: irgendwann", "irgendwann"),
        ("Städte vereint | wann: 22.02.2027 13-11 Uhr", "22 Stunden nach dem Beginn"),
        ("Städte vereint | wann: 22.02.2027", "Um wie viel Uhr beginnt die Runde?"),
        ("Städte vereint | wann: 22.02.2026 11 Uhr", "liegt in der Vergangenheit"),
        ("Städte vereint | wann: 22.02.2027 11 Uhr | erinnern: bald", "bald"),
        ("Städte vereint | wann: 22.02.2027 11 Uhr | - Begrüßung @niemand", "@niemand"),
        ("Städte vereint | wann: 22.02.2027 11 Uhr | - (10 min) @henriette", "Worum geht es in diesem Punkt"),
        ("Städte vereint | wann: 22.02.2027 11 Uhr | wiederholen: manchmal", "manchmal"),
        ("x" * 200 + " | wann: 22.02.2027 11 Uhr", "höchstens 150 Zeichen"),
        ("7", "Hier gibt es noch keine Runde."),
    ],
)
async def test_what_is_missing_or_wrong_is_said_and_nothing_is_half_made(
    story: Meetings, typed: str, answer: str
) -> None:
    assert answer.replace("`", "") in await story.says(KOELN, ANNA, f"/runde {typed}")
    assert story.at(INDY) == story.at(LEEDS) == []
    async with story.database.begin() as store:
        assert await store.roundtables.numbers(1) == []


async def test_they_are_listed_and_shown_by_number(story: Meetings) -> None:
    assert "Hier gibt es noch keine Runde." in await story.says(KOELN, MEHMET, "/runden")
    await story.says(KOELN, ANNA, CREATED)
    await story.says(INDY, GRACE, "!roundtable Budget | when: tomorrow 9:00 AM")
    listed = (await story.says(LEEDS, PRIYA, "!roundtables")).splitlines()
    assert listed[0] == "Coming roundtables"
    assert listed[1].startswith("2 Budget: Thursday, 14 January 2027")
    assert listed[2].startswith("1 Städte vereint für ein demokratisches Europa: Monday, 22 February 2027")
    first, second = (each for each in story.at(KOELN) if each.startswith("🗓️"))
    assert [await story.says(KOELN, MEHMET, f"/runde {number}") for number in (1, 2)] == [first, second]
    assert "Eine Runde 3 gibt es hier nicht. Es gibt: 1 und 2" in await story.says(KOELN, MEHMET, "/runde 3")
    assert "Das Wort „verschenken“ kenne ich hier nicht." in await story.says(KOELN, ANNA, "/runde 1 verschenken")


async def test_the_coordinator_hears_where_it_cannot_be_announced(story: Meetings) -> None:
    async with story.database.begin() as store:
        leeds = await store.chats.by_ref(LEEDS)
        assert leeds
        await store.chats.block(leeds, "kicked", until=story.app.clock() + timedelta(minutes=30))
    answer = await story.says(KOELN, ANNA, CREATED)
    assert "Runde 1 ist in 2 Chats angekündigt." in answer
    assert "Leeds (Matrix)" in answer


async def test_coordinators_see_who_has_not_answered_and_is_out_of_reach(story: Meetings) -> None:
    await story.says(private_chat(HENRIETTE), HENRIETTE, "/start")
    await story.says(KOELN, ANNA, CREATED)
    await story.says(INDY, JOE, "!attend 1 yes")
    group = (await story.says(KOELN, ANNA, "/runde 1")).splitlines()[-3:]
    assert group == [
        "Noch keine Antwort: Henriette Reker",
        "5 Personen zum Zuhören haben noch nicht geantwortet.",
        "Privat nicht erreichbar: Joe Hogsett",
    ]
    private = await story.says(private_chat(ANNA), ANNA, "/runde 1")
    assert "Noch keine Antwort: Anna Weber, Henriette Reker, Mehmet Kaya" in private
    assert "Noch keine Antwort" not in await story.says(KOELN, MEHMET, "/runde 1")


async def test_who_is_on_the_agenda_and_may_only_listen_is_named(story: Meetings) -> None:
    answer = await story.says(KOELN, ANNA, f"{CREATED} @mehmet")
    assert "Auf der Tagesordnung, aber ohne Rederecht: Mehmet Kaya" in answer


async def test_an_edited_command_says_how_to_change_it(story: Meetings) -> None:
    id = story.telegram.says(KOELN, ANNA, CREATED)
    await story.quiet()
    story.telegram.edits(KOELN, ANNA, id, CREATED.replace("22.02.", "23.02."))
    await story.quiet()
    assert "/runde NUMMER verlegen WANN" in story.at(KOELN)[-1]
    assert "Montag, 22. Februar 2027" in story.card(KOELN)


async def test_none_is_no_agenda_and_a_label_is_no_part_of_the_reason(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Haushalt\nwann: 1.3.2027 10 Uhr\ntagesordnung: keine")
    assert "Tagesordnung" not in story.card(KOELN)
    await story.says(KOELN, ANNA, "/runde 1 absagen\nGrund: Sturm")
    assert "❌ Abgesagt: Sturm\n" in story.card(KOELN)


async def test_a_title_may_begin_with_a_number(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde 25 Jahre Partnerschaft | wann: 22.02.2027 11 Uhr")
    assert story.card(KOELN).startswith("🗓️ Runde 1: 25 Jahre Partnerschaft")


async def test_one_that_nobody_has_begun_ends_with_its_time(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Kurz | wann: heute 12-13 Uhr")
    assert "Kommende Runden" in await story.says(KOELN, MEHMET, "/runden")
    await story.pass_(hours=3, minutes=1)
    assert "Diese Runde ist beendet." in story.at(KOELN)[0]
    listed = await story.says(KOELN, MEHMET, "/runden")
    assert "Zurzeit ist keine Runde geplant." in listed
    assert "1 Kurz" in listed
    assert "schon beendet" in await story.says(KOELN, ANNA, "/runde 1 tagesordnung | - Neues")


async def test_the_agenda_is_replaced(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    assert "jeden Punkt der Tagesordnung" in await story.says(KOELN, ANNA, "/runde 1 tagesordnung")
    answer = await story.says(INDY, GRACE, "!roundtable 1 agenda\n- Welcome (2 h)\n- Wrap-up (5 min) @joe:test")
    assert "The agenda takes 125 minutes, the roundtable 120." in answer
    assert "Tagesordnung\n1. Welcome (120 min)\n2. Wrap-up (5 min) – Joe Hogsett\n" in story.at(KOELN)[0]
    await story.says(KOELN, ANNA, "/runde 1 tagesordnung keine")
    assert "Tagesordnung" not in story.at(KOELN)[0]


async def test_a_new_agenda_of_a_running_one_keeps_what_is_done(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.says(KOELN, ANNA, "/runde 1 tagesordnung | - Gäste (20 min) | - Ausblick")
    assert "1. Begrüßung (10 min) – Henriette Reker\n2. Gäste (20 min)\n3. Ausblick\n" in story.card(LEEDS)
    live = next(each for each in story.at(LEEDS) if each.startswith("🔴"))
    assert "Then: 2. Gäste" in live


async def test_a_wrong_date_is_corrected_by_an_answer(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    receipt = story.telegram.messages_in(KOELN)[-1].id
    story.telegram.says(KOELN, ANNA, "Danke!", reply_to=receipt)
    await story.quiet()
    assert story.at(LEEDS)[-1].endswith("Danke!"), "just talk"
    assert "Wann findet Runde 1 statt?" in await story.chooses(KOELN, ANNA)
    question = story.telegram.messages_in(KOELN)[-1].id
    assert "verstehe ich nicht" in await story.says(KOELN, ANNA, "Danke!", reply_to=question)
    await story.says(KOELN, ANNA, "23.02.2027 11 Uhr", reply_to=question)
    assert "Dienstag, 23. Februar 2027\nKöln: 11:00–13:00 Uhr" in story.card(KOELN)
    assert "22 Stunden nach dem Beginn" in await story.says(KOELN, ANNA, "/runde 1 verlegen 24.02.2027 13-11 Uhr")


async def test_a_question_about_the_date_is_withdrawn(story: Meetings) -> None:
    await story.says(INDY, GRACE, "!roundtable Budget | when: Feb 22, 2027 9:00 AM")
    assert "When does roundtable 1 take place?" in await story.chooses(INDY, GRACE)
    assert await story.chooses(INDY, GRACE) == "The date stays as it is."


async def test_title_place_and_reminders_are_changed(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    assert "den neuen Text dahinter" in await story.says(KOELN, ANNA, "/runde 1 titel")
    assert "höchstens 150 Zeichen" in await story.says(KOELN, ANNA, "/runde 1 titel " + "x" * 151)
    await story.says(KOELN, ANNA, "/runde 1 titel Städte für Europa")
    await story.says(KOELN, ANNA, "/runde 1 ort: Rathaus")
    assert "Roundtable 1 has a new title: Städte für Europa" in "\n".join(story.at(LEEDS))
    assert "Roundtable 1 has a new place: Rathaus" in "\n".join(story.at(LEEDS))
    assert story.card(LEEDS).startswith("🗓️ Roundtable 1: Städte für Europa\n")
    assert "Where: Rathaus" in story.card(LEEDS)
    assert "2 Tage und 1 Stunde vorher" in await story.says(KOELN, ANNA, "/runde 1 erinnern 2 Tage, 1 h")
    assert "1 Stunde und 30 Minuten vorher" in await story.says(KOELN, ANNA, "/runde 1 erinnern 90 Min.")
    assert "niemand mehr erinnert" in await story.says(KOELN, ANNA, "/runde 1 erinnern keine")
    async with story.database.begin() as store:
        (roundtable,) = await store.roundtables.coming(1)
    assert (roundtable.sequence, roundtable.remind) == (2, ())


async def test_in_private_the_persons_own_dialogue_and_language_count(story: Meetings) -> None:
    chat = private_chat(ANNA)
    assert "Runde 1 ist in 3 Chats angekündigt." in await story.says(chat, ANNA, CREATED)
    assert story.card(KOELN).startswith("🗓️ Runde 1")
    shown = await story.says(private_chat(MEHMET), MEHMET, "/runde 1")
    assert shown == story.card(KOELN)


@pytest.mark.parametrize("who", [MEHMET, HENRIETTE])
async def test_only_coordinators_schedule_and_change_one(story: Meetings, who: Sender) -> None:
    assert "Das kann nur die Koordination." in await story.says(KOELN, who, CREATED)
    assert story.at(INDY) == []
    await story.says(KOELN, ANNA, CREATED)
    assert "Das kann nur die Koordination." in await story.says(KOELN, who, "/runde 1 tagesordnung keine")
    assert "Begrüßung" in story.at(INDY)[0]


async def test_a_description_imitates_nobody(story: Meetings) -> None:
    typed = "/runde Europa\nwann: 22.02.2027 11:00\nJoe Hogsett · Indianapolis: Ich komme nicht"
    await story.says(KOELN, ANNA, typed)
    assert "│ Joe Hogsett · Indianapolis: Ich komme nicht" in story.card(LEEDS).splitlines()
