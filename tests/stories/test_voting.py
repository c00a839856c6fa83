"""Ballots as people type them: which count, which do not, and what everybody is told."""

from __future__ import annotations

import re

import pytest

from bot.messengers.base import PermanentError
from bot.model import Quote, Reason, Role, rich
from storage import Electorate
from tests.stories.ballots import close, dialogue_of, join, opened, tally
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, direct_room, private_chat
from tests.stories.people import GRACE_HERE
from tests.stories.test_linking import link

FORMS = {
    "score": {
        "/vote 1 1=5 2=3": "1=5 2=3",
        "/stimme 1 1=4,2=3": "1=4 2=3",
        "/stimme 1 1 = 3; 2 = 3": "1=3 2=3",
        "/vote 1=2 2=3": "1=2 2=3",
        "/vote 1 = 5": "1=5",
        "/vote 1: 4, 2: 3": "1=4 2=3",
        "/vote #1: 1=3": "1=3",
        "/stimme Umfrage 1: 2=4": "2=4",
        "/vote1 1=2": "1=2",
        "/STIMME 1\n1=5\n2=1": "1=5 2=1",
    },
    "rank": {"/vote 2 3>1>2": "3>1>2", "/stimme 2 1 > 3": "1>3>2", "/vote 2 2=3>1": "2=3>1"},
    "approval": {
        "/vote 3 1 3": "1 3",
        "/vote poll 3 2 3": "2 3",
        "/stimme 3 1,2": "1 2",
        "/vote 3 1, 2 und 3": "1 2 3",
    },
    "single": {"/vote 4 2": "2", "/stimme4 3": "3"},
}


async def test_a_ballot_counts_however_it_is_typed_and_is_not_passed_on(story: Story) -> None:
    polls = {"score": await opened(story)}
    for typed, stored in FORMS["score"].items():
        await story.says(KOELN, MEHMET, typed)
        assert await tally(story, polls["score"]) == {"Köln": {stored: 1}}, typed
        assert story.telegram.messages_in(KOELN)[-1].reaction == "👌"
    for method in ("rank", "approval", "single"):
        poll = await opened(story, method)
        for typed, stored in FORMS[method].items():
            await story.says(INDY, TOM, typed.replace("/", "!"))
            assert await tally(story, poll) == {"Indianapolis": {stored: 1}}, typed
            assert story.matrix.messages_in(INDY)[-1].reaction == "👌"
    cards = 4
    assert [len(story.at(chat)) for chat in (KOELN, INDY)] == [cards, cards]


async def test_in_private_the_receipt_shows_the_ballot_as_understood(story: Story) -> None:
    await join(story, KOELN, MEHMET)
    await join(story, INDY, TOM)
    poll = await opened(story)
    shown = await story.says(private_chat(MEHMET), MEHMET, "/stimme 1 1=5 3=1")
    assert "Ihr Stimmzettel für Umfrage 1 zählt: Woran arbeiten wir?" in shown
    assert "1. Energie: 5 Punkte\n2. Verkehr: 0 Punkte\n3. Wasser: 1 Punkt\n" in shown
    assert "Sie können ihn ändern bis" in shown
    assert "/stimme 1 keine nehmen Sie ihn zurück" in shown
    shown = await story.says(direct_room(TOM), TOM, "!vote 1 2=4")
    assert "2. Verkehr: 4 points" in shown
    assert "!vote 1 none takes it back" in shown
    assert await tally(story, poll) == {"Köln": {"1=5 3=1": 1}, "Indianapolis": {"2=4": 1}}
    assert "zurückgenommen" in await story.says(private_chat(MEHMET), MEHMET, "/stimme keine")
    assert "nicht abgestimmt" in await story.says(private_chat(MEHMET), MEHMET, "/stimme 1 keine")
    assert await tally(story, poll) == {"Indianapolis": {"2=4": 1}}


