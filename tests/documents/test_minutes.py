"""Minutes as documents for readers of each language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from bot.agreement import AgreementState, Step, append
from bot.documents import to_html, to_markdown
from bot.voting import CityKey, Result, TopicResult
from handlers.agreements.minutes._document import document
from handlers.agreements.minutes._record import MinutesRecord
from storage import AgreementKind, AgreementRecord, Minutes

START = datetime(2026, 12, 15, 16, tzinfo=UTC)
END = START + timedelta(hours=7, minutes=30)


def line(
    kind: str, text: str, language: str, translation: str | None = None, action: int | None = None
) -> dict[str, Any]:
    return {"kind": kind, "text": text, "translation": translation, "language": language, "action": action}


def topic(number: int, place: int, joint: str, koeln: int, indy: int) -> TopicResult:
    by_city: dict[CityKey, Fraction] = {"Köln": Fraction(koeln), "Indianapolis": Fraction(indy)}
    places = dict.fromkeys(by_city, place)
    return TopicResult(number, place, Fraction(joint), Fraction(joint), Fraction(joint), by_city, places, False, False)


RESULT = Result((topic(2, 1, "9/2", 4, 5), topic(1, 2, "3", 3, 3)), {"Köln": 4, "Indianapolis": 3}, ())
POLL = {"number": 3, "question": "Was hat Vorrang?", "method": "score", "topics": ["Bäume", "Trinkbrunnen"]}
OWNERS = [{"who": "a", "city": "Köln"}, {"who": "gone", "city": "Indianapolis"}]
CONTENT: dict[str, Any] = {
    "title": "Wärmeplanung",
    "place": "https://meet.example/koeln",
    "roundtable": 2,
    "started": START.isoformat(),
    "ended": END.isoformat(),
    "cities": [
        {"name": "Indianapolis", "zone": "America/Indiana/Indianapolis", "language": "en"},
        {"name": "Köln", "zone": "Europe/Berlin", "language": "de"},
    ],
    "chair": {"who": "a", "city": "Köln", "role": "coordinator"},
    "present": [
        {"entry": 1, "who": "a", "city": "Köln", "role": "coordinator", "excused": False},
        {"entry": 2, "who": "b", "city": "Indianapolis", "role": "mayor", "excused": False},
        {"entry": 3, "who": "gone", "city": "Köln", "role": "staff", "excused": False},
        {"entry": 4, "who": "c", "city": "Köln", "role": "mayor", "excused": True},
        {"entry": 5, "who": "the same as b", "city": "Indianapolis", "role": "guest", "excused": False},
    ],
    "writers": ["a"],
    "lines": [
        line("info", "Begrüßung", "de"),
        line("topic", "Bäume am Bahnhof", "de", "Trees at the station"),
        line("agreed", "Beide Städte pflanzen je 300 Bäume.", "de", "Both cities plant 300 trees each."),
        line("action", "Plant trees", "en", action=4),
        line("topic", "Heat plans", "en"),
        line("idea", "A summer school", "en"),
    ],
    "polls": [
        {**POLL, "closed": START.isoformat(), "in_force": True, "result": RESULT.to_json()},
        {**POLL, "number": 4, "closed": None, "in_force": False, "result": None},
    ],
    "actions": [
        {
            "number": 4, "version": 1, "state": "proposed", "text": "Plant trees", "language": "en",
            "due": "2026-12-31", "translation": None, "translation_language": None, "owners": OWNERS, "lead": "Köln",
        }
    ],
    "corrections": [
        {"text": "30 Bäume", "language": "de", "city": "Köln", "at": END.isoformat(), "version": 1},
    ],
}  # fmt: skip


def record(content: dict[str, Any]) -> MinutesRecord:
    history = append((), Step.PROPOSED, at=END, content=content)
    history = append(history, Step.CONFIRMED, at=END, actor="c", city="Köln", content={"role": "mayor"})
    agreement = AgreementRecord(
        id=1, dialogue_id=1, kind=AgreementKind.MINUTES, number=3, state=AgreementState.PROPOSED, version=1,
        in_force=None, entries=2, digest="0123456789", changed_at=END, agreed_at=None, closed_at=None,
    )  # fmt: skip
    minutes = Minutes(
        id=1, dialogue_id=1, number=3, agreement_id=1, roundtable=2, title="Wärmeplanung", place="", chair_id=1,
        chat_id=1, card_id=None, started_at=START, active_at=END, ended_at=END,
    )  # fmt: skip
    return MinutesRecord(
        minutes=minutes,
        agreement=agreement,
        content=content,
        answers={"Köln": history[-1]},
        chair="Anna Weber",
        present={1: "Anna Weber", 2: "Joe Hogsett", 3: "", 4: "Henriette Reker"},
        owners={"a": "Anna Weber"},
        signers={2: "Henriette Reker"},
    )


def markdown(locale: str, **changed: Any) -> str:
    return to_markdown(document(record(CONTENT | changed), "Köln – Indianapolis", locale)).decode().replace("\\", "")


def test_a_german_administration_finds_what_it_expects() -> None:
    assert markdown("de_DE") == (
        "# Ergebnisprotokoll 3: Wärmeplanung\n\n"
        "Arbeitsfassung aus dem Dialog Köln – Indianapolis; keine Niederschrift im Sinne des Kommunalrechts\n\n"
        "- **Sitzung:** Runde 2\n"
        "- **Ort:** [https://meet.example/koeln](<https://meet.example/koeln>)\n"
        "- **Tag:** Dienstag, 15. Dezember 2026\n"
        "- **Beginn:** Indianapolis: 11:00 Uhr\n  Köln: 17:00 Uhr\n"
        "- **Ende:** Indianapolis: 18:30 Uhr\n  Köln: 00:30 Uhr, Mittwoch, 16. Dezember 2026\n"
        "- **Sitzungsleitung:** Anna Weber (Koordination, Köln)\n"
        "- **Protokollführung:** Anna Weber (Koordination, Köln)\n\n"
        "## Anwesende\n\n"
        "- **Indianapolis:** Joe Hogsett (Bürgermeister/in)\n"
        "- **Köln:** Anna Weber (Koordination)\n  jemand, dessen Daten gelöscht wurden (Fachkraft)\n"
        "- **Entschuldigt: Köln:** Henriette Reker (Bürgermeister/in)\n\n"
        "## Tagesordnung\n\n"
        "1. Bäume am Bahnhof\n   Trees at the station\n2. Heat plans\n\n"
        "## Beschlüsse im Wortlaut\n\n"
        "1. Beide Städte pflanzen je 300 Bäume.\n   Both cities plant 300 trees each.\n\n"
        "## Abstimmungen\n\n"
        "### Umfrage 3: Was hat Vorrang?\n\n"
        "Die Reihenfolge ist in Kraft.\n\n"
        "| Platz | Thema | Gesamt | Köln | Indianapolis |\n| --- | --- | --- | --- | --- |\n"
        "| 1 | Trinkbrunnen | 4,50 | 4,00 | 5,00 |\n| 2 | Bäume | 3,00 | 3,00 | 3,00 |\n\n"
        "Abgegebene Stimmen: Köln 4 und Indianapolis 3. Angegeben: Punkte im Mittel, 0 bis 5.\n\n"
        "### Umfrage 4: Was hat Vorrang?\n\n"
        "Die Umfrage war bei Sitzungsende noch offen.\n\n"
        "## Aufgaben: Wer macht was bis wann\n\n"
        "| Nr. | Was | Wer | Bis wann | Stand |\n| --- | --- | --- | --- | --- |\n"
        "| 4 | Plant trees | Anna Weber (Köln)<br>jemand, dessen Daten gelöscht wurden (Indianapolis)<br>"
        "Federführend: Köln | 31.12.2026 | vorgeschlagen |\n\n"
        "## Verlauf\n\n"
        "- **Information:** Begrüßung\n\n"
        "### TOP 1: Bäume am Bahnhof\n\n"
        "- Beschluss 1, siehe oben\n- Aufgabe 4, siehe oben\n\n"
        "### TOP 2: Heat plans\n\n"
        "- **Idee:** A summer school\n\n"
        "## Berichtigungen\n\n"
        "1. **Köln, 16. Dezember 2026, zu Fassung 1:** 30 Bäume\n\n"
        "## Zustimmung der Städte\n\n"
        "- **Indianapolis:** noch nicht zugestimmt\n"
        "- **Köln:** zugestimmt am 16. Dezember 2026: Henriette Reker (Bürgermeister/in)\n\n"
        "Fassung 1, Prüfnummer 01234567\n\n"
        "---\n\nKöln – Indianapolis · Ergebnisprotokoll 3 · Fassung 1\n"
    )


@pytest.mark.parametrize(
    ("locale", "begin", "apologies"),
    [("en_GB", "Indianapolis: 11:00\n  Köln: 17:00", "Apologies: Köln"), ("en_US", "11:00\u202fAM", "Excused: Köln")],
)
def test_british_and_american_readers_have_their_own_terms(locale: str, begin: str, apologies: str) -> None:
    shown = markdown(locale)
    assert shown.startswith("# Minutes 3: Wärmeplanung\n\nWorking record of the dialogue")
    assert begin in shown
    assert apologies in shown
    assert "## Decisions, word for word" in shown


def test_each_text_is_marked_with_the_language_it_was_written_in() -> None:
    page = to_html(document(record(CONTENT), "Köln – Indianapolis", "en_US")).decode()
    assert '<span lang="de">Beide Städte pflanzen je 300 Bäume.</span><br><span lang="en">Both cities' in page


def test_what_there_was_not_is_said_or_left_out() -> None:
    shown = markdown("en_GB", lines=[line("agreed", "Trees", "en")], polls=[], actions=[], corrections=[], place="")
    assert "- **Place:** in the chats of the cities\n" in shown
    assert "No action points were proposed." in shown
    assert not [each for each in ("Agenda", "Votes", "Notes", "Corrections") if f"# {each}" in shown]
