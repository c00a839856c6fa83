"""Action points as files: for spreadsheets, calendars and the administration, with a history to verify."""

from __future__ import annotations

import csv
import io
import json
from hashlib import sha256
from typing import Any

from docx import Document
from ical.calendar_stream import IcsCalendarStream

from bot.model import ChatRef, Sender
from tests.stories.action_points import story
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.meetings import LEEDS, PRIYA, Meetings

__all__ = ["story"]


async def agreed(story: Meetings) -> None:
    """Make an action point that every city has agreed to and one city wants to change, and one that is proposed."""
    await story.says(
        KOELN, MEHMET, "/aufgabe =Bäume; pflanzen @mehmet und @tom:test bis 15.12. | en: Plant trees | sdg: 11, 13"
    )
    for chat, who, typed in ((KOELN, ANNA, "/aufgabe 1 zustimmen"), (INDY, GRACE, "!action 1 agree")):
        await story.says(chat, who, typed)
    await story.says(LEEDS, PRIYA, "!action 1 agree")
    await story.says(KOELN, ANNA, "/aufgabe 1 ändern Bäume und Hecken pflanzen | en: Plant trees and hedges")
    await story.says(INDY, GRACE, "!action 1 object Too much, we think")
    await story.says(INDY, TOM, "!action Write a report @tom:test")


async def exported(story: Meetings, chat: ChatRef, who: Sender, typed: str) -> bytes:
    """Return the file that a command has brought."""
    await story.says(chat, who, typed)
    message = [each for each in story.messenger(chat).messages_in(chat) if each.file][-1]
    assert message.data is not None
    return message.data


async def test_spreadsheets_of_both_languages_open_the_table(story: Meetings) -> None:
    await agreed(story)
    for chat, who, typed, delimiter, columns in (
        (KOELN, ANNA, "/export aufgaben csv", ";", ("Aufgabe", "Zweite Sprache", "Frist", "Stand", "Geltender Text")),
        (INDY, GRACE, "!export actions", ",", ("action point", "second language", "due", "state", "text in force")),
    ):
        data = await exported(story, chat, who, typed)
        assert data.startswith(b"\xef\xbb\xbf")
        first, second = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter)
        state = "Einwand erhoben" if delimiter == ";" else "objected to"
        assert [first[each] for each in columns] == [
            "Bäume und Hecken pflanzen", "Plant trees and hedges", "2027-12-15", state, "'=Bäume; pflanzen",
        ]  # fmt: skip
        assert (second[columns[0]], second[columns[2]]) == ("Write a report", "")
        assert "Mehmet Kaya (Köln), Tom Jackson (Indianapolis)" in first.values()


async def test_anybody_can_verify_the_history(story: Meetings) -> None:
    await agreed(story)
    first, second = json.loads(await exported(story, INDY, GRACE, "!export actions json"))
    assert [each["step"] for each in first["history"]] == [
        "proposed", "confirmed", "confirmed", "confirmed", "agreed", "edited", "objected",
    ]  # fmt: skip
    for point in (first, second):
        assert point["check_number"] == verified(point["history"])[:8]
    assert point["check_number"] in await story.says(INDY, GRACE, "!action 2")


def verified(history: list[dict[str, Any]]) -> str:
    """Return the last digest of a history, verified as docs/verifying.md says."""
    previous = str(history[0]["previous"])
    for entry in history:
        assert entry["previous"] == previous
        previous = str(entry.pop("digest"))
        text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert sha256(text.encode()).hexdigest() == previous
    return previous


async def test_a_document_has_both_languages_and_the_text_in_force(story: Meetings) -> None:
    await agreed(story)
    document = Document(io.BytesIO(await exported(story, KOELN, ANNA, "/export aufgaben docx")))
    assert document.paragraphs[0].text == "Aufgaben von Köln – Indianapolis – Leeds"
    (_header, row, _other) = document.tables[0].rows
    cells = [cell.text for cell in row.cells]
    assert cells[:4] == [
        "1",
        "Bäume und Hecken pflanzen\nPlant trees and hedges\nFassung 1 gilt weiter: =Bäume; pflanzen\nSDG 11, 13",
        "Mehmet Kaya (Köln)\nTom Jackson (Indianapolis)",
        "15.12.2027",
    ]
    assert "Einwand von Indianapolis: Too much, we think" in cells[4]
    page = (await exported(story, INDY, GRACE, "!export actions html")).decode()
    assert '<span lang="de">Bäume und Hecken pflanzen</span>' in page
    assert "Version 1 stays in force: =Bäume; pflanzen" in page
    text = (await exported(story, INDY, GRACE, "!export actions md")).decode()
    assert "## Proposed, not agreed" in text


async def test_calendars_get_a_task_and_its_due_day(story: Meetings) -> None:
    await agreed(story)
    before = IcsCalendarStream.calendar_from_ics((await exported(story, KOELN, ANNA, "/export aufgaben ics")).decode())
    todo, other = before.todos
    (event,) = before.events
    assert (todo.summary, str(todo.due), todo.status) == ("=Bäume; pflanzen", "2027-12-15", "IN-PROCESS")
    assert (event.summary, str(event.start)) == ("Fällig: =Bäume; pflanzen", "2027-12-15")
    assert todo.categories == ["SDG 11", "SDG 13"]
    assert [each.common_name for each in todo.attendees] == ["Mehmet Kaya (Köln)", "Tom Jackson (Indianapolis)"]
    assert (other.summary, other.due, other.status) == ("Write a report", None, "NEEDS-ACTION")
    await story.says(INDY, GRACE, "!action 1 agree")
    after = IcsCalendarStream.calendar_from_ics((await exported(story, KOELN, ANNA, "/export aufgaben ics")).decode())
    assert after.todos[0].uid == todo.uid
    assert (after.todos[0].sequence or 0) > (todo.sequence or 0)