async def test_a_ballot_is_taken_back_in_the_chat(story: Story) -> None:
    poll = await opened(story, "approval")
    await story.says(KOELN, MEHMET, "/vote 1 2")
    assert "nicht abgestimmt" in await story.says(KOELN, MEHMET, "/vote 1 none")
    assert await tally(story, poll) == {}


MISTYPED = {
    "/stimme 1 1=6": ("0 bis 5 Punkte, nicht 6", "/stimme 1 1=5 2=3"),
    "/stimme 1 6=5": ("Thema 6 gibt es", "/stimme 1 1=5 2=3"),
    "/stimme 1 3>1": ("jedem Thema 0 bis 5 Punkte", "/stimme 1 1=5 2=3"),
    "/stimme 1 Energie": ("jedem Thema 0 bis 5 Punkte", "/stimme 1 1=5 2=3"),
    "/stimme Energie": ("jedem Thema 0 bis 5 Punkte", "/stimme 1 1=5 2=3"),
    "/stimme 7 1=5": ("Eine Umfrage 7 gibt es hier nicht", "/stimme 1 1=5"),
}


async def test_what_is_mistyped_gets_an_example_for_this_very_poll(story: Story) -> None:
    poll = await opened(story)
    for typed, (wrong, example) in MISTYPED.items():
        answer = await story.says(KOELN, MEHMET, typed)
        assert wrong in answer, typed
        assert answer.count(example.removeprefix("/stimme 1 ")) == 1, typed
        assert example in answer, typed
    assert await tally(story, poll) == {}
    assert not [each for each in story.at(INDY) if "Mehmet" in each]


async def test_without_a_number_the_only_open_poll_is_meant_and_of_several_the_bot_asks_which(story: Story) -> None:
    assert "läuft hier keine Umfrage" in await story.says(KOELN, MEHMET, "/stimme 1=5")
    mayors = await opened(story, voters=Electorate.MAYORS)
    everybody = await opened(story, question="Wo fangen wir an?")
    await story.says(KOELN, MEHMET, "/stimme 1=5")
    assert (await tally(story, mayors), await tally(story, everybody)) == ({}, {"Köln": {"1=5": 1}})
    await opened(story, question="Und dann?")
    asked = await story.says(KOELN, MEHMET, "/stimme 1=5")
    assert "2 (Wo fangen wir an?)" in asked
    assert "3 (Und dann?)" in asked
    assert "/stimme 2 1=5" in asked


async def test_an_answer_with_nothing_but_a_ballot_counts_and_an_ordinary_one_is_passed_on(story: Story) -> None:
    first, second = await opened(story), await opened(story, "approval")
    cards = [each.id for each in story.telegram.messages_in(KOELN) if each.post]
    await story.says(KOELN, MEHMET, "1=5, 2=3", reply_to=cards[0])
    await story.says(KOELN, MEHMET, "1 3", reply_to=cards[1])
    assert await tally(story, first) == {"Köln": {"1=5 2=3": 1}}
    assert await tally(story, second) == {"Köln": {"1 3": 1}}
    assert not [each for each in story.at(INDY) if "Mehmet" in each]
    before = story.at(KOELN)
    for text in ("Gute Idee!", "10:30", "3 Leute kommen", "Nr. 1 bitte", "👍"):
        await story.says(KOELN, MEHMET, text, reply_to=cards[0])
        assert story.at(INDY)[-1].endswith(text)
    assert story.at(KOELN) == before
    await story.says(KOELN, MEHMET, "keine", reply_to=cards[0])
    assert await tally(story, first) == {}


async def test_an_answer_that_names_another_poll_is_asked_about(story: Story) -> None:
    other, meant = await opened(story, "approval"), await opened(story, "approval")
    card = [each.id for each in story.telegram.messages_in(KOELN) if each.post][-1]
    assert "/stimme 2 1 3" in await story.says(KOELN, MEHMET, "/stimme 1 3", reply_to=card)
    assert (await tally(story, other), await tally(story, meant)) == ({}, {})
    await story.says(KOELN, MEHMET, "/stimme 2 1 3", reply_to=card)
    assert await tally(story, meant) == {"Köln": {"1 3": 1}}


