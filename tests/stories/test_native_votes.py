"""Votes in native polls, on both messengers: what counts, who is refused, and what happens when a poll is gone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.model import MessageRef, PollEnd, Sender
from storage import Electorate
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, private_chat
from tests.stories.native_polls import natives, opens, replaced, tally, votes


async def test_votes_on_both_sides_are_ballots_and_can_be_changed_and_taken_back(story: Story) -> None:
    await opens(story)
    await votes(story, KOELN, ANNA, 0)
    await votes(story, KOELN, MEHMET, 1)
    await votes(story, INDY, GRACE, 2)
    await votes(story, INDY, TOM, 2)
    assert await tally(story) == {"Köln": {"1": 1, "2": 1}, "Indianapolis": {"3": 2}}
    await votes(story, KOELN, ANNA, 1)
    await votes(story, INDY, TOM)
    assert await tally(story) == {"Köln": {"2": 2}, "Indianapolis": {"3": 1}}


async def test_a_vote_that_is_removed_counts_no_more_and_the_one_before_does(story: Story) -> None:
    await opens(story)
    first, second = await votes(story, INDY, TOM, 0), await votes(story, INDY, TOM, 1)
    story.matrix.deletes(INDY, TOM, second)
    await story.quiet()
    assert await tally(story) == {"Indianapolis": {"1": 1}}
    story.restart()
    story.matrix.deletes(INDY, TOM, first)
    await story.quiet()
    assert await tally(story) == {}


async def test_a_vote_that_cannot_be_decrypted_counts_once_its_key_is_there(story: Story) -> None:
    await opens(story)
    vote = await votes(story, INDY, TOM, 1, late=True)
    assert await tally(story) == {}
    story.matrix.reads(vote)
    await story.quiet()
    assert await tally(story) == {"Indianapolis": {"2": 1}}


async def test_of_linked_accounts_the_last_vote_counts(story: Story) -> None:
    await opens(story)
    await votes(story, KOELN, MEHMET, 0)
    await votes(story, INDY, TOM, 1)
    async with story.database.begin() as store:
        assert MEHMET.account
        assert TOM.account
        people = [await store.people.by_account(each) for each in (MEHMET.account, TOM.account)]
        assert people[0]
        assert people[1]
        await store.links.join(people[0], people[1])
    await story.quiet()
    assert sum(sum(each.values()) for each in (await tally(story)).values()) == 1
    await votes(story, KOELN, MEHMET, 2)
    ((_city, ballots),) = (await tally(story)).items()
    assert ballots == {"3": 1}
    await votes(story, INDY, TOM, 0)
    ((_city, ballots),) = (await tally(story)).items()
    assert ballots == {"1": 1}


async def test_a_vote_of_before_the_close_counts_when_it_is_read_late(story: Story) -> None:
    """Telegram dates no votes: what waited for the bot while it was down counts, as long as the poll is not closed."""
    await opens(story)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, 1)
        assert poll
        await store.polls.change(poll, closes_at=story.app.clock() - timedelta(minutes=1))
    await votes(story, KOELN, ANNA, 0)
    await votes(story, INDY, GRACE, 0)
    assert await tally(story) == {"Köln": {"1": 1}}, "Grace has voted after the close"


# Refused


async def test_who_may_not_vote_is_told_why_in_private(story: Story) -> None:
    await opens(story, voters=Electorate.STAFF)
    await story.says(private_chat(MEHMET), MEHMET, "/start")
    before = story.at(KOELN)
    for option in (0, 1):
        await votes(story, KOELN, MEHMET, option)
    await votes(story, KOELN, MEHMET)
    told = [each for each in story.at(private_chat(MEHMET)) if "zählt nicht" in each]
    assert len(told) == 1
    assert told[0].startswith("Ihre Stimme in Umfrage 1 zählt nicht. In Umfrage 1 stimmen Fach")
    assert story.at(KOELN) == before
    assert await tally(story) == {}


async def test_without_a_private_chat_a_mention_tells_it_once(story: Story) -> None:
    await opens(story, voters=Electorate.STAFF)
    for option in (0, 1, 2):
        await votes(story, INDY, TOM, option)
    told = [each for each in story.at(INDY) if "does not count" in each]
    assert len(told) == 1
    assert told[0].startswith("Tom Jackson: Your vote in poll 1 does not count. In poll 1 staff")
    (post,) = [each.post for each in story.matrix.messages_in(INDY) if each.text == told[0]]
    assert post
    assert post.mentions == (TOM.account,)


async def test_votes_in_the_name_of_a_group_are_refused_with_one_explanation_in_each_chat(story: Story) -> None:
    await opens(story)
    for number in range(3):
        await votes(story, KOELN, Sender(None, "Stadtrat", chat=KOELN), number)
    told = [each for each in story.at(KOELN) if each.startswith("Eine Stimme im Namen einer Gruppe")]
    assert len(told) == 1
    assert await tally(story) == {}


async def test_who_is_muted_is_told_and_keeps_the_ballot_of_before(story: Story) -> None:
    await opens(story)
    await votes(story, KOELN, MEHMET, 0)
    said = story.telegram.says(KOELN, MEHMET, "spam")
    await story.quiet()
    await story.says(KOELN, ANNA, "/mute", reply_to=said)
    for option in (1, 2):
        await votes(story, KOELN, MEHMET, option)
    told = [each for each in story.at(KOELN) if each.startswith("Mehmet Kaya: Ihre Stimme in Umfrage 1 zählt nicht.")]
    assert len(told) == 1
    assert "stummgeschaltet" in told[0]
    assert await tally(story) == {"Köln": {"1": 1}}


async def test_who_is_in_no_chat_does_not_vote_in_a_forwarded_poll(story: Story) -> None:
    await opens(story)
    assert MEHMET.account
    story.telegram.outsiders.add(MEHMET.account)
    await votes(story, KOELN, MEHMET, 0)
    assert await tally(story) == {}


async def test_a_chat_that_has_left_votes_no_more(story: Story) -> None:
    await opens(story)
    await votes(story, KOELN, ANNA, 0)
    async with story.database.begin() as store:
        koeln = await store.chats.by_ref(KOELN)
        assert koeln
        await store.chats.unpair(koeln)
    await votes(story, KOELN, MEHMET, 1)
    assert await tally(story) == {"Köln": {"1": 1}}


# When the native poll is gone


@pytest.mark.parametrize("deleted", [False, True])
async def test_a_native_poll_that_somebody_ends_goes_on_by_text(story: Story, *, deleted: bool) -> None:
    await opens(story)
    await votes(story, INDY, TOM, 1)
    (shown,) = natives(story, INDY)
    if deleted:
        story.matrix.deletes(INDY, GRACE, shown.id)
    else:
        at = story.app.clock()
        story.matrix.happens(PollEnd(id="e1", poll=shown.id, ref=MessageRef(INDY, shown.id), sender=GRACE, at=at))
    await story.quiet()
    assert any("but poll 1 goes on" in each and "!vote 1 2" in each for each in story.at(INDY))
    assert any("hat jemand die Umfrage des Messengers geschlossen oder gelöscht" in each for each in story.at(KOELN))
    await story.says(INDY, TOM, "!vote 1 3")
    assert await tally(story) == {"Indianapolis": {"3": 1}}


async def test_a_native_poll_that_was_replaced_counts_no_more(story: Story) -> None:
    await opens(story)
    (old,) = natives(story, KOELN)
    await replaced(story, "Bäume", "Radwege")
    shown = [(each.poll_closed, each.poll and len(each.poll.options)) for each in natives(story, KOELN)]
    assert shown == [(True, 3), (False, 2)]
    old.poll_closed = False  # a vote that was on its way
    story.telegram.votes(KOELN, ANNA, old.id, 0)
    await story.quiet()
    assert await tally(story) == {}
    await votes(story, KOELN, ANNA, 1)
    assert await tally(story) == {"Köln": {"2": 1}}
