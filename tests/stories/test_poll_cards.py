"""The live card of a poll: what it says in each city, and when it is edited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.model import Replace
from handlers.polls import _result
from handlers.polls._result import Standing, Uncounted
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.electorate import card, cast, message, publish, record
from tests.stories.meetings import LEEDS, SPACES, Meetings
from tests.stories.polls import story

__all__ = ["story"]

CHATS = (KOELN, INDY, LEEDS)


def edits(story: Meetings) -> int:
    """Return how often the card was edited in Indianapolis."""
    id = message(story, INDY, "🗳️").id
    return sum(isinstance(each, Replace) and each.id == id for each in story.matrix.calls)


async def test_it_says_everything_in_the_language_of_each_chat(story: Meetings) -> None:
    await publish(story, "quorum: 2")
    german, american, british = (card(story, chat).translate(SPACES) for chat in CHATS)
    assert german.startswith("🗳️ Umfrage 1: Woran arbeiten wir zuerst?\n1. Radwege ausbauen (SDG 11 Nachhaltige Städte")
    assert "2. Bäume pflanzen (SDG 13 Maßnahmen zum Klimaschutz)\n3. Schulpartnerschaften\n4. Sport" in german
    parts = ("Ende: ", "So stimmen Sie ab: ", "Beteiligung\n", "Regeln\n")
    assert sorted(parts, key=german.index) == list(parts)
    assert "mit 1=5 2=3 oder mit /stimme 1 1=5 2=3" in german
    assert "/stimme 1 keine nimmt sie zurück." in german
    assert "wenn in jeder Stadt mindestens 2 Personen abstimmen" in german
    assert "Köln: 10:00 Uhr" in german
    assert "(SDG 13 Climate Action)" in american
    assert "write !vote 1 1=5 2=3. " in american
    assert "Closes: Wednesday, January 20, 2027\nIndianapolis: 4:00 AM" in american
    assert "Closes: Wednesday, 20 January 2027\nLeeds: 09:00" in british
    assert "Zwischenstand" not in german


async def test_it_shows_the_count_with_each_city_and_where_they_are_divided(story: Meetings) -> None:
    await publish(story)
    await cast(story, "Köln", "1=5 2=1", "1=4 2=2")
    await cast(story, "Indianapolis", "2=5", "2=4 3=3 4=1", "2=5 5=1")
    german, american, _british = (card(story, chat) for chat in CHATS)
    assert "Zwischenstand (Punkte im Mittel, 0 bis 5)" in german
    assert (
        "1. Bäume pflanzen: 3,08 – Köln 1,50 (Platz 2) · Indianapolis 4,67 (Platz 1) · alle Stimmen 3,40\n"
        "2. Radwege ausbauen: 2,25 – Köln 4,50 (Platz 1) · Indianapolis 0,00 (Platz 5) · alle Stimmen 1,80 ⚠️\n"
    ) in german
    assert "⚠️ Die Städte liegen hier um 3 Plätze oder mehr auseinander." in german
    assert "1. Bäume pflanzen: 3.08 – Köln 1.50 (place 2) · Indianapolis 4.67 (place 1) · all ballots 3.40" in american
    assert "⚠️ The cities differ by 3 places or more." in american
    assert card(story, KOELN) in await story.says(KOELN, ANNA, "/umfrage 1")


async def test_it_is_edited_once_in_five_seconds_and_shows_the_last_vote(
    story: Meetings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.polls._card.PAUSE", timedelta(seconds=5))
    await publish(story)
    for voter, points in enumerate((5, 4, 3, 2)):
        await cast(story, "Leeds", f"1={points}", first=voter)
    assert edits(story) == 1, "the first vote is shown at once"
    assert "1. Radwege ausbauen: 5.00" in card(story, LEEDS)
    await story.pass_(seconds=4)
    assert edits(story) == 1
    await story.pass_(seconds=1)
    assert edits(story) == 2
    assert "1. Radwege ausbauen: 3.50" in card(story, LEEDS)
    await story.pass_(minutes=1)
    await cast(story, "Leeds", "1=2", first=3)  # the same ballot once more
    assert edits(story) == 2, "what reads as before is not edited"


async def test_a_vote_that_comes_while_the_card_is_drawn_is_shown_too(
    story: Meetings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(story)
    counted, coming = _result.Uncounted.counted, ["1=3"]

    async def interrupted(ballots: Uncounted) -> Standing:
        while coming:
            await record(story, "Leeds", coming.pop(), first=1)
        return await counted(ballots)

    monkeypatch.setattr(Uncounted, "counted", interrupted)
    await cast(story, "Leeds", "1=5")
    await story.pass_(seconds=5)
    assert "1. Radwege ausbauen: 4.00" in card(story, LEEDS)


async def test_results_after_the_close_are_told_to_nobody_before(story: Meetings) -> None:
    await publish(story, "ergebnis: danach")
    before = [card(story, chat) for chat in CHATS]
    await cast(story, "Köln", "1=5")
    shown = [card(story, chat) for chat in CHATS]
    number = edits(story)
    await cast(story, "Köln", "2=4")
    assert edits(story) == number, "a changed ballot changes nothing that people may read"
    shown += [await story.says(KOELN, ANNA, "/umfrage 1"), await story.says(INDY, GRACE, "!poll 1")]
    for text in (*before, *shown):
        assert not any(mean in text for mean in ("5,00", "5.00", "4,00", "4.00", "Zwischenstand", "Count so far"))
    assert "Der Stand ist erst nach dem Ende zu sehen." in before[0]


async def test_it_follows_chats_that_join_leave_or_speak_another_language(story: Meetings) -> None:
    await publish(story)
    york = replace(LEEDS, id="!york:test")
    story.matrix.messages_in(york)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        (leeds,) = [each for each in dialogue.cities if each.name == "Leeds"]
        await store.chats.pair(york, dialogue, leeds)
        left = await store.chats.by_ref(LEEDS)
        assert left
        await store.chats.unpair(left)
    await story.quiet()
    assert card(story, york).startswith("🗳️ Poll 1: Woran arbeiten wir zuerst?")
    await cast(story, "Leeds", "1=5")
    assert "1. Radwege ausbauen: 5.00" in card(story, york)
    assert "5.00" not in card(story, LEEDS)
    async with story.database.begin() as store:
        indy = await store.chats.by_ref(INDY)
        assert indy
        await store.chats.speak(indy, locale="de_DE")
    await story.quiet()
    assert card(story, INDY).startswith("🗳️ Umfrage 1: ")
    assert "1. Radwege ausbauen: 5,00" in card(story, INDY)


async def test_the_longest_card_is_one_message(story: Meetings) -> None:
    topics = tuple(f"{number:>02} {'Straßenbäume ' * 11}#sdg11 #sdg12 #sdg16".strip() for number in range(12))
    await publish(story, topics=topics)
    await cast(story, "Köln", " ".join(f"{number}={number % 6}" for number in range(1, 13)))
    await cast(story, "Leeds", " ".join(f"{number}={(number + 3) % 6}" for number in range(1, 13)))
    for chat in CHATS:
        text = card(story, chat)
        assert len(text.encode("utf-16-le")) / 2 <= 4096
        assert text.count("Straßenbäume") == 12 * 11, "no topic is cut"
        assert "SDG 11, 12, 16" in text
    assert "1. Thema 5: 3,50" in card(story, KOELN)


async def test_secret_and_other_ballots_say_how_they_are_cast(story: Meetings) -> None:
    expected = {
        "wahl: geheim": "oder schreiben Sie mir privat: /stimme 1 1=5 2=3",
        "verfahren: rang": "als Antwort auf diese Nachricht mit 3>1>2 oder mit /stimme 2 3>1>2",
        "verfahren: zustimmung": "über die Schaltflächen aller Themen, denen Sie zustimmen",
        "verfahren: einzeln": "in der Umfrage darunter oder mit /stimme 4 2. ",
    }
    for rule, words in expected.items():
        await publish(story, rule)
        assert words in message(story, KOELN, "🗳️").text
