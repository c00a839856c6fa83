"""Mondays at eight: the digest of action points in the chats of each city, and the brief for mayors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.agreement import Step
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.following import FollowingUp, following_up, home
from tests.stories.reminding import DAY, HENRIETTE, HOUR

MONDAY = datetime(2027, 3, 15, 7, tzinfo=UTC)
"""8:00 in Köln; 8:00 in Indianapolis, where the clocks changed the night before, is five hours later."""
MINUTE = timedelta(minutes=1)
DUE = date(2027, 3, 18)


@pytest.fixture
async def story(sqlite: Database) -> AsyncIterator[FollowingUp]:
    async with following_up(sqlite) as it:
        await it.until(MONDAY - 3 * DAY)
        yield it


async def test_each_city_gets_its_digest_on_its_own_monday_morning(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", DUE, translation="Plant trees")
    await story.proposes("Radweg planen", None, (TOM,))
    await story.agreed("Alt", DUE - 20 * DAY, (ANNA, MEHMET))
    await story.until(MONDAY - MINUTE)
    assert story.overviews(KOELN) == []
    await story.until(MONDAY)
    (german,) = story.overviews(KOELN)
    assert german.splitlines() == [
        "📋 Aufgaben, Köln – Indianapolis: 3 offen, davon 1 überfällig",
        "Köln",
        "3 Alt – Anna Weber (Köln), Mehmet Kaya (Köln) – überfällig seit Freitag, 26. Februar 2027 – beschlossen",
        "1 Bäume pflanzen – Mehmet Kaya (Köln) – fällig am Donnerstag, 18. März 2027 – beschlossen",
        "Weitere",
        "2 Radweg planen – Tom Jackson (Indianapolis) – vorgeschlagen, noch nicht beschlossen",
        "/aufgaben listet alle auf, /aufgabe 3 zeigt eine.",
    ]
    assert story.overviews(INDY) == []
    await story.until(MONDAY + 5 * HOUR - MINUTE)
    assert story.overviews(INDY) == []
    await story.until(MONDAY + 5 * HOUR)
    (american,) = story.overviews(INDY)
    assert american.splitlines() == [
        "📋 Action points of Köln – Indianapolis: 3 open, 1 of them overdue",
        "Indianapolis",
        "2 Radweg planen – Tom Jackson (Indianapolis) – proposed, not agreed yet",
        "Others",
        "3 Alt – Anna Weber (Köln), Mehmet Kaya (Köln) – overdue since Friday, February 26, 2027 – agreed",
        "1 Plant trees – Mehmet Kaya (Köln) – due Thursday, March 18, 2027 – agreed",
        "!actions lists all of them, !action 3 shows one.",
    ]
    await story.until(MONDAY + 7 * DAY)
    assert len(story.overviews(KOELN)) == 2


async def test_there_is_no_empty_digest(story: FollowingUp) -> None:
    point = await story.agreed("Bäume pflanzen", DUE)
    await story.takes(point, Step.DONE)
    await story.until(MONDAY + DAY)
    assert story.overviews(KOELN) == story.overviews(INDY) == []


async def test_after_a_downtime_one_digest_comes_late_but_not_at_night(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", DUE)
    await story.jump(MONDAY + 8 * DAY - 4 * HOUR)  # Tuesday, 4:00 in Köln
    assert story.overviews(KOELN) == []
    await story.until(MONDAY + 8 * DAY - HOUR)
    (late,) = story.overviews(KOELN)
    assert late.endswith(
        "Dieser Überblick kommt zu spät: Er war fällig am Montag, 15. März 2027, 08:00 Uhr (Berlin). Da lief ich nicht."
    )
    await story.until(MONDAY + 14 * DAY - 2 * HOUR)
    assert len(story.overviews(KOELN)) == 1
    await story.until(MONDAY + 14 * DAY)  # the clocks in Köln have changed meanwhile
    assert len(story.overviews(KOELN)) == 2
    assert "zu spät" not in story.overviews(KOELN)[-1]


async def test_a_coordinator_stops_and_resumes_the_digest_of_their_city(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", DUE)
    assert "Das kann nur die Koordination" in await story.says(KOELN, MEHMET, "/aufgaben digest aus")
    assert "Bitte schreiben Sie" in await story.says(KOELN, ANNA, "/aufgaben wochenüberblick")
    assert "erhält keinen Wochenüberblick" in await story.says(KOELN, ANNA, "/aufgaben wochenüberblick aus")
    await story.until(MONDAY + DAY)
    assert (len(story.overviews(KOELN)), len(story.overviews(INDY))) == (0, 1)
    assert "Montagmorgens erhält der Chat von Köln" in await story.says(KOELN, ANNA, "/actions digest on")
    assert "no longer gets" in await story.says(INDY, GRACE, "!actions digest off")
    await story.until(MONDAY + 8 * DAY)
    assert (len(story.overviews(KOELN)), len(story.overviews(INDY))) == (1, 1)


async def test_mayors_with_a_private_chat_get_a_brief_on_monday_morning(story: FollowingUp) -> None:
    await story.opens(HENRIETTE, TOM, ANNA)
    await story.says(home(TOM), TOM, "!me remind: none")
    await story.agreed("Bäume pflanzen", DUE)
    await story.until(MONDAY + DAY)
    (brief,) = [each for each in story.at(home(HENRIETTE)) if "im Überblick" in each]
    assert "1 Bäume pflanzen" in brief
    assert not [each for who in (TOM, ANNA) for each in story.at(home(who)) if "🗒️" in each]
    await story.jump(MONDAY + 8 * DAY)
    assert [each.count("zu spät") for each in story.at(home(HENRIETTE)) if "im Überblick" in each] == [0, 1]


async def test_mayors_get_no_empty_brief(story: FollowingUp) -> None:
    await story.opens(HENRIETTE)
    await story.until(MONDAY + DAY)
    assert not [each for each in story.at(home(HENRIETTE)) if "🗒️" in each]


async def test_a_dialogue_that_is_gone_gets_nothing(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", DUE)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        await store.dialogues.remove(dialogue)
    await story.until(MONDAY + 8 * DAY)
    assert story.overviews(KOELN) == story.overviews(INDY) == []
    async with story.database.begin() as store:
        assert [each for each in await store.jobs.all() if each.kind in {"weekly", "due dates"}] == []
