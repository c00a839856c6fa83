"""The mayor's brief: on one screen of a phone, in private."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.model import Role
from storage import Database, RoundtableState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.following import FollowingUp, following_up, home
from tests.stories.reminding import DAY, HENRIETTE, HOUR

TODAY = date(2027, 2, 12)


@pytest.fixture
async def story(sqlite: Database) -> AsyncIterator[FollowingUp]:
    async with following_up(sqlite) as it:
        await it.opens(HENRIETTE)
        yield it


async def brief(story: FollowingUp) -> str:
    return await story.says(home(HENRIETTE), HENRIETTE, "/überblick")


async def test_all_of_it_fits_one_screen(story: FollowingUp) -> None:
    long = "Eine Aufgabe, deren Text länger ist, als eine Zeile auf einem Telefon Platz hat, und immer weiter geht "
    for number in range(5):
        await story.agreed(f"{number} {long}", TODAY + number * DAY)
        await story.proposes(f"{number} {long}", TODAY - (number + 1) * DAY)
    for chat, who, text in (
        (KOELN, ANNA, "/umfrage Was zuerst? | - Bäume | - Radwege | - Wasser | - Energie"),
        (KOELN, ANNA, "/umfrage 1 veröffentlichen"),
        (KOELN, ANNA, "/stimme 1 1=2 2=5"),
        (INDY, GRACE, "!vote 1 1=2 2=5"),
        (KOELN, ANNA, "/umfrage 1 schließen"),
    ):
        await story.says(chat, who, text)
    await story.meets()
    text = await brief(story)
    assert text.splitlines()[:4] == [
        "🗒️ Köln – Indianapolis im Überblick",
        "",
        "Prioritäten (/prioritäten)",
        "1. Radwege",
    ]
    assert len(text.splitlines()) <= 25
    assert len(text) <= 1500
    assert [each for each in text.splitlines() if each.startswith(("In den", "Überfällig", "Nächste"))] == [
        "In den letzten 30 Tagen beschlossen: 5",
        "Überfällig: 5",
        "Nächste Runde: Städte vereint",
    ]
    assert text.splitlines()[-2:] == [
        "Nummer 1, Montag, 22. Februar 2027, 11:00 Uhr (Berlin)",
        "Sie haben noch nicht geantwortet: /teilnahme 1 ja",
    ]
    assert text.count("… und 2 weitere") == 2


async def test_what_is_agreed_counts_from_the_last_roundtable_on(story: FollowingUp) -> None:
    await story.agreed("Vorher", None)
    roundtable = await story.meets(start=story.clock.now + HOUR)
    story.clock.now += 2 * HOUR
    async with story.database.begin() as store:
        await store.roundtables.change(roundtable, state=RoundtableState.ENDED, ended_at=story.clock())
    await story.agreed("Nachher", None)
    text = await brief(story)
    assert "Seit Runde 1 beschlossen: 1\n2 Nachher" in text
    assert "Vorher" not in text


async def test_in_a_group_it_comes_in_private(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", None)
    assert await story.says(KOELN, HENRIETTE, "/brief") == (
        "Der Überblick ist nur für Sie bestimmt: Ich habe ihn Ihnen privat geschickt."
    )
    assert "Bäume pflanzen" in story.at(home(HENRIETTE))[-1]
    assert "Bitte öffnen Sie einen privaten Chat mit mir: https://" in await story.says(KOELN, MEHMET, "/brief")
    assert "Bäume" not in story.at(KOELN)[-1]


async def test_the_address_in_a_group_leads_to_it(story: FollowingUp) -> None:
    await story.agreed("Bäume pflanzen", None)
    assert "Bäume pflanzen" in await story.says(home(MEHMET), MEHMET, "/start brief")


async def test_guests_get_none(story: FollowingUp) -> None:
    await story.appoint(MEHMET, "Köln", Role.GUEST)
    assert "Überblick ist" not in await story.says(KOELN, MEHMET, "/brief")


async def test_an_empty_one_says_so(story: FollowingUp) -> None:
    assert await brief(story) == "Noch gibt es weder Prioritäten noch Aufgaben noch Runden."
