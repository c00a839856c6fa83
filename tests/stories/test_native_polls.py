"""Native polls beside the card: where they are posted, what they show, and when they are stopped."""

from __future__ import annotations

import pytest

from bot.messengers.base import PermanentError, Reason
from bot.model import ChatRef, MessengerName, plain
from bot.voting import Method
from handlers.polls import _native
from tests.stories.conftest import ANNA, INDY, KOELN, TOM, Story, private_chat
from tests.stories.native_polls import natives, opens, tally, votes

BONN = ChatRef(MessengerName.TELEGRAM, "-1002")


async def test_every_chat_gets_a_native_poll_with_the_numbers_of_the_topics(story: Story) -> None:
    await opens(story)
    for chat, question in ((KOELN, "Umfrage 1: Woran zuerst?"), (INDY, "Poll 1: Woran zuerst?")):
        (shown,) = natives(story, chat)
        assert shown.poll
        assert plain(shown.poll.question) == question
        assert shown.poll.options == ("1. Radwege", "2. Bäume", "3. Schulpartnerschaften")
        assert not shown.poll.multiple


async def test_what_is_too_long_for_telegram_is_shortened_and_keeps_its_number(story: Story) -> None:
    await opens(story, ["Bäume " * 30, "Radwege"], question="Warum " * 60)
    (telegram,), (matrix,) = natives(story, KOELN), natives(story, INDY)
    assert telegram.poll
    assert matrix.poll
    assert (len(plain(telegram.poll.question)), len(telegram.poll.options[0])) <= (300, 100)
    assert plain(telegram.poll.question).startswith("Umfrage 1: Warum Warum")
    assert telegram.poll.options[0].startswith("1. Bäume Bäume")
    assert telegram.poll.options[0].endswith("…")
    assert matrix.poll.options[0].strip() == "1. " + ("Bäume " * 30).strip()


@pytest.mark.parametrize(("method", "secret"), [(Method.SCORE, False), (Method.APPROVAL, False), (Method.SINGLE, True)])
async def test_only_open_single_choice_has_native_polls(story: Story, method: Method, *, secret: bool) -> None:
    await opens(story, method=method, secret=secret)
    assert natives(story, KOELN) == natives(story, INDY) == []


async def test_where_the_bot_may_not_send_polls_there_is_none_and_the_coordinators_know(story: Story) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    story.telegram.faults = [PermanentError("not enough rights to send polls", Reason.NO_RIGHTS)]
    await opens(story)
    assert natives(story, KOELN) == []
    assert len(natives(story, INDY)) == 1
    assert story.at(private_chat(ANNA))[-1] == (
        "Umfrage 1: In Köln (Telegram) konnte ich die Umfrage des Messengers nicht einstellen. Dort wird mit Text"
        " abgestimmt, zum Beispiel mit /stimme 1 2."
    )


async def test_all_native_polls_are_stopped_once(story: Story) -> None:
    await opens(story)
    for _again in range(2):
        async with story.database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            poll = await store.polls.numbered(dialogue.id, 1)
            assert poll
            await _native.close(story.app.services.context(store, story.app.clock(), "polls"), poll)
    await story.quiet()
    assert [each.poll_closed for chat in (KOELN, INDY) for each in natives(story, chat)] == [True, True]


async def test_a_chat_that_joins_later_gets_the_native_poll_and_votes(story: Story) -> None:
    await opens(story)
    story.telegram.messages_in(BONN)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        bonn = await store.cities.add("Bonn", "de_DE", "Europe/Berlin")
        await store.dialogues.join(dialogue, bonn, dialogue.name)
        await store.chats.pair(BONN, dialogue, bonn)
        await store.counters.record([f"{BONN.id}/0"])
    await story.quiet()
    assert [len(natives(story, chat)) for chat in (KOELN, INDY, BONN)] == [1, 1, 1]


# Changed before the first ballot


async def published(story: Story) -> None:
    await story.says(KOELN, ANNA, "/umfrage Woran zuerst?\n- Radwege\n- Bäume\nverfahren: einzeln")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")


def standing(story: Story, chat: ChatRef) -> list[tuple[bool, int]]:
    """Return which native polls of a chat are closed, and how many options they have."""
    return [(each.poll_closed, len(each.poll.options)) for each in natives(story, chat) if each.poll]


async def test_other_topics_bring_new_native_polls_until_somebody_has_voted(story: Story) -> None:
    await published(story)
    await story.says(KOELN, ANNA, "/umfrage 1 themen\n- Bäume\n- Schulen\n- Radwege")
    assert standing(story, KOELN) == standing(story, INDY) == [(True, 2), (False, 3)]
    await votes(story, INDY, TOM, 2)
    await story.says(KOELN, ANNA, "/umfrage 1 themen\n- Bäume\n- Schulen")
    assert standing(story, KOELN) == standing(story, INDY) == [(True, 2), (False, 3)]
    assert await tally(story) == {"Indianapolis": {"3": 1}}


async def test_with_another_method_the_native_polls_are_stopped(story: Story) -> None:
    await published(story)
    await story.says(KOELN, ANNA, "/umfrage 1 verfahren: punkte")
    assert standing(story, KOELN) == standing(story, INDY) == [(True, 2)]
    await story.says(KOELN, ANNA, "/umfrage 1 verfahren: einzeln")
    assert standing(story, KOELN) == standing(story, INDY) == [(True, 2), (False, 2)]
