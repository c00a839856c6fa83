"""Due dates on public holidays of the cities and on weekends are named on the card and in the answer."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage import Database
from tests.places import PLACES
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN
from tests.stories.following import FollowingUp, following_up, home


@pytest.fixture
async def story(sqlite: Database) -> AsyncIterator[FollowingUp]:
    await PLACES.prepare()
    async with following_up(sqlite) as it:
        yield it


def clashes(text: str) -> list[str]:
    return [each for each in text.splitlines() if each.startswith(("🎉", "📆"))]


async def test_public_holidays_of_each_city_and_its_state_are_named_in_every_chat(story: FollowingUp) -> None:
    german = await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen @anna bis 27.5.2027")
    assert clashes(german) == ["🎉 Feiertag in Köln am 27. Mai 2027: Fronleichnam"]
    assert clashes(story.at(INDY)[-1]) == ["🎉 Public holiday in Köln on May 27, 2027: Corpus Christi"]
    assert clashes(await story.says(INDY, GRACE, "!action 1")) == clashes(story.at(INDY)[-1])
    american = await story.says(INDY, GRACE, "!action Plant trees by Jul 5, 2027")
    assert clashes(american) == [
        "🎉 Public holiday in Indianapolis on July 5, 2027: Independence Day (observed)",
    ]


async def test_a_holiday_of_several_cities_takes_one_line(story: FollowingUp) -> None:
    german = await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen bis 25.12.2028")
    assert clashes(german) == [
        "🎉 Feiertag am 25. Dezember 2028: Erster Weihnachtstag (Köln), Christmas Day (Indianapolis)"
    ]
    assert clashes(story.at(INDY)[-1]) == ["🎉 Public holiday on December 25, 2028: Christmas Day (Köln, Indianapolis)"]


async def test_weekends_are_named_once(story: FollowingUp) -> None:
    assert clashes(await story.says(KOELN, ANNA, "/aufgabe Bäume pflanzen bis 29.5.2027")) == [
        "📆 Die Frist fällt auf einen Samstag."
    ]
    assert clashes(story.at(INDY)[-1]) == ["📆 The due date is a Saturday."]
    await story.says(KOELN, ANNA, "/aufgabe 1 frist 31.5.2027")
    assert clashes(story.at(INDY)[-1]) == ["🎉 Public holiday in Indianapolis on May 31, 2027: Memorial Day"]
    await story.says(KOELN, ANNA, "/aufgabe 1 frist 1.6.2027")
    assert clashes(story.at(INDY)[-1]) == []


async def test_who_proposes_or_changes_it_in_private_is_told_there(story: FollowingUp) -> None:
    await story.opens(ANNA)
    await story.says(home(ANNA), ANNA, "/aufgabe Bäume pflanzen bis 27.5.2027")
    assert clashes(story.at(home(ANNA))[-1]) == ["🎉 Feiertag in Köln am 27. Mai 2027: Fronleichnam"]
    await story.says(home(ANNA), ANNA, "/aufgabe 1 frist 29.5.2027")
    assert clashes(story.at(home(ANNA))[-1]) == ["📆 Die Frist fällt auf einen Samstag."]
