"""Staff propose topics while a poll is a draft, and its coordinator decides."""

from __future__ import annotations

from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM, private_chat, someone
from tests.stories.meetings import LEEDS, Meetings
from tests.stories.polls import MADE, presses, preview, stored, story

__all__ = ["story"]

GUEST = someone(KOELN.messenger, "77", "Gabi Gast", "de")


async def test_everybody_is_asked_once_and_the_coordinator_decides(story: Meetings) -> None:
    await story.says(private_chat(MEHMET), MEHMET, "/start")
    await story.says(KOELN, ANNA, MADE)
    await presses(story, KOELN, ANNA, "💡")
    asked = story.at(LEEDS)[-1].splitlines()
    assert asked[0] == "💡 Which topics belong in poll 1?"
    assert asked[-1] == (
        "Staff, mayors and coordinators propose more with !poll 1 propose TEXT. A coordinator then publishes the poll."
    )
    assert [each.startswith("💡") for each in (story.at(INDY)[-1], story.at(KOELN)[-1])] == [True, True]
    assert "Alle Chats sind bereits" in await presses(story, KOELN, ANNA, "💡")
    answer = await story.says(private_chat(MEHMET), MEHMET, "/umfrage 1 vorschlag Wärmeplanung (SDG 7)")
    assert answer == "Danke. Ihr Vorschlag für Umfrage 1 ist notiert: Wärmeplanung"
    await story.says(INDY, TOM, "!poll 1 propose - Parks")
    assert (
        "Vorgeschlagen\n1. Wärmeplanung (SDG 7 Bezahlbare und saubere Energie) – Mehmet Kaya\n2. Parks – Tom Jackson\n"
    ) in preview(story, KOELN).text
    first = next(each for each in story.telegram.messages_in(KOELN) if each.text.startswith("💡 Mehmet Kaya"))
    await presses(story, KOELN, ANNA, "✅", first)
    assert first.text == "✅ Für Umfrage 1 angenommen: Wärmeplanung"
    assert story.at(private_chat(MEHMET))[-1] == "Ihr Vorschlag für Umfrage 1 ist angenommen: Wärmeplanung"
    assert "❌ Für Umfrage 1 abgelehnt: Parks" in await story.says(KOELN, ANNA, "/umfrage 1 ablehnen 1")
    assert "Your proposal is not accepted for poll 1: Parks" in story.at(INDY)[-1]
    assert "4. Wärmeplanung (SDG 7" in preview(story, KOELN).text
    assert "Vorgeschlagen" not in preview(story, KOELN).text


async def test_several_are_decided_by_their_numbers(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    for topic in ("A", "B", "C"):
        await story.says(KOELN, MEHMET, f"/umfrage 1 vorschlag {topic}")
    assert "Welchen dieser Vorschläge" in await story.says(KOELN, ANNA, "/umfrage 1 annehmen 4")
    await story.says(KOELN, ANNA, "/umfrage 1 annehmen 3, 1")
    await story.says(KOELN, ANNA, "/umfrage 1 ablehnen alle")
    assert [each.text for each in (await stored(story))[1]][3:] == ["C", "A"]
    second = next(
        each for each in story.telegram.messages_in(KOELN) if each.text.startswith("💡") and each.text.endswith(": B")
    )
    assert "bereits entschieden" in await presses(story, KOELN, ANNA, "✅", second)


async def test_what_cannot_be_proposed(story: Meetings) -> None:
    await story.says(KOELN, ANNA, MADE)
    assert "von Fachkräften" in await story.says(KOELN, GUEST, "/umfrage 1 vorschlag Wärme")
    assert "doppelt da: „schulpartnerschaften“" in await story.says(
        KOELN, MEHMET, "/umfrage 1 vorschlag schulpartnerschaften"
    )
    assert "Welches Thema schlagen Sie vor?" in await story.says(KOELN, MEHMET, "/umfrage 1 vorschlag")
    for topic in ("A", "B", "C"):
        await story.says(KOELN, MEHMET, f"/umfrage 1 vorschlag {topic}")
    assert "3 Vorschläge von Ihnen warten bereits" in await story.says(KOELN, MEHMET, "/umfrage 1 vorschlag D")
    nine = " | ".join(f"- Thema {number}" for number in range(12))
    await story.says(KOELN, ANNA, f"/umfrage 1 themen | {nine}")
    assert "höchstens 12 Themen haben, das sind 13" in await story.says(KOELN, ANNA, "/umfrage 1 annehmen 1")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    assert "bereits veröffentlicht" in await story.says(KOELN, MEHMET, "/umfrage 1 vorschlag E")