async def test_a_corrected_ballot_counts_also_if_it_was_refused_and_a_deleted_one_still_does(story: Story) -> None:
    poll = await opened(story)
    for first in ("!vote 1 1=6", "!vote 1 1=1"):
        id = story.matrix.says(INDY, TOM, first)
        await story.quiet()
        story.matrix.edits(INDY, TOM, id, "!vote 1 1=5")
        await story.quiet()
        assert await tally(story, poll) == {"Indianapolis": {"1=5": 1}}
    story.matrix.deletes(INDY, TOM, id)
    await story.quiet()
    assert await tally(story, poll) == {"Indianapolis": {"1=5": 1}}
    card = next(each.id for each in story.matrix.messages_in(INDY) if each.post)
    id = story.matrix.says(INDY, TOM, "1=9", reply_to=card)
    await story.quiet()
    story.matrix.edits(INDY, TOM, id, "1=3")
    await story.quiet()
    assert await tally(story, poll) == {"Indianapolis": {"1=3": 1}}


async def test_who_may_not_vote_is_told_why(story: Story) -> None:
    await opened(story, voters=Electorate.MAYORS)
    await opened(story, voters=Electorate.STAFF)
    assert "nur die Bürgermeister" in await story.says(KOELN, MEHMET, "/stimme 1 1=5")
    assert "nicht die Koordination" in await story.says(KOELN, ANNA, "/stimme 1 1=5")
    assert "Sie sind Gast" in await story.says(KOELN, MEHMET, "/stimme 2 1=5")
    assert "!role @NAME staff" in await story.says(INDY, TOM, "!vote 2 1=5")
    poll = await opened(story)
    await close(story, poll)
    assert "beendet" in await story.says(KOELN, MEHMET, "/stimme 3 1=5")
    draft = await opened(story, published=False)
    assert "noch nicht veröffentlicht" in await story.says(KOELN, MEHMET, f"/stimme {draft.number} 1=5")
    await story.says(KOELN, ANNA, "/mute @mehmet")
    await opened(story)
    assert "stummgeschaltet" in await story.says(KOELN, MEHMET, "/stimme 5 1=5")


async def test_a_coordinator_from_the_settings_votes_for_the_city_of_the_chat(unpaired: Story) -> None:
    story = unpaired
    dialogue = await dialogue_of(story)
    poll = await opened(story, dialogue_id=dialogue.id)
    await story.says(KOELN, ANNA, "/stimme 1 1=5")
    await story.says(INDY, GRACE, "!vote 1 1=4")
    assert await tally(story, poll) == {"Köln": {"1=5": 1}, "Indianapolis": {"1=4": 1}}


@pytest.mark.parametrize("text", ["/stimme 1 1=5", "1=5"])
async def test_a_secret_ballot_in_a_chat_with_others_is_refused_and_does_not_cross(story: Story, text: str) -> None:
    poll = await opened(story, secret=True)
    card = [each.id for each in story.telegram.messages_in(KOELN) if each.post][-1]
    refused = await story.says(KOELN, MEHMET, text, reply_to=card)
    assert "geheim" in refused
    assert "löschen" in refused
    assert refused.endswith("https://telegram.test/vote_1_1")
    assert await tally(story, poll) == {}
    assert not [each for each in story.at(INDY) if "Mehmet" in each]
    await story.says(private_chat(MEHMET), MEHMET, "/stimme 1 1=5")
    assert await tally(story, poll) == {"Köln": {"1=5": 1}}


async def test_a_private_answer_is_about_the_dialogue_of_the_message_it_answers(story: Story) -> None:
    await join(story, KOELN, MEHMET)
    other = await dialogue_of(story, name="Köln – Leeds", member=MEHMET)
    here, there = await opened(story), await opened(story, dialogue_id=other.id)
    mine = private_chat(MEHMET)
    assert "Welchen meinen Sie" in await story.says(mine, MEHMET, "/stimme 1 1=5")
    await story.says(mine, MEHMET, f"/start vote_1_{other.id}")
    await story.says(mine, MEHMET, "1=4", reply_to=story.telegram.messages_in(mine)[-1].id)
    assert (await tally(story, here), await tally(story, there)) == ({}, {"Köln": {"1=4": 1}})


