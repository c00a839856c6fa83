"""Owners of action points are reminded in their own morning, the day before and on the day, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.agreement import Step
from bot.model import MessengerName, Role
from handlers.agreements.actions import _reminders
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, someone
from tests.stories.following import FollowingUp, following_up, home
from tests.stories.reminding import DAY, HENRIETTE, HOUR

DUE = date(2027, 3, 15)
"""A Monday; the clocks in Indianapolis have changed the night before, those in Köln will in two weeks."""
MINUTE = timedelta(minutes=1)


def morning(day: date, zone: str = "Europe/Berlin") -> datetime:
    return datetime(day.year, day.month, day.day, 8, tzinfo=ZoneInfo(zone)).astimezone(UTC)


INDIANA = "America/Indiana/Indianapolis"


@pytest.fixture
async def story(sqlite: Database) -> AsyncIterator[FollowingUp]:
    async with following_up(sqlite) as it:
        yield it


async def test_each_owner_is_reminded_at_eight_of_their_own_zone_the_day_before_and_on_the_day(
    story: FollowingUp,
) -> None:
    await story.opens(MEHMET, TOM)
    await story.agreed("Bäume pflanzen", DUE, (MEHMET, TOM), "Plant trees")
    for day, number in ((DUE - DAY, 1), (DUE, 2)):
        await story.until(morning(day) - MINUTE)
        assert len(story.bells(home(MEHMET))) == number - 1
        await story.until(morning(day))
        assert (len(story.bells(home(MEHMET))), len(story.bells(home(TOM)))) == (number, number - 1)
        await story.until(morning(day, INDIANA) - MINUTE)
        assert len(story.bells(home(TOM))) == number - 1
        await story.until(morning(day, INDIANA))
        assert len(story.bells(home(TOM))) == number
    assert morning(DUE, INDIANA) - morning(DUE) == 5 * HOUR
    await story.until(morning(DUE + 3 * DAY))
    assert [each.splitlines() for each in story.bells(home(MEHMET))] == [
        [
            "🔔 Morgen fällig: Bäume pflanzen",
            "Aufgabe 1, Köln – Indianapolis, fällig am Montag, 15. März 2027",
            "Wenn sie erledigt ist, drücken Sie bitte die Schaltfläche oder schreiben Sie /aufgabe 1 erledigt.",
        ],
        [
            "🔔 Heute fällig: Bäume pflanzen",
            "Aufgabe 1, Köln – Indianapolis, fällig am Montag, 15. März 2027",
            "Wenn sie erledigt ist, drücken Sie bitte die Schaltfläche oder schreiben Sie /aufgabe 1 erledigt.",
        ],
    ]
    assert story.bells(home(TOM))[1].splitlines() == [
        "🔔 Due today: Plant trees",
        "Action point 1 of Köln – Indianapolis, due Monday, March 15, 2027",
        "When it is done, press the button or write !action 1 done.",
    ]
    assert story.bells(KOELN) == story.bells(INDY) == []


async def test_who_has_no_private_chat_is_mentioned_in_the_chat_of_their_city(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", DUE)
    await story.until(morning(DUE - DAY))
    (told,) = [each for each in story.at(KOELN) if "🔔" in each]
    assert told.startswith("Mehmet Kaya: 🔔 Morgen fällig: Bäume pflanzen\n")
    post = next(each.post for each in story.telegram.messages_in(KOELN) if "🔔" in each.text)
    assert post
    assert [each.id for each in post.mentions] == ["12"]
    assert not [each for each in story.at(INDY) if "🔔" in each]


async def test_what_is_not_agreed_is_reminded_of_and_says_so(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    point = await story.proposes("Bäume pflanzen", DUE)
    await story.until(morning(DUE - DAY))
    assert "noch nicht beschlossen" in story.bells(home(MEHMET))[-1]
    await story.takes(point, Step.OBJECTED, GRACE, "Indianapolis")
    await story.until(morning(DUE))
    assert "weil eine Stadt Einwand erhebt" in story.bells(home(MEHMET))[-1]
    shown = story.telegram.messages_in(home(MEHMET))[-1].post
    assert shown
    assert shown.buttons == (), "only what is agreed can be done"


async def test_after_a_downtime_one_reminder_comes_late_and_is_marked_so(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    await story.agreed("Bäume pflanzen", DUE)
    await story.jump(morning(DUE) + 3 * HOUR)
    (told,) = story.bells(home(MEHMET))
    assert told.startswith("🔔 Heute fällig: Bäume pflanzen")
    assert "Diese Erinnerung kommt zu spät" in told
    await story.until(morning(DUE + 7 * DAY) - MINUTE)
    assert len(story.bells(home(MEHMET))) == 1


async def test_what_is_late_waits_for_the_morning_and_says_what_is_overdue(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    await story.agreed("Bäume pflanzen", DUE)
    night = morning(DUE + DAY) - 5 * HOUR
    await story.jump(night)
    assert story.bells(home(MEHMET)) == []
    await story.until(night + 4 * HOUR)
    (told,) = story.bells(home(MEHMET))
    assert told.startswith("🔔 Überfällig: Bäume pflanzen")
    assert "Diese Erinnerung kommt zu spät" in told


async def test_reminders_move_with_the_due_date_and_with_the_owners(story: FollowingUp) -> None:
    await story.opens(MEHMET, ANNA)
    point = await story.proposes("Bäume pflanzen", DUE)
    await story.changes(point, DUE + 2 * DAY)
    await story.until(morning(DUE))
    assert story.bells(home(MEHMET)) == []
    await story.until(morning(DUE + DAY))
    assert story.bells(home(MEHMET))[-1].startswith("🔔 Morgen fällig")
    await story.changes(point, DUE + 2 * DAY, (ANNA,))
    await story.until(morning(DUE + 2 * DAY))
    assert (len(story.bells(home(MEHMET))), len(story.bells(home(ANNA)))) == (1, 1)
    await story.changes(point, None, (ANNA,))
    async with story.database.begin() as store:
        assert await store.due_reminders.pending(point.id) == []


async def test_a_change_of_what_is_agreed_moves_reminders_once_it_is_agreed(story: FollowingUp) -> None:
    await story.opens(MEHMET, ANNA)
    point = await story.agreed("Bäume pflanzen", DUE)
    await story.changes(point, DUE + 2 * DAY, (ANNA,))
    await story.until(morning(DUE))
    assert (len(story.bells(home(MEHMET))), len(story.bells(home(ANNA)))) == (2, 0), "the old terms are in force"
    assert "Eine Änderung daran" in story.bells(home(MEHMET))[-1]
    await story.agrees(point)
    await story.until(morning(DUE + 2 * DAY))
    assert (len(story.bells(home(MEHMET))), len(story.bells(home(ANNA)))) == (2, 2)


async def test_what_is_over_is_not_reminded_of(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    for step in (Step.DONE, Step.WITHDRAWN):
        await story.takes(await story.agreed("Bäume pflanzen", DUE), step)
    await story.until(morning(DUE + DAY))
    assert story.bells(home(MEHMET)) == []


async def test_what_is_reopened_is_reminded_of_again(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    point = await story.agreed("Bäume pflanzen", DUE)
    await story.until(morning(DUE - DAY))
    await story.takes(point, Step.DONE)
    await story.takes(point, Step.REOPENED)
    await story.until(morning(DUE + DAY))
    assert [each[:14] for each in story.bells(home(MEHMET))] == ["🔔 Morgen fälli", "🔔 Heute fällig"]


async def test_nobody_is_reminded_who_wants_none_takes_no_part_any_more_or_is_forgotten(story: FollowingUp) -> None:
    await story.opens(MEHMET, HENRIETTE, ANNA)
    await story.says(home(MEHMET), MEHMET, "/me erinnern: keine")
    point = await story.agreed("Bäume pflanzen", DUE, (MEHMET, HENRIETTE, ANNA, TOM))
    async with story.database.begin() as store:
        henriette, anna = [await store.people.by_account(each.account) for each in (HENRIETTE, ANNA) if each.account]
        assert henriette
        assert anna
        await store.roles.remove(1, henriette.id)
        await store.people.forget(anna)
    async with story.database.begin() as store:
        planned = {each.person_id for each in await store.due_reminders.of(point.id)}
    assert anna.id not in planned
    await story.until(morning(DUE + DAY))
    for chat in (home(MEHMET), home(HENRIETTE), home(ANNA), KOELN):
        assert not [each for each in story.at(chat) if "🔔" in each]
    assert [each for each in story.at(INDY) if "🔔" in each], "the one who is left"


async def test_who_can_be_reached_nowhere_is_named_in_the_chat_of_their_city(story: FollowingUp) -> None:
    lotte = someone(MessengerName.MATRIX, "@lotte:test", "Lotte Lang")
    await story.appoint(lotte, "Köln", Role.STAFF)
    await story.agreed("Bäume pflanzen", DUE, (lotte,))
    await story.until(morning(DUE - DAY))
    (told,) = [each for each in story.at(KOELN) if "🔔" in each]
    assert told.startswith("Lotte Lang: 🔔 Morgen fällig")
    assert not [each for each in story.at(INDY) if "🔔" in each]


async def test_reminders_follow_a_person_to_another_time_zone(
    story: FollowingUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.opens(MEHMET)
    monkeypatch.setattr(_reminders, "MOST", 1)
    for number in range(3):
        await story.agreed(f"Aufgabe {number}", DUE)
    await story.says(home(MEHMET), MEHMET, "/zeitzone America/New_York")
    await story.until(morning(DUE - DAY, "America/New_York") - MINUTE)
    assert story.bells(home(MEHMET)) == []
    await story.until(morning(DUE - DAY, "America/New_York"))
    assert len(story.bells(home(MEHMET))) == 3
    await story.says(home(MEHMET), MEHMET, "/zeitzone Asia/Tokyo")
    await story.until(morning(DUE + DAY))
    assert len(story.bells(home(MEHMET))) == 6, "one for each day, wherever they are"


async def test_who_has_blocked_the_private_chat_is_mentioned_instead(story: FollowingUp) -> None:
    await story.opens(HENRIETTE)
    await story.agreed("Bäume pflanzen", DUE, (HENRIETTE,))
    await story.until(morning(DUE - DAY) - MINUTE)
    del story.telegram.chats[home(HENRIETTE)]
    await story.until(morning(DUE - DAY))
    (told,) = [each for each in story.at(KOELN) if "🔔" in each]
    assert told.startswith("Henriette Reker: 🔔 Morgen fällig")


async def test_an_owner_without_a_role_is_reminded_as_a_guest_of_their_city(story: FollowingUp) -> None:
    lotte = MEHMET
    await story.appoint(lotte, "Köln", Role.GUEST)
    await story.opens(lotte)
    await story.agreed("Bäume pflanzen", DUE, (lotte,))
    await story.until(morning(DUE - DAY))
    assert len(story.bells(home(lotte))) == 1


async def test_the_button_marks_it_as_done_in_every_chat(story: FollowingUp) -> None:
    await story.opens(MEHMET)
    await story.agreed("Bäume pflanzen", DUE)
    await story.until(morning(DUE - DAY))
    await story.chooses(home(MEHMET), MEHMET)
    assert "Aufgabe 1 ist erledigt" in story.at(KOELN)[-1]
    assert "Action point 1 is done" in story.at(INDY)[-1]
    await story.until(morning(DUE + DAY))
    assert len(story.bells(home(MEHMET))) == 1
