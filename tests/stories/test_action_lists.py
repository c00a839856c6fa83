"""`/actions`: filters in both languages, pages, near misses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest

from bot.agreement import Step
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.following import FollowingUp, following_up, home
from tests.stories.reminding import DAY

TODAY = date(2027, 2, 12)


@pytest.fixture
async def story(sqlite: Database) -> AsyncIterator[FollowingUp]:
    async with following_up(sqlite) as it:
        yield it


def numbers(text: str) -> list[int]:
    """Return the numbers of the action points in a list."""
    return [int(each.split()[0]) for each in text.splitlines()[1:] if each.split()[0].isdigit() and " – " in each]


async def several(story: FollowingUp) -> None:
    """Store one that is overdue, one agreed, one proposed without a date, and one done."""
    await story.takes(await story.proposes("Alt", TODAY - DAY, (TOM,)), Step.OBJECTED)
    await story.agreed("Bäume pflanzen", TODAY, translation="Plant trees")
    await story.proposes("Radweg planen", None, ())
    await story.takes(await story.agreed("Fertig", TODAY), Step.DONE)


async def test_open_ones_are_listed_with_all_that_matters(story: FollowingUp) -> None:
    assert await story.says(KOELN, ANNA, "/aufgaben") == "Es ist keine Aufgabe offen."
    await several(story)
    assert (await story.says(KOELN, ANNA, "/aufgaben")).splitlines() == [
        "3 offene Aufgaben, davon 1 überfällig",
        "1 Alt – Tom Jackson (Indianapolis) – überfällig seit Donnerstag, 11. Februar 2027 – eine Stadt erhebt Einwand",
        "2 Bäume pflanzen – Mehmet Kaya (Köln) – fällig am Freitag, 12. Februar 2027 – beschlossen",
        "3 Radweg planen – noch niemand – vorgeschlagen, noch nicht beschlossen",
        "/aufgabe 1 zeigt eine davon.",
    ]
    assert (await story.says(INDY, GRACE, "!actions")).splitlines()[2] == (
        "2 Plant trees – Mehmet Kaya (Köln) – due Friday, February 12, 2027 – agreed"
    )


async def test_filters(story: FollowingUp) -> None:
    await several(story)
    filters = {
        ("open", "Offene"): [1, 2, 3],
        ("overdue", "überfällig", "ueberfaellig"): [1],
        ("agreed", "beschlossen"): [2],
        ("done", "erledigt"): [4],
        ("mine", "meine"): [2],
        ("alle",): [1, 2, 4, 3],
    }
    for words, listed in filters.items():
        for typed in words:
            assert numbers(await story.says(KOELN, MEHMET, f"/aufgaben {typed}")) == listed, typed


async def test_what_is_agreed_counts_until_a_change_of_it_is(story: FollowingUp) -> None:
    point = await story.agreed("Bäume pflanzen", TODAY - 3 * DAY)
    await story.changes(point, None, owners=(TOM,))
    row = "1 Bäume pflanzen – Mehmet Kaya (Köln) – überfällig seit Dienstag, 9. Februar 2027"
    for typed in ("überfällig", "beschlossen", "offen", "meine"):
        shown = await story.says(KOELN, MEHMET, f"/aufgaben {typed}")
        assert f"{row} – beschlossen; eine Änderung ist vorgeschlagen" in shown
    await story.takes(point, Step.OBJECTED, GRACE, "Indianapolis")
    assert "agreed; a city objects to a change" in await story.says(INDY, TOM, "!actions mine")
    await story.agrees(point)
    assert "keine Aufgabe überfällig" in await story.says(KOELN, MEHMET, "/aufgaben überfällig")
    assert "– Tom Jackson (Indianapolis) – beschlossen" in await story.says(KOELN, MEHMET, "/aufgaben")


async def test_in_private_ones_own_are_listed_first_of_all(story: FollowingUp) -> None:
    await several(story)
    await story.opens(MEHMET, ANNA)
    assert (await story.says(home(MEHMET), MEHMET, "/aufgaben")).startswith("Ihre offenen Aufgaben: 1\n2 Bäume")
    assert numbers(await story.says(home(ANNA), ANNA, "/aufgaben")) == [1, 2, 3], "none is hers"
    assert numbers(await story.says(home(MEHMET), MEHMET, "/aufgaben offen")) == [1, 2, 3]


async def test_what_is_no_filter_gets_a_hint(story: FollowingUp) -> None:
    for typed, answer in (
        ("ofen", "Meinten Sie /aufgaben offen?"),
        ("overdu", "Meinten Sie /aufgaben overdue?"),
        ("ueberfelig", "Meinten Sie /aufgaben überfällig?"),
        ("7", "Eine einzelne Aufgabe zeigt /aufgabe 7."),
        ("xyz", "Sie können schreiben: /aufgaben offen"),
        ("offen bitte", "Meinten Sie /aufgaben offen?"),
    ):
        assert answer in await story.says(KOELN, ANNA, f"/aufgaben {typed}")


async def test_many_come_in_pages_that_fit_a_message(story: FollowingUp) -> None:
    for number in range(23):
        await story.proposes(f"{number} " + "sehr lange Aufgabe " * 20, TODAY + number * DAY, (ANNA, MEHMET, TOM))
    first = await story.says(KOELN, ANNA, "/aufgaben")
    assert first.startswith("23 offene Aufgaben\n")
    assert numbers(first) == [*range(1, 11)]
    assert first.endswith("Seite 1 von 3. /aufgabe 1 zeigt eine davon.")
    assert "Anna Weber (Köln), Mehmet Kaya (Köln) und 1 weitere" in first
    assert len(first) < 4096
    second = await story.chooses(KOELN, MEHMET)
    assert numbers(second) == [*range(11, 21)]
    last = await story.chooses(KOELN, MEHMET, 1)
    assert numbers(last) == [21, 22, 23]
    assert numbers(await story.chooses(KOELN, MEHMET)) == [*range(11, 21)]
    assert len([each for each in story.at(KOELN) if "offene Aufgaben" in each]) == 1, "pages turn in place"


async def test_only_the_person_turns_the_pages_of_their_own(story: FollowingUp) -> None:
    for number in range(11):
        await story.proposes(f"Aufgabe {number}", TODAY + number * DAY)
    shown = await story.says(KOELN, MEHMET, "/aufgaben meine")
    assert numbers(shown) == [*range(1, 11)]
    await story.chooses(KOELN, ANNA)
    assert story.at(KOELN)[-1] == shown
    assert numbers(await story.chooses(KOELN, MEHMET)) == [11]