async def test_linked_accounts_have_one_ballot_and_the_last_one_counts(story: Story) -> None:
    await link(story)
    poll = await opened(story)
    await story.says(INDY, GRACE, "!vote 1 1=5")
    await story.says(private_chat(GRACE_HERE), GRACE_HERE, "/vote 1 2=5")
    assert await tally(story, poll) == {"Indianapolis": {"2=5": 1}}


async def test_where_the_bot_may_not_react_it_answers_in_words(story: Story) -> None:
    poll = await opened(story)
    story.telegram.faults = [PermanentError("not allowed here", Reason.NOT_ALLOWED)]
    assert await story.says(KOELN, MEHMET, "/stimme 1 1=5") == "Das ist festgehalten."
    assert await tally(story, poll) == {"Köln": {"1=5": 1}}


async def test_a_poll_shows_people_their_own_ballot_in_private(story: Story) -> None:
    await join(story, KOELN, MEHMET)
    await opened(story)
    mine = private_chat(MEHMET)
    assert "bisher nicht abgestimmt" in await story.says(mine, MEHMET, "/umfrage 1")
    await story.says(mine, MEHMET, "/stimme 1 3=5")
    assert "Ihr Stimmzettel:\n1. Energie: 0 Punkte" in await story.says(mine, MEHMET, "/umfrage 1")
    assert "Stimmzettel" not in await story.says(KOELN, MEHMET, "/umfrage 1")
    await story.says(KOELN, MEHMET, "/stimme 1")
    assert "3. Wasser: 5 Punkte" in story.at(mine)[-1]
    assert story.at(KOELN)[-1].startswith("Ich habe Ihnen den Stimmzettel privat geschickt")


async def test_in_britain_and_the_united_states_it_reads_as_people_write_there(story: Story) -> None:
    await join(story, INDY, TOM)
    await opened(story)
    room = direct_room(TOM)
    assert "December" in (american := await story.says(room, TOM, "!vote 1 1=5"))
    assert ", 20" in american
    await story.says(room, TOM, "!language en_GB")
    british = await story.says(room, TOM, "!vote 1 1=5")
    assert re.search(r"\d December 20\d\d", british)


async def test_a_ballot_stays_with_the_city_it_was_cast_in(story: Story) -> None:
    poll = await opened(story)
    await story.says(KOELN, MEHMET, "/stimme 1 1=5")
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        assert MEHMET.account
        person = await store.people.by_account(MEHMET.account)
        assert person
        await store.roles.set(dialogue, person, dialogue.cities[1], Role.STAFF, story.app.clock())
    assert await tally(story, poll) == {"Köln": {"1=5": 1}}
    await story.says(private_chat(MEHMET), MEHMET, "/stimme 1 1=4")
    assert await tally(story, poll) == {"Indianapolis": {"1=4": 1}}, "whoever votes again votes for the city of today"


async def test_in_private_points_and_rankings_need_no_command(story: Story) -> None:
    await join(story, INDY, TOM)
    poll = await opened(story)
    room = direct_room(TOM)
    assert "3 points" in await story.says(room, TOM, "1=3 2=5")
    assert await tally(story, poll) == {"Indianapolis": {"1=3 2=5": 1}}
    assert "We are alone here" in await story.says(room, TOM, "3")


async def test_a_ballot_that_is_only_quoted_counts_for_nobody(story: Story) -> None:
    poll = await opened(story)
    card = next(each.id for each in story.matrix.messages_in(INDY) if each.post)
    story.matrix.says(INDY, TOM, (Quote(rich("1=5")),), reply_to=card)
    await story.quiet()
    assert await tally(story, poll) == {}
