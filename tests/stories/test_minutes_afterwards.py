"""What becomes of minutes that have ended: documents, confirmations, objections and corrections."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from io import BytesIO

import docx
import pytest

from bot.agreement import AgreementState, verify
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, running
from tests.stories.ended_meeting import EndedMeeting
from tests.stories.polling import HENRIETTE, JOE

LINES = ("#thema Bäume", "#beschluss Wir pflanzen 300 Bäume.", "#info Es gibt Fördermittel: https://example.org/f")


@pytest.fixture
async def meeting(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[EndedMeeting]:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    it = EndedMeeting(database)
    await it.set_up()
    async with running(it):
        yield it


async def test_the_end_sends_documents_and_asks_every_city(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    assert meeting.files(KOELN) == ["protokoll-1.docx", "protokoll-1.html"]
    assert meeting.files(INDY) == ["minutes-1.docx", "minutes-1.html"]
    german, american = meeting.document(KOELN), meeting.document(INDY)
    for shown in (
        "Ergebnisprotokoll 1: Wärmeplanung",
        "Ort\nRathaus",
        "Tag\nFreitag, 12. Februar 2027",
        "Beginn\nKöln: 11:00 Uhr\nIndianapolis: 05:00 Uhr",
        "Anna Weber (Koordination, Köln)",
        "Beschlüsse im Wortlaut\nWir pflanzen 300 Bäume.",
        "TOP 1: Bäume\nBeschluss 1, siehe oben",
    ):
        assert shown in german
    assert "Joe Hogsett (mayor)" in american
    assert "Friday, February 12, 2027" in american
    assert "Decisions, word for word\nWir pflanzen 300 Bäume." in american
    card = meeting.post(KOELN, "📝 Protokoll 1")
    assert "1. Wir pflanzen 300 Bäume." in card
    message = meeting.telegram.messages_in(KOELN)[-1]
    assert message.post
    assert [each.emoji for each in message.post.buttons] == ["✅", "✋"]


async def test_the_docx_opens_and_names_nobody_in_its_properties(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    data = next(each.data for each in meeting.matrix.messages_in(INDY) if each.file and each.file.name.endswith("docx"))
    document = docx.Document(BytesIO(data or b""))
    assert document.paragraphs[0].text == "Minutes 1: Wärmeplanung"
    assert (document.core_properties.author, document.core_properties.language) == ("", "en-US")


async def test_minutes_are_agreed_once_every_city_has_confirmed_them(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    await meeting.chooses(KOELN, HENRIETTE)
    assert "Henriette Reker" in meeting.post(INDY, "📝 Minutes 1")
    assert "Mehmet" not in await meeting.says(KOELN, MEHMET, "/protokoll 1 zustimmen")
    await meeting.says(INDY, JOE, "!minutes 1 agree")
    assert meeting.post(KOELN, "✅").startswith("✅ Alle Städte haben dem Protokoll 1 zugestimmt: Wärmeplanung")
    assert "zugestimmt am 12. Februar 2027: Joe Hogsett (Bürgermeister/in)" in meeting.document(KOELN)
    assert len(meeting.files(KOELN)) == 4
    async with meeting.database.begin() as store:
        minutes = await store.minutes.numbered(1, 1)
        assert minutes
        assert minutes.agreement_id
        agreement = await store.agreements.get(minutes.agreement_id)
        history = await store.agreements.history(agreement.id)
    assert (agreement.state, verify(history)) == (AgreementState.AGREED, None)
    assert "Henriette" not in str(history)
    shown = await meeting.says(INDY, JOE, "!minutes 1")
    assert "complete and unchanged" in shown
    assert agreement.check_number in shown
    assert agreement.check_number in await meeting.says(KOELN, MEHMET, "/protokoll 1 verlauf")


async def test_a_correction_makes_a_new_version_that_is_confirmed_anew(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    await meeting.chooses(KOELN, HENRIETTE)
    assert "why does Indianapolis object" in await meeting.chooses(INDY, JOE, 1)
    await meeting.says(INDY, JOE, "Only 30 trees", reply_to=meeting.matrix.messages_in(INDY)[-1].id)
    assert "Only 30 trees" in meeting.post(KOELN, "✋")
    old = next(each for each in reversed(meeting.telegram.messages_in(KOELN)) if each.post and each.post.buttons)
    assert old.post
    action = old.post.buttons[0].action
    await meeting.says(KOELN, ANNA, "/protokoll 1 berichtigen Beschluss 1: 30 Bäume, nicht 300")
    assert "Anna Weber" in meeting.post(INDY, "✏️")
    german = meeting.document(KOELN)
    assert "Wir pflanzen 300 Bäume." in german
    assert "Berichtigungen\nKöln, 12. Februar 2027, zu Fassung 1:\nBeschluss 1: 30 Bäume, nicht 300" in german
    assert "Köln\nnoch nicht zugestimmt" in german
    assert old.text.endswith("die neue steht weiter unten.")
    meeting.telegram.presses(KOELN, HENRIETTE, old.id, action)
    await meeting.quiet()
    assert "Der Text wurde inzwischen geändert" in meeting.telegram.told[-1]
    assert "noch nicht" in meeting.document(KOELN)
    assert (await meeting.agreement()).state is AgreementState.PROPOSED
    await meeting.says(KOELN, HENRIETTE, "/protokoll zustimmen")
    await meeting.says(INDY, GRACE, "!minutes agree")
    assert (await meeting.agreement()).in_force == 2


async def test_agreed_minutes_stay_in_force_until_the_correction_is_agreed(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    await meeting.says(KOELN, HENRIETTE, "/protokoll 1 zustimmen")
    await meeting.says(INDY, JOE, "!minutes 1 agree")
    await meeting.says(INDY, GRACE, "!minutes 1 correct Trees, not bees")
    assert "Bis dahin gilt Fassung 1." in meeting.post(KOELN, "📝 Protokoll 1: Wärmeplanung\n")
    agreement = await meeting.agreement()
    assert (agreement.state, agreement.version, agreement.in_force) == (AgreementState.PROPOSED, 2, 1)


async def test_only_coordinators_correct_and_only_what_was_noted(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    assert "nur die Koordination" in await meeting.says(KOELN, MEHMET, "/protokoll 1 berichtigen nein")
    assert "berichtigen Beschluss 2" in await meeting.says(KOELN, ANNA, "/protokoll 1 berichtigen")
    await meeting.says(KOELN, ANNA, "/protokoll anfang Leer")
    assert "noch offen" in await meeting.says(KOELN, ANNA, "/protokoll 2 berichtigen nein")
    await meeting.says(KOELN, ANNA, "/protokoll ende")
    assert meeting.at(INDY)[-1].startswith("📝 Minutes 2 have ended: Leer\nNothing was noted")
    assert "nichts festgehalten" in await meeting.says(KOELN, ANNA, "/protokoll 2 zustimmen")
    assert "nichts festgehalten" in await meeting.says(KOELN, ANNA, "/protokoll 2")
    assert len(meeting.files(KOELN)) == 2


async def test_forgotten_minutes_end_with_their_last_line(meeting: EndedMeeting) -> None:
    await meeting.says(KOELN, ANNA, "/protokoll anfang Nacht")
    await meeting.until(meeting.clock() + timedelta(hours=1))
    await meeting.says(KOELN, ANNA, "#info Letzte Zeile")
    await meeting.until(meeting.clock() + timedelta(hours=13))
    assert "Ende\nKöln: 12:00 Uhr" in meeting.document(KOELN)


async def test_people_who_are_forgotten_vanish_from_the_documents(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    async with meeting.database.begin() as store:
        assert JOE.account
        person = await store.people.by_account(JOE.account)
        assert person
        await store.people.forget(person)
    await meeting.says(KOELN, ANNA, "/protokoll 1")
    german = meeting.document(KOELN)
    assert "Joe" not in german
    assert "Anna Weber" in german


async def test_minutes_show_the_polls_and_action_points_of_the_meeting(meeting: EndedMeeting) -> None:
    await meeting.says(KOELN, ANNA, "/protokoll anfang Wärmeplanung")
    poll = await meeting.asks()
    await meeting.votes(poll, ANNA, MEHMET, JOE)
    await meeting.says(KOELN, ANNA, "/umfrage 1 schliessen")
    await meeting.proposes("Bäume pflanzen", date(2027, 3, 1))
    await meeting.says(KOELN, ANNA, "/protokoll ende")
    german = meeting.document(KOELN)
    assert "Umfrage 1: Was zuerst?" in german
    assert "Stimmen: Köln 2 und Indianapolis 1" in german
    assert "Bäume pflanzen" in german
    assert "01.03.2027" in german


async def test_the_reason_of_an_objection_is_the_answer_to_the_question_for_it(meeting: EndedMeeting) -> None:
    await meeting.meeting(*LINES)
    await meeting.chooses(KOELN, HENRIETTE, 1)
    question = meeting.telegram.messages_in(KOELN)[-1]
    await meeting.says(KOELN, HENRIETTE, "Zu viele Bäume", reply_to=question.id)
    assert "Zu viele Bäume" in meeting.at(INDY)[-1]
    async with meeting.database.begin() as store:
        (agreement,) = await store.agreements.pending(1)
    assert agreement.state is AgreementState.OBJECTED
