"""Minutes from their start to their end, whatever happens to chair, chats and the bot on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import ChatRef, Role, Sender
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, direct_room, private_chat, running
from tests.stories.meetings import CREATED, HENRIETTE, JOE, LEEDS, PRIYA, Meetings, meetings_on
from tests.stories.minutes import card, kept, sign

EVENING = datetime(2027, 1, 13, 21, 30, tzinfo=UTC)
"""Half past ten in the evening in Köln, in the afternoon in Indianapolis."""


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        yield it


async def is_open(story: Meetings, number: int = 1) -> bool:
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        minutes = await store.minutes.numbered(dialogue.id, number)
        return minutes is not None and minutes.is_open


async def press(story: Meetings, chat: ChatRef, who: Sender, emoji: str) -> str:
    """Press a button of the newest post that has it, on Telegram; return what the person is told alone."""
    posts = [each for each in story.telegram.messages_in(chat) if each.post]
    found = next(
        (each.id, button.action)
        for each in reversed(posts)
        for button in (each.post.buttons if each.post else ())
        if button.emoji == emoji
    )
    story.telegram.presses(chat, who, *found)
    await story.quiet()
    return story.telegram.told[-1]


# Begun


async def test_every_chat_reads_who_has_begun_what_in_its_own_language_and_zone(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang Klimaschutz | wo: Rathaus")
    assert card(story, KOELN) == [
        "📝 Protokoll 1: Klimaschutz",
        "Ort: Rathaus",
        "Beginn: Mittwoch, 13. Januar 2027, 10:00 Uhr (Berlin)",
        "Sitzungsleitung: Anna Weber",
        "bisher 0 Zeilen",
        "👥 Anwesend für Köln: Anna Weber",
    ]
    assert card(story, INDY)[:4] == [
        "📝 Minutes 1: Klimaschutz",
        "Place: Rathaus",
        "Since: Wednesday, January 13, 2027, 4:00 AM (Indianapolis)",
        "Chair: Anna Weber",
    ]
    assert card(story, LEEDS)[2] == "Since: Wednesday, 13 January 2027, 09:00 (London)"


async def test_in_private_it_begins_as_well_and_says_where_lines_are_taken(story: Meetings) -> None:
    answer = await story.says(direct_room(GRACE), GRACE, "!minutes start Climate")
    assert answer == (
        "Minutes 1 are open. Please write the lines in one of the chats of the dialogue; I do not take them here:"
        " Köln (Telegram), Indianapolis (Matrix), and Leeds (Matrix)"
    )
    assert "Sitzungsleitung: Grace Miller" in card(story, KOELN)
    await story.says(direct_room(GRACE), GRACE, "#agreed in private")
    assert await kept(story) == []


async def test_only_one_is_open_and_only_a_coordinator_opens_it(story: Meetings) -> None:
    assert (await story.says(KOELN, MEHMET, "/protokoll anfang")).startswith("Das kann nur die Koordination.")
    await story.says(KOELN, ANNA, "/protokoll anfang")
    assert card(story, INDY)[0] == "📝 Minutes 1: Köln – Indianapolis – Leeds"
    answer = await story.says(INDY, GRACE, "!minutes start Again")
    assert answer == "Minutes 1 are still open: Köln – Indianapolis – Leeds. !minutes end ends them."


async def test_what_cannot_be_done_is_answered(story: Meetings) -> None:
    for typed, answer in (
        ("/protokoll", "Hier gibt es noch kein Protokoll."),
        ("/protokoll ende", "Hier gibt es noch kein Protokoll."),
        ("/protokoll 3", "Hier gibt es noch kein Protokoll."),
        ("/protokoll anfang 3", "Eine Runde 3 gibt es hier nicht."),
        ("/protokoll anfagn", "„anfagn“ kenne ich hier nicht. Meinten Sie /protokoll anfang?"),
        ("/protokoll bitte", "„bitte“ kenne ich hier nicht."),
        ("/protokoll anfang " + "x" * 151, "höchstens 150 Zeichen"),
        ("/protokoll anfang Klima | orrt: Rathaus", "Meinten Sie ort:"),
    ):
        assert answer in await story.says(KOELN, ANNA, typed)
    assert not await is_open(story)


# The chair


async def test_the_chair_is_handed_over_and_taken_over(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.says(KOELN, ANNA, "/protokoll leitung @mehmet")
    assert story.at(INDY)[-1] == "Mehmet Kaya is in the chair of minutes 1 now."
    assert "Chair: Mehmet Kaya" in card(story, INDY)
    await story.says(KOELN, MEHMET, "#thema Bäume")
    assert await kept(story) == [("topic", "Bäume")]
    answer = await story.says(INDY, TOM, "!minutes chair @tom:test")
    assert answer == "Minutes are written by their chair, Mehmet Kaya, and the coordinators."
    await story.says(INDY, GRACE, "!minutes chair")
    assert "Sitzungsleitung: Grace Miller" in card(story, KOELN)
    await story.says(KOELN, MEHMET, "#thema Wasser")
    assert await kept(story) == [("topic", "Bäume")]


async def test_only_somebody_with_a_role_gets_the_chair(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    answer = await story.says(INDY, GRACE, "!minutes chair @nobody:test")
    assert answer.startswith("nobody cannot be in the chair: only staff, mayors and coordinators can.")
    assert "gibt" in await story.says(KOELN, ANNA, "/protokoll leitung @keiner") or "kenne" in story.at(KOELN)[-1]
    assert "mit @" in await story.says(KOELN, ANNA, "/protokoll leitung Mehmet")
    assert "Sitzungsleitung: Anna Weber" in card(story, KOELN)


async def test_a_chair_who_loses_the_role_writes_no_longer(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.says(KOELN, ANNA, "/protokoll leitung @mehmet")
    await story.appoint(MEHMET, "Köln", Role.GUEST)
    await story.says(KOELN, MEHMET, "#thema Bäume")
    assert await kept(story) == []


async def test_a_forgotten_chair_leaves_the_minutes_to_the_coordinators(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.says(KOELN, ANNA, "/protokoll leitung @mehmet")
    await story.says(KOELN, MEHMET, "#thema Bäume")
    assert MEHMET.account
    async with story.database.begin() as store:
        person = await store.people.by_account(MEHMET.account)
        assert person
        await store.people.forget(person)
    await story.says(INDY, GRACE, "#info Go on")
    assert "Nobody is in the chair. A coordinator takes it with !minutes chair." in card(story, INDY)
    assert "👥 Anwesend für Köln: Anna Weber und jemand" in card(story, KOELN)
    assert await kept(story) == [("topic", "Bäume"), ("info", "Go on")]
    await story.says(INDY, GRACE, "!minutes end")
    assert not await is_open(story)


# Who is present


async def test_who_writes_is_present_and_the_chair_names_the_others(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.says(INDY, TOM, "Hello")
    await story.says(INDY, GRACE, "Hello")
    answer = await story.says(KOELN, ANNA, "/protokoll anwesend @henriette @mehmet")
    assert answer == "Als anwesend vermerkt: Henriette Reker (Köln) und Mehmet Kaya (Köln)"
    await story.says(INDY, GRACE, "!minutes excused @joe:test @tom:test")
    assert card(story, LEEDS)[-3:] == [
        "👥 Present for Köln: Anna Weber, Henriette Reker and Mehmet Kaya",
        "👥 Present for Indianapolis: Grace Miller",
        "Excused: Tom Jackson and Joe Hogsett",
    ]
    await story.says(INDY, TOM, "I am here all the same")
    await story.says(INDY, GRACE, "!minutes present @tom:test")
    assert card(story, INDY)[-1] == "Excused: Joe Hogsett"
    assert "Minutes are written by their chair" in await story.says(INDY, TOM, "!minutes excused @joe:test")
    assert "mit @" in await story.says(KOELN, ANNA, "/protokoll anwesend alle")


# A roundtable


async def test_the_agenda_of_a_running_roundtable_opens_the_topics(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    await story.says(KOELN, HENRIETTE, "/teilnahme 1 nein")
    await story.says(KOELN, MEHMET, "/teilnahme 1 nein")
    await story.says(INDY, JOE, "!attend 1 yes")
    story.clock.now = datetime(2027, 2, 22, 10, tzinfo=UTC)
    await story.quiet()
    await story.says(INDY, GRACE, "!minutes start 1")
    assert card(story, INDY)[:2] == [
        "📝 Minutes 1: Städte vereint für ein demokratisches Europa",
        "Place: https://meet.example.org/europa",
    ]
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert "📌 Topic: Begrüßung" in card(story, INDY)
    await story.says(INDY, GRACE, "#topic Something in between")
    await story.says(KOELN, ANNA, "/runde 1 weiter")
    await story.says(INDY, GRACE, "#info About the cities")
    assert [text for _kind, text in await kept(story)] == [
        "Begrüßung",
        "Something in between",
        "Aus den Städten",
        "About the cities",
    ]
    await story.says(KOELN, ANNA, "/runde 1 beenden")
    assert "The roundtable has ended, but minutes 1 are still open. !minutes end ends them." in story.at(INDY)[-1]
    assert await is_open(story)
    await story.says(KOELN, MEHMET, "Ich bin doch noch gekommen.")
    await story.says(INDY, GRACE, "!minutes end")
    async with story.database.begin() as store:
        minutes = await store.minutes.get(1)
        known = {each.person_id: each.how for each in await store.participants.of(minutes)}
        people = {(await store.people.get(id)).name: how for id, how in known.items() if id}
    assert people == {
        "Grace Miller": "wrote",
        "Joe Hogsett": "answered",
        "Henriette Reker": "excused",
        "Mehmet Kaya": "wrote",
    }


async def test_minutes_begun_in_the_middle_open_the_topic_that_is_discussed(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    story.clock.now = datetime(2027, 2, 22, 10, tzinfo=UTC)
    await story.quiet()
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    await story.says(KOELN, ANNA, "/runde 1 weiter")
    await press(story, KOELN, ANNA, "📝")
    assert card(story, LEEDS)[0] == "📝 Minutes 1: Städte vereint für ein demokratisches Europa"
    assert "👥 Present for Köln: Anna Weber and Henriette Reker" in card(story, LEEDS), "she has spoken already"
    assert await kept(story) == [("topic", "Aus den Städten")]
    assert "noch offen" in await press(story, KOELN, ANNA, "📝")
    await story.pass_(minutes=1)
    running_card = next(each for each in reversed(story.telegram.messages_in(KOELN)) if each.text.startswith("🔴"))
    assert running_card.post
    assert "📝" not in {each.emoji for each in running_card.post.buttons}


async def test_minutes_of_another_meeting_follow_a_roundtable_that_begins_but_not_two(story: Meetings) -> None:
    await story.says(KOELN, ANNA, CREATED)
    await story.says(KOELN, ANNA, CREATED.replace("11:00", "10:00"))
    story.clock.now = datetime(2027, 2, 22, 10, tzinfo=UTC)
    await story.quiet()
    await story.says(INDY, GRACE, "!minutes start Europe")
    await story.says(KOELN, ANNA, "/runde 2 beginnen")
    assert await kept(story) == [("topic", "Begrüßung")]
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert await kept(story) == [("topic", "Begrüßung")]


# Its end


async def test_a_meeting_may_pass_midnight_and_its_dates_are_those_of_each_city(story: Meetings) -> None:
    await story.until(EVENING)
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.pass_(hours=3)
    await story.says(KOELN, ANNA, "#thema Bäume")
    assert card(story, KOELN)[1] == "Beginn: Mittwoch, 13. Januar 2027, 22:30 Uhr (Berlin)"
    assert card(story, INDY)[1] == "Since: Wednesday, January 13, 2027, 4:30 PM (Indianapolis)"
    assert await kept(story) == [("topic", "Bäume")]


async def test_the_chair_or_a_coordinator_ends_it_once(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    assert "Sitzungsleitung (Anna Weber)" in await story.says(KOELN, MEHMET, "/protokoll ende")
    await story.says(INDY, GRACE, "!minutes end")
    assert not await is_open(story)
    answer = await story.says(KOELN, ANNA, "/protokoll ende")
    assert answer == "Protokoll 1 ist bereits geschlossen. /protokoll 1 zeigt es."
    assert "ist geschlossen" in await story.says(KOELN, ANNA, "/protokoll anwesend @mehmet")


async def test_forgotten_minutes_are_ended_after_a_warning(story: Meetings) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.pass_(hours=2)
    await story.says(KOELN, ANNA, "#thema Bäume")
    await story.until(story.clock.now + timedelta(hours=10, minutes=59))
    assert "noch offen" not in story.at(private_chat(ANNA))[-1]
    await story.pass_(minutes=1)
    warning = story.at(private_chat(ANNA))[-1]
    assert warning.startswith("Protokoll 1 ist noch offen, und seit Mittwoch, 13. Januar 2027, 12:00 Uhr (Berlin)")
    await story.pass_(minutes=59)
    assert await is_open(story)
    await story.pass_(minutes=1)
    assert not await is_open(story)


async def test_a_line_or_a_press_keeps_them_open(story: Meetings) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.until(story.clock.now + timedelta(hours=11, minutes=30))
    await story.says(KOELN, ANNA, "#thema Bäume")
    await story.until(story.clock.now + timedelta(hours=11, minutes=30))
    assert await is_open(story)
    assert await press(story, private_chat(ANNA), ANNA, "⏳") == "Das Protokoll bleibt offen."
    await story.until(story.clock.now + timedelta(hours=11, minutes=30))
    assert await is_open(story)
    assert await press(story, private_chat(ANNA), ANNA, "🏁") == "Das Protokoll ist geschlossen."
    assert not await is_open(story)
    assert "geschlossen" in await press(story, private_chat(ANNA), ANNA, "⏳")


async def test_the_buttons_of_the_warning_are_for_those_who_write(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.pass_(hours=11)
    for emoji in ("⏳", "🏁"):
        told = await press(story, KOELN, MEHMET, emoji)
        assert told == "Ins Protokoll schreiben die Sitzungsleitung (Anna Weber) und die Koordination."
    assert await is_open(story)


async def test_after_a_downtime_the_warning_still_comes_first(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    await story.pass_(hours=40)
    assert await is_open(story)
    assert "Protokoll 1 ist noch offen" in story.at(KOELN)[-1]
    await story.pass_(hours=1)
    assert not await is_open(story)


# What happens on the way


async def test_a_restart_in_the_middle_changes_nothing(database: Database) -> None:
    async with meetings_on(database) as story:
        await story.says(KOELN, ANNA, "/protokoll anfang")
        id = story.matrix.says(INDY, GRACE, "#agreed Twenty trees")
        await story.quiet()
    story.clock.pass_(minutes=1)
    story.restart()
    async with running(story):
        story.matrix.edits(INDY, GRACE, id, "#agreed Thirty trees")
        await story.quiet()
        story.clock.pass_(minutes=1)
        await story.says(KOELN, ANNA, "#info Weiter")
        assert await kept(story) == [("agreed", "Thirty trees"), ("info", "Weiter")]
        assert card(story, KOELN)[3:5] == ["✅ Beschluss: Thirty trees", "ℹ️ Info: Weiter"]


async def test_when_messages_are_lost_everybody_is_told_to_compare(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/protokoll anfang")
    story.telegram.gap = True
    await story.says(KOELN, MEHMET, "Hallo?")
    assert any(each.startswith("Some messages have never reached me: lines of minutes 1") for each in story.at(INDY))


async def test_a_chat_that_leaves_in_the_middle_takes_no_part_any_more(story: Meetings) -> None:
    await story.says(LEEDS, PRIYA, "!minutes start")
    id = story.matrix.says(LEEDS, PRIYA, "#info before")
    await story.quiet()
    async with story.database.begin() as store:
        chat = await store.chats.by_ref(LEEDS)
        assert chat
        await store.chats.unpair(chat)
    story.matrix.edits(LEEDS, PRIYA, id, "#info changed")
    later = story.matrix.says(LEEDS, PRIYA, "#info after")
    await story.quiet()
    await story.says(KOELN, ANNA, "#info Weiter")
    assert await kept(story) == [("info", "before"), ("info", "Weiter")]
    assert sign(story, LEEDS, later) == ""
    assert "ℹ️ Info: Weiter" in card(story, INDY)
    assert "ℹ️ Info: Weiter" not in card(story, LEEDS)
