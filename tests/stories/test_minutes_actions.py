"""`#action` in minutes makes an action point, which goes with its line for as long as it is a proposal."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.agreement import AgreementState
from bot.model import Account, Mention, MessengerName, Text, rich
from storage import ActionPoint, Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.meetings import LEEDS, PRIYA, Meetings, meetings_on
from tests.stories.minutes import card, kept, lines, sign


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Meetings]:
    async with meetings_on(database) as it:
        await it.says(KOELN, ANNA, "/protokoll anfang Klimaschutz")
        yield it


async def point(story: Meetings, number: int = 1) -> ActionPoint:
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        found = await store.actions.numbered(dialogue.id, number)
        assert found
        return found


async def agree_all(story: Meetings) -> None:
    """Confirm action point 1 for every city."""
    await story.says(KOELN, ANNA, "/aufgabe 1 zustimmen")
    await story.says(INDY, GRACE, "!action 1 agree")
    await story.says(LEEDS, PRIYA, "!action 1 agree")


async def test_it_makes_an_action_point_with_its_card_that_belongs_to_the_minutes(story: Meetings) -> None:
    said = story.telegram.says(KOELN, ANNA, "#aufgabe Bäume pflanzen @mehmet bis 15.02.2027")
    await story.quiet()
    made = await point(story)
    assert (made.text, made.minutes, str(made.due_on)) == ("Bäume pflanzen", 1, "2027-02-15")
    assert [each.action for each in await lines(story)] == [1]
    assert sign(story, KOELN, said) == "✍️"
    assert "☑️ Action point 1: Bäume pflanzen @mehmet bis 15.02.2027" in card(story, INDY)
    assert "Bäume pflanzen" in story.at(LEEDS)[-1], "its own card"


async def test_owners_are_mentioned_as_on_either_messenger(story: Meetings) -> None:
    mention = Mention(Account(MessengerName.TELEGRAM, "12"), rich("Mehmet"))
    story.telegram.says(KOELN, ANNA, (Text("#aufgabe Bäume pflanzen "), mention))
    await story.quiet()
    made = await point(story)
    async with story.database.begin() as store:
        owners = await store.actions.owners(made)
        assert MEHMET.account
        person = await store.people.by_account(MEHMET.account)
    assert person
    assert [each.person_id for each in owners] == [person.id]


async def test_one_that_cannot_be_made_is_no_line(story: Meetings) -> None:
    said = story.matrix.says(INDY, GRACE, "#action Plant trees @nobody by tomorrow\n#info Trees")
    await story.quiet()
    assert "I do not know “@nobody” here." in story.at(INDY)[-1]
    assert await kept(story) == [("info", "Trees")]
    assert sign(story, INDY, said) == "✍️"


async def test_undo_and_deletion_withdraw_a_proposal_in_every_chat(story: Meetings) -> None:
    await story.says(INDY, GRACE, "#action Plant trees")
    await story.says(KOELN, ANNA, "#zurück")
    assert (await point(story)).state is AgreementState.WITHDRAWN
    withdrawn = "❌ Action point 1 has been withdrawn.\nIts line was taken back from minutes 1."
    assert withdrawn in story.at(LEEDS)
    said = story.matrix.says(INDY, GRACE, "#action Water them")
    await story.quiet()
    story.matrix.deletes(INDY, GRACE, said)
    await story.quiet()
    assert (await point(story, 2)).state is AgreementState.WITHDRAWN
    assert await kept(story) == []


async def test_one_that_is_agreed_stays_when_its_line_goes(story: Meetings) -> None:
    said = story.matrix.says(INDY, GRACE, "#action Plant trees")
    await story.quiet()
    await agree_all(story)
    story.matrix.edits(INDY, GRACE, said, "#action Plant nothing")
    await story.quiet()
    assert "Action point 1 is no longer a mere proposal." in story.at(INDY)[-1]
    await story.says(KOELN, ANNA, "#zurück")
    made = await point(story)
    assert (made.state, made.text) == (AgreementState.AGREED, "Plant trees")
    assert await kept(story) == []


async def test_a_line_that_becomes_another_kind_withdraws_it_and_the_reverse_makes_one(story: Meetings) -> None:
    said = story.matrix.says(INDY, GRACE, "#action Plant trees")
    await story.quiet()
    story.matrix.edits(INDY, GRACE, said, "#idea Plant trees")
    await story.quiet()
    assert (await point(story)).state is AgreementState.WITHDRAWN
    story.matrix.edits(INDY, GRACE, said, "#action Plant oaks")
    await story.quiet()
    assert (await point(story, 2)).text == "Plant oaks"
    assert await kept(story) == [("action", "Plant oaks")]


async def test_editing_the_line_edits_the_proposal(story: Meetings) -> None:
    said = story.matrix.says(INDY, GRACE, "#topic Trees\n#action Plant trees by 15 February 2027")
    await story.quiet()
    story.matrix.edits(INDY, GRACE, said, "#topic Trees\n#action Plant 30 trees by 1 March 2027")
    await story.quiet()
    made = await point(story)
    assert (made.version, made.text, str(made.due_on)) == (2, "Plant 30 trees", "2027-03-01")
    story.matrix.edits(INDY, GRACE, said, "#topic Oaks\n#action Plant 30 trees by 1 March 2027")
    await story.quiet()
    assert (await point(story)).version == 2, "only what is changed is changed"
    assert await kept(story) == [("topic", "Oaks"), ("action", "Plant 30 trees by 1 March 2027")]


async def test_an_objection_answered_to_the_question_counts(story: Meetings) -> None:
    await story.says(INDY, GRACE, "#action Plant trees")
    button = next(each for each in reversed(story.telegram.messages_in(KOELN)) if each.post and each.post.buttons)
    assert button.post
    story.telegram.presses(KOELN, ANNA, button.id, button.post.buttons[1].action)
    await story.quiet()
    question = story.telegram.messages_in(KOELN)[-1]
    await story.says(KOELN, ANNA, "Zu teuer", reply_to=question.id)
    assert (await point(story)).state is AgreementState.OBJECTED
