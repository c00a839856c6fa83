"""Native polls that people make: of a coordinator's, the bot offers to make a joint poll."""

from __future__ import annotations

import pytest

from bot.model import Attachment, ChatRef, PollChoice, PollSnapshot, Sender, rich
from bot.voting import Method
from storage import PollState
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET
from tests.stories.meetings import Meetings
from tests.stories.polls import presses, preview, stored, story

__all__ = ["story"]

OFFER = "Soll ich eine gemeinsame Umfrage daraus machen"


async def asks(
    story: Meetings, chat: ChatRef, who: Sender, *options: str, multiple: bool = False, forwarded: bool = False
) -> None:
    """Make a native poll in a chat."""
    choices = tuple(PollChoice(rich(each)) for each in options)
    poll = PollSnapshot(question=rich("Woran zuerst?"), options=choices, multiple=multiple)
    attached = Attachment("poll", "Woran zuerst?", thing=poll)
    story.messenger(chat).says(chat, who, "", attachment=attached, forwarded=forwarded)
    await story.quiet()


async def test_a_coordinators_poll_becomes_a_draft_at_the_press_of_a_button(story: Meetings) -> None:
    await asks(story, KOELN, ANNA, "Bäume pflanzen (SDG 13)", "Radwege")
    assert any("Woran zuerst?" in each and "• Radwege" in each for each in story.at(INDY)), "it is passed on as ever"
    offer = story.telegram.messages_in(KOELN)[-1]
    assert OFFER in offer.text
    await presses(story, KOELN, ANNA, "🗳️", offer)
    poll, topics = await stored(story)
    assert (poll.question, poll.method, poll.state) == ("Woran zuerst?", Method.SINGLE, PollState.DRAFT)
    assert [(each.text, each.sdgs) for each in topics] == [("Bäume pflanzen", (13,)), ("Radwege", ())]
    assert preview(story, KOELN).text.startswith("📝 Entwurf der Umfrage 1: Woran zuerst?")
    assert offer.text == "Aus dieser Umfrage wird eine gemeinsame; der Entwurf folgt."
    assert offer.post
    assert offer.post.buttons == ()


async def test_a_poll_in_which_several_answers_may_be_chosen_asks_for_approval(story: Meetings) -> None:
    await asks(story, INDY, GRACE, "Trees", "Bicycles", multiple=True)
    offer = story.matrix.messages_in(INDY)[-1]
    assert "Shall I make a joint poll of it" in offer.text
    await presses(story, INDY, GRACE, "🗳️", offer)
    poll, _topics = await stored(story)
    assert poll.method is Method.APPROVAL


@pytest.mark.parametrize("options", [("one",), ("one", "One"), tuple(map(str, range(13)))])
async def test_what_cannot_be_a_joint_poll_is_not_offered(story: Meetings, options: tuple[str, ...]) -> None:
    before = story.at(KOELN)
    await asks(story, KOELN, ANNA, *options)
    assert story.at(KOELN) == before


async def test_polls_of_others_and_forwarded_ones_stay_what_they_are(story: Meetings) -> None:
    before = story.at(KOELN)
    await asks(story, KOELN, MEHMET, "Bäume", "Radwege")
    await asks(story, KOELN, ANNA, "Bäume", "Radwege", forwarded=True)
    assert story.at(KOELN) == before
    assert len([each for each in story.at(INDY) if "Woran zuerst?" in each]) == 2


async def test_only_a_coordinator_accepts_the_offer_and_only_once(story: Meetings) -> None:
    await asks(story, KOELN, ANNA, "Bäume", "Radwege")
    offer = story.telegram.messages_in(KOELN)[-1]
    assert "Koordination" in await presses(story, KOELN, MEHMET, "🗳️", offer)
    action = offer.post.buttons[0].action if offer.post else ""
    for _again in range(2):
        story.telegram.presses(KOELN, ANNA, offer.id, action)
        await story.quiet()
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        assert len(await store.polls.of_dialogue(dialogue.id)) == 1


async def test_an_offer_that_nobody_accepts_ends(story: Meetings) -> None:
    await asks(story, KOELN, ANNA, "Bäume", "Radwege")
    offer = story.telegram.messages_in(KOELN)[-1]
    story.clock.pass_(days=8)
    await story.quiet()
    assert (
        offer.text == "Ich hatte angeboten, aus dieser Umfrage eine gemeinsame zu machen. Das Angebot gilt nicht mehr."
    )
