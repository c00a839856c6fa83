"""Who has voted, by city: numbers for everybody, names for coordinators in private."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.model import Role
from handlers.polls import _turnout
from storage import Database, Electorate, Poll
from tests.stories.conftest import ANNA, GRACE, KOELN, TOM, direct_room, private_chat, running, someone
from tests.stories.polling import HENRIETTE, JOE, MEHMET, Polling

ANNAS, GRACES = private_chat(ANNA), direct_room(GRACE)
BEN = someone(KOELN.messenger, "31", "Ben Roth", "de")


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Polling]:
    it = Polling(database)
    await it.set_up()
    async with running(it):
        yield it


async def turnout(story: Polling, poll: Poll) -> dict[str, tuple[int, int, int]]:
    """Return for each city the ballots, those with a role, and how many of these are missing."""
    async with story.database.begin() as store:
        found = await _turnout.of(story.app.services.context(store, story.clock()), poll)
    return {each.city.name: (sum(each.ballots.values()), each.roster, len(each.missing)) for each in found}


async def test_the_numbers_are_for_everybody_in_the_group(story: Polling) -> None:
    poll = await story.asks()
    await story.votes(poll, MEHMET, JOE)
    assert (await story.says(KOELN, ANNA, "/umfrage 1 beteiligung")).splitlines() == [
        "Beteiligung an Umfrage 1: Was zuerst?",
        "Köln: 1 Stimme; noch offen: 2 von 3 mit einer Rolle",
        "Indianapolis: 1 Stimme; noch offen: 1 von 2 mit einer Rolle",
        "Privat nenne ich die Namen: /umfrage 1 beteiligung",
    ]


async def test_coordinators_read_the_names_in_private(story: Polling) -> None:
    poll = await story.asks()
    await story.votes(poll, MEHMET, JOE, ANNA, HENRIETTE)
    assert (await story.says(GRACES, GRACE, "!poll 1 turnout")).splitlines() == [
        "Turnout of poll 1: Was zuerst?",
        "Köln: 3 ballots; everybody with a role has voted",
        "Indianapolis: 1 ballot; not voted: 1 of 2 with a role",
        "Not voted yet: Grace Miller",
    ]


async def test_others_are_refused(story: Polling) -> None:
    await story.asks()
    assert "Das kann nur die Koordination" in await story.says(KOELN, MEHMET, "/umfrage 1 beteiligung")


async def test_guests_count_only_once_they_have_voted(story: Polling) -> None:
    poll = await story.asks()
    await story.says(KOELN, BEN, "Hallo")
    assert await turnout(story, poll) == {"Köln": (0, 3, 3), "Indianapolis": (0, 2, 2)}
    await story.votes(poll, BEN)
    assert await turnout(story, poll) == {"Köln": (1, 3, 3), "Indianapolis": (0, 2, 2)}


@pytest.mark.parametrize(
    ("voters", "koeln", "indy"),
    [(Electorate.ALL, 3, 2), (Electorate.STAFF, 3, 2), (Electorate.MAYORS, 1, 1)],
)
async def test_only_those_who_may_vote_are_missed(story: Polling, voters: Electorate, koeln: int, indy: int) -> None:
    poll = await story.asks(voters=voters)
    assert await turnout(story, poll) == {"Köln": (0, koeln, koeln), "Indianapolis": (0, indy, indy)}


async def test_who_is_appointed_guest_or_muted_is_missed_by_the_rule(story: Polling) -> None:
    poll = await story.asks(voters=Electorate.STAFF)
    await story.appoint(BEN, "Köln", Role.GUEST)
    assert (await turnout(story, poll))["Köln"] == (0, 3, 3)
    async with story.database.begin() as store:
        held = await store.roles.of(poll.dialogue_id, story.people[MEHMET])
        assert held
        await store.roles.mute(held, story.clock())
    assert (await turnout(story, poll))["Köln"] == (0, 2, 2)


async def test_a_city_on_both_messengers_shows_the_ballots_of_each(story: Polling) -> None:
    """Trust: case 61: two accounts that are not linked are two voters, and that can be seen."""
    poll = await story.asks()
    await story.votes(poll, MEHMET)
    await story.appoint(TOM, "Köln", Role.STAFF)
    await story.votes(poll, TOM)
    assert "Köln: 2 Stimmen (Matrix 1, Telegram 1);" in await story.says(KOELN, ANNA, "/umfrage 1 beteiligung")


async def test_whether_somebody_has_voted_is_told_in_a_secret_poll_but_never_beside_a_live_count(
    story: Polling,
) -> None:
    after = await story.asks(secret=True, live=False)
    live = await story.asks(secret=True, live=True)
    for poll in (after, live):
        await story.votes(poll, MEHMET, HENRIETTE)
    assert await turnout(story, live) == await turnout(story, after) == {"Köln": (2, 3, 1), "Indianapolis": (0, 2, 2)}
    assert "Noch nicht abgestimmt: Anna Weber" in await story.says(ANNAS, ANNA, "/umfrage 1 beteiligung")
    told = await story.says(ANNAS, ANNA, "/umfrage 2 beteiligung")
    assert "Anna" not in told
    assert "Ich nenne keine Namen: Die Abstimmung ist geheim" in told


async def test_many_names_are_cut_short(story: Polling, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_turnout, "MOST_NAMES", 1)
    await story.asks()
    told = await story.says(ANNAS, ANNA, "/umfrage 1 beteiligung")
    assert "Noch nicht abgestimmt: Anna Weber und 2 weitere" in told
    assert "und 1 weitere Person" in told


async def test_a_draft_has_no_turnout(story: Polling) -> None:
    poll = await story.asks()
    async with story.database.begin() as store:
        await store.polls.discard(poll, story.clock())
    assert "nicht veröffentlicht" in await story.says(KOELN, ANNA, "/umfrage 1 beteiligung")
