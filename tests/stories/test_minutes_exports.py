"""All minutes of a dialogue as one file, in the language of whoever asks."""

from __future__ import annotations

import csv
import io
import json

from docx import Document

from tests.stories.action_points import story
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.meetings import Meetings
from tests.stories.test_action_exports import exported, verified

__all__ = ["story"]


async def held(story: Meetings) -> None:
    """Hold a meeting with a decision, and correct its minutes; begin another one."""
    for typed in (
        "/protokoll anfang =Baumtag",
        "#thema Kosten",
        "#beschluss +Wir zahlen die Hälfte",
        "/protokoll ende",
    ):
        await story.says(KOELN, ANNA, typed)
    await story.says(KOELN, ANNA, "/protokoll 1 berichtigen Zwei Drittel")
    await story.says(KOELN, ANNA, "/protokoll anfang Zweites Treffen")


async def test_spreadsheets_show_a_line_for_each_line_of_minutes(story: Meetings) -> None:
    await held(story)
    data = await exported(story, KOELN, ANNA, "/export protokolle csv")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [(row["Protokoll"], row["Titel"], row["Art"], row["Text"]) for row in rows] == [
        ("1", "'=Baumtag", "Thema", "Kosten"),
        ("1", "'=Baumtag", "Beschluss", "'+Wir zahlen die Hälfte"),
        ("1", "'=Baumtag", "Berichtigung", "Zwei Drittel"),
    ]


async def test_the_history_of_minutes_verifies(story: Meetings) -> None:
    await held(story)
    (minutes,) = json.loads(await exported(story, INDY, GRACE, "!export minutes json"))
    assert [each["text"] for each in minutes["minutes"]["lines"]] == ["Kosten", "+Wir zahlen die Hälfte"]
    assert minutes["version"] == 2
    assert minutes["check_number"] == verified(minutes["history"])[:8]


async def test_a_document_has_all_minutes(story: Meetings) -> None:
    await held(story)
    document = Document(io.BytesIO(await exported(story, KOELN, ANNA, "/export protokolle docx")))
    headings = [(each.style.name, each.text) for each in document.paragraphs if each.style and each.text]
    assert headings[0] == ("Title", "Protokolle von Köln – Indianapolis – Leeds")
    assert headings[1][1] == "Ergebnisprotokoll 1: =Baumtag"
    for format in ("md", "html"):
        text = (await exported(story, INDY, GRACE, f"!export minutes {format}")).decode()
        assert "Minutes 1" in text
        assert "Zwei Drittel" in text
        assert "Zweites Treffen" not in text
