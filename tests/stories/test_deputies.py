"""Deputies, who speak at a roundtable in place of a mayor of their city."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model import Role
from storage import Database
from tests.stories.attending import GUSTAV, invitation, post, presses, said
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM, private_chat, someone
from tests.stories.meetings import CREATED, HENRIETTE, JOE, Meetings, meetings_on
from tests.stories.people import person

OWN = private_chat(HENRIETTE)


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    """Yield the three cities, with a roundtable for which the mayor of Köln has named Mehmet."""
    async with meetings_on(database) as it:
        await it.says(OWN, HENRIETTE, "/start")
        await it.says(KOELN, MEHMET, "Guten Morgen")
        await it.says(KOELN, GUSTAV, "Guten Morgen")
        await it.says(KOELN, ANNA, CREATED)
        await it.says(KOELN, HENRIETTE, "/teilnahme 1 vertretung @mehmet")
        yield it


async def test_a_deputy_is_asked_and_speaks_for_the_city(story: Meetings) -> None:
    asked = post(story, KOELN, "Sie vertreten Henriette Reker.")
    assert "Mehmet Kaya: 📨 Sie sind mit Rederecht zu Runde 1 eingeladen" in asked.shown
    assert [await said(story, each) for each in (HENRIETTE, MEHMET)] == ["speaker no", "speaker open"]
    assert "Köln ist noch offen" in story.card(KOELN)
    await story.says(KOELN, MEHMET, "/teilnahme sprechen")
    assert await said(story, MEHMET) == "speaker yes ✋"
    assert "Köln hat zugesagt" in story.card(KOELN)
    assert "Mehmet Kaya for Henriette Reker (wishes to speak)" in story.card(INDY)
    assert "Mehmet Kaya für Henriette Reker" in story.card(KOELN)


async def test_a_deputy_who_declines_is_reported_to_the_mayor_and_may_think_again(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "/teilnahme nein")
    assert "Mehmet Kaya kann Sie nicht vertreten" in story.at(OWN)[-1]
    told = len(story.at(OWN))
    await story.says(KOELN, MEHMET, "/teilnahme nein")
    assert len(story.at(OWN)) == told
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    assert await said(story, MEHMET) == "speaker yes"
    assert "Mehmet Kaya hat die Absage Ihrer Vertretung zurückgenommen." in story.at(OWN)[-1]


async def test_another_deputy_replaces_the_first_one_who_is_told(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    await story.says(OWN, HENRIETTE, "/teilnahme 1 vertretung @gustav")
    assert story.at(OWN)[-1] == "Notiert: Sie lassen sich vertreten."
    people = (HENRIETTE, MEHMET, GUSTAV)
    assert [await said(story, each) for each in people] == ["speaker no", "listener open", "speaker open"]
    assert "Mehmet Kaya: Runde 1" in post(story, KOELN, "Sie vertreten Henriette Reker nicht mehr.").shown


@pytest.mark.parametrize("typed", ["ja", "vielleicht", "sprechen", "offen", "vertretung niemand"])
async def test_a_mayor_who_answers_otherwise_has_no_deputy_any_more(story: Meetings, typed: str) -> None:
    await story.says(KOELN, HENRIETTE, f"/teilnahme {typed}")
    mine = await invitation(story, HENRIETTE)
    assert mine
    assert mine.deputy_id is None
    assert await said(story, MEHMET) == "listener open"
    assert "Mehmet Kaya" in post(story, KOELN, "Sie vertreten Henriette Reker nicht mehr.").shown
    assert "vertreten" not in story.at(OWN)[-1], "who has chosen it need not be told"


async def test_a_city_is_open_again_once_its_mayor_wants_no_deputy_any_more(story: Meetings) -> None:
    withdrawn = "/teilnahme 1 vertretung niemand"
    await story.says(KOELN, MEHMET, "/teilnahme nein")
    await story.says(OWN, HENRIETTE, withdrawn)
    assert story.at(OWN)[-1].startswith("Notiert: Ihre Antwort ist wieder offen")
    assert "Köln ist noch offen" in story.card(KOELN)
    assert "Sie haben keine Vertretung benannt." in await story.says(OWN, HENRIETTE, withdrawn)


async def test_no_is_what_naming_a_deputy_means_anyway(story: Meetings) -> None:
    await story.says(KOELN, HENRIETTE, "/teilnahme nein")
    assert await said(story, MEHMET) == "speaker open"


async def test_a_guest_who_is_withdrawn_is_not_invited_any_more(story: Meetings) -> None:
    await story.says(KOELN, HENRIETTE, "/teilnahme vertretung @gustav")
    assert await said(story, GUSTAV) == "speaker open"
    await story.says(KOELN, HENRIETTE, "/teilnahme ja")
    assert await said(story, GUSTAV) == "not invited"


async def test_naming_the_same_deputy_again_changes_nothing(story: Meetings) -> None:
    await story.says(KOELN, MEHMET, "/teilnahme ja")
    posts = len(story.at(KOELN))
    await story.says(KOELN, HENRIETTE, "/teilnahme vertretung @mehmet")
    assert await said(story, MEHMET) == "speaker yes"
    assert len(story.at(KOELN)) == posts


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "/teilnahme 1 vertretung @NAME"),
        ("@niemand", "@niemand"),
        ("@henriette", "nicht selbst vertreten"),
        ("@tom:test", "gehört zu Indianapolis"),
        ("@nobody:else", "nimmt hier noch nicht teil"),
    ],
)
async def test_who_cannot_stand_in(story: Meetings, typed: str, answer: str) -> None:
    assert answer in await story.says(KOELN, HENRIETTE, f"/teilnahme 1 vertretung {typed}")
    assert await said(story, MEHMET) == "speaker open", "the present deputy stays"


async def test_only_mayors_have_deputies(story: Meetings) -> None:
    assert "Nur Bürgermeisterinnen" in await story.says(KOELN, ANNA, "/teilnahme vertretung @gustav")
    assert "Nur Bürgermeisterinnen" in await story.says(KOELN, MEHMET, "/teilnahme vertretung @gustav")
    assert await said(story, GUSTAV) == "not invited"


async def test_nobody_stands_in_for_two(story: Meetings) -> None:
    other = someone(KOELN.messenger, "42", "Ralf Zweit", "de", "ralf")
    await story.appoint(other, "Köln", Role.MAYOR)
    await story.quiet()
    assert "Mehmet Kaya vertritt bereits Henriette Reker" in await story.says(
        KOELN, other, "/teilnahme 1 vertretung @mehmet"
    )
    assert "Henriette Reker lässt sich selbst vertreten" in await story.says(
        KOELN, other, "/teilnahme 1 vertretung @henriette"
    )
    await story.says(KOELN, HENRIETTE, "/teilnahme vertretung @ralf")
    assert "Sie vertreten selbst Henriette Reker" in await story.says(KOELN, other, "/teilnahme vertretung @gustav")


async def test_a_deputy_who_changes_the_city_or_is_forgotten_is_missed(story: Meetings) -> None:
    await story.appoint(MEHMET, "Indianapolis", Role.STAFF)
    await story.quiet()
    assert "Ihre Vertretung kann Sie nicht mehr vertreten" in story.at(OWN)[-1]
    assert [await said(story, each) for each in (HENRIETTE, MEHMET)] == ["speaker open", "listener open"]
    await story.says(KOELN, HENRIETTE, "/teilnahme vertretung @gustav")
    gustav = await person(story, GUSTAV)
    async with story.database.begin() as store:
        assert await store.people.forget(gustav)
    await story.quiet()
    mine = await invitation(story, HENRIETTE)
    assert mine
    assert mine.deputy_id is None


async def test_the_deputy_of_someone_who_is_mayor_no_longer_listens(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/rolle @henriette gast")
    assert [await said(story, each) for each in (HENRIETTE, MEHMET)] == ["not invited", "listener open"]


async def test_a_deputy_on_matrix_is_named_by_the_full_id_and_answers_by_reaction(story: Meetings) -> None:
    await story.says(INDY, JOE, "!attend 1 deputy @tom:test")
    mention = post(story, INDY, "You stand in for Joe Hogsett.")
    assert mention.post
    assert mention.post.mentions == (TOM.account,)
    story.matrix.reacts(INDY, JOE, mention.id, "👍")
    await story.quiet()
    assert await said(story, JOE) == "speaker no", "the question was for somebody else"
    story.matrix.reacts(INDY, TOM, mention.id, "👍")
    await story.quiet()
    assert await said(story, TOM) == "speaker yes"
    assert "Indianapolis has confirmed" in story.card(INDY)


async def test_a_deputy_presses_the_button_of_the_card(story: Meetings) -> None:
    assert await presses(story, KOELN, MEHMET, "✋") == "Notiert: Sie nehmen teil und möchten sprechen."
    assert await said(story, MEHMET) == "speaker yes ✋"
