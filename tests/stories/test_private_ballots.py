"""The private ballot and the buttons of the card: opened, filled in step by step, cast, changed and taken back."""

from __future__ import annotations

import pytest

from bot.model import ChatRef
from tests.stories.ballots import card_in, close, join, opened, presses, tally
from tests.stories.conftest import INDY, KOELN, MEHMET, TOM, Story, direct_room, private_chat

MINE = private_chat(MEHMET)
TWELVE = tuple(f"Thema {number}" for number in range(1, 13))


def keys(story: Story, chat: ChatRef = MINE) -> list[str]:
    """Return what the buttons of the last card say."""
    card = card_in(story, chat)
    assert card.post
    return [f"{each.emoji} {each.label}".strip() for each in card.post.buttons]


async def test_the_button_of_the_card_leads_into_the_private_chat(story: Story) -> None:
    await opened(story)
    told = await presses(story, KOELN, MEHMET, "abstimmen")
    assert told.startswith("Bitte öffnen Sie den Stimmzettel im privaten Chat")
    assert told.endswith(" https://telegram.test/vote_1_1")
    shown = await story.says(MINE, MEHMET, "/start vote_1_1")
    assert "Umfrage 1: Woran arbeiten wir?\nThema 1 von 3:\nEnergie\n" in shown
    assert keys(story) == ["0️⃣", "1️⃣", "2️⃣", "3️⃣", "4️⃣", "5️⃣", "▶️ überspringen"]
    assert "privat geschickt" in await presses(story, KOELN, MEHMET, "abstimmen")
    assert story.at(MINE)[-2:] == ["Ihr Stimmzettel steht jetzt weiter unten.", shown]
    assert len(story.at(KOELN)) == 1, "a press in the chat costs no message"


async def test_points_are_given_topic_by_topic_and_count_once_the_ballot_is_cast(story: Story) -> None:
    poll = await opened(story)
    await story.says(MINE, MEHMET, "/start")
    await presses(story, KOELN, MEHMET, "abstimmen")
    for key in ("5️⃣", "▶️", "◀️", "▶️", "3️⃣"):
        await presses(story, MINE, MEHMET, key)
    shown = story.at(MINE)[-1]
    assert "1. Energie: 5 Punkte\n2. Verkehr: 0 Punkte\n3. Wasser: 3 Punkte\nDas zählt noch nicht." in shown
    assert await tally(story, poll) == {}
    await presses(story, MINE, MEHMET, "Stimme abgeben")
    assert "zählt" in story.at(MINE)[-1]
    assert await tally(story, poll) == {"Köln": {"1=5 3=3": 1}}
    await presses(story, MINE, MEHMET, "ändern")
    assert "Gewählt: 5 Punkte" in story.at(MINE)[-1]
    for key in ("2️⃣", "Übersicht", "Stimme abgeben"):
        await presses(story, MINE, MEHMET, key)
    assert await tally(story, poll) == {"Köln": {"1=2 3=3": 1}}
    await presses(story, MINE, MEHMET, "zurücknehmen")
    assert await tally(story, poll) == {}
    assert keys(story) == ["🗳️ abstimmen"]


async def test_a_ranking_is_made_place_by_place(story: Story) -> None:
    poll = await opened(story, "rank")
    await join(story, KOELN, MEHMET)
    await story.says(MINE, MEHMET, "/start vote_1_1")
    assert keys(story) == ["1️⃣ Energie", "2️⃣ Verkehr", "3️⃣ Wasser"]
    await presses(story, MINE, MEHMET, "Wasser")
    await presses(story, MINE, MEHMET, "zurück")
    assert "das wichtigste" in story.at(MINE)[-1]
    await presses(story, MINE, MEHMET, "Wasser")
    assert "Platz 1: Wasser" in story.at(MINE)[-1]
    await presses(story, MINE, MEHMET, "Energie")
    assert "Platz 3: Verkehr" in story.at(MINE)[-1], "the last one is left over"
    await presses(story, MINE, MEHMET, "Stimme abgeben")
    assert await tally(story, poll) == {"Köln": {"3>1>2": 1}}
    for key in ("ändern", "Verkehr", "Rest ans Ende", "Stimme abgeben"):
        await presses(story, MINE, MEHMET, key)
    assert await tally(story, poll) == {"Köln": {"2>1=3": 1}}


@pytest.mark.parametrize(
    ("method", "chosen", "stored"), [("approval", (1, 12, 2, 1), "2 12"), ("single", (3, 11), "11")]
)
async def test_secret_choices_are_made_in_private(
    story: Story, method: str, chosen: tuple[int, ...], stored: str
) -> None:
    poll = await opened(story, method, TWELVE, secret=True)
    assert keys(story, KOELN) == ["🗳️ abstimmen"], "nobody sees what others choose"
    await join(story, KOELN, MEHMET)
    await story.says(MINE, MEHMET, "/start vote_1_1")
    assert len(set(keys(story))) == 12
    for number in chosen:
        await presses(story, MINE, MEHMET, f" Thema {number}" if number > 2 else f"{number}️⃣ ")
        if method == "single":
            assert "zählt noch nicht" in story.at(MINE)[-1]
            await presses(story, MINE, MEHMET, "ändern" if number == 3 else "abgeben")
    if method == "approval":
        for key in ("Übersicht", "abgeben"):
            await presses(story, MINE, MEHMET, key)
    assert await tally(story, poll) == {"Köln": {stored: 1}}


async def test_a_half_filled_ballot_survives_a_restart_and_can_be_answered_in_writing(story: Story) -> None:
    poll = await opened(story)
    await join(story, KOELN, MEHMET)
    await story.says(MINE, MEHMET, "/start vote_1_1")
    await presses(story, MINE, MEHMET, "4️⃣")
    await story.says(MINE, MEHMET, "/start vote_1_1")
    assert "Thema 2 von 3" in story.at(MINE)[-1]
    await story.says(MINE, MEHMET, "1=1 2=2", reply_to=card_in(story, MINE).id)
    assert await tally(story, poll) == {"Köln": {"1=1 2=2": 1}}
    assert "2. Verkehr: 2 Punkte" in story.at(MINE)[-1]


async def test_pressing_after_the_close_says_so(story: Story) -> None:
    poll = await opened(story)
    await join(story, KOELN, MEHMET)
    await story.says(MINE, MEHMET, "/start vote_1_1")
    await close(story, poll)
    assert "beendet" in await presses(story, MINE, MEHMET, "5️⃣")
    assert "beendet" in await presses(story, KOELN, MEHMET, "abstimmen")


async def test_on_matrix_the_ballot_is_typed(story: Story) -> None:
    poll = await opened(story)
    await presses(story, INDY, TOM, "🗳️")
    told = story.at(INDY)[-1]
    assert told.startswith("Please write here: !vote 1 1=5 2=3\nTo vote in private")
    await story.says(direct_room(TOM), TOM, "!help")
    posts = story.at(INDY)
    await presses(story, INDY, TOM, "🗳️")
    ballot = card_in(story, direct_room(TOM))
    assert "1. Energie\n2. Verkehr\n3. Wasser\n" in ballot.text
    assert "Please reply to this message" in ballot.text
    assert story.at(INDY) == posts
    await story.says(direct_room(TOM), TOM, "2=5", reply_to=ballot.id)
    await story.says(direct_room(TOM), TOM, "2=4", reply_to=ballot.id)
    assert await tally(story, poll) == {"Indianapolis": {"2=4": 1}}


async def test_approval_by_press_shows_the_whole_ballot_and_costs_no_message(story: Story) -> None:
    poll = await opened(story, "approval")
    posts = story.at(KOELN)
    assert await presses(story, KOELN, MEHMET, "Energie") == "Ihr Stimmzettel für Umfrage 1 jetzt: 1 Energie"
    assert (
        await presses(story, KOELN, MEHMET, "Wasser") == "Ihr Stimmzettel für Umfrage 1 jetzt: 1 Energie und 3 Wasser"
    )
    assert await tally(story, poll) == {"Köln": {"1 3": 1}}
    await presses(story, KOELN, MEHMET, "Energie")
    assert "nicht abgestimmt" in await presses(story, KOELN, MEHMET, "Wasser")
    assert await tally(story, poll) == {}
    assert story.at(KOELN) == posts


async def test_what_a_press_shows_is_short_enough_for_telegram(story: Story) -> None:
    await opened(
        story, "approval", [f"{each} mit einem sehr langen Namen, der auf keinen Knopf passt" for each in TWELVE]
    )
    for number, card in enumerate([card_in(story, KOELN)] * 12):
        assert card.post
        story.telegram.presses(KOELN, MEHMET, card.id, card.post.buttons[number].action)
    await story.quiet()
    assert story.telegram.told[-1].endswith("9, 10, 11 und 12")
    assert max(map(len, story.telegram.told)) <= 200
    assert len(story.at(KOELN)) == 1


async def test_approval_by_reaction_counts_and_is_taken_back_with_it(story: Story) -> None:
    poll = await opened(story, "approval", TWELVE)
    card = card_in(story, INDY)
    assert card.post
    assert len({each.emoji for each in card.post.buttons}) == 12
    for key in ("1\ufe0f\u20e3", "2\u20e3", "🕛"):  # clients write keycaps in two ways
        story.matrix.reacts(INDY, TOM, card.id, key)
    await story.quiet()
    assert await tally(story, poll) == {"Indianapolis": {"1 2 12": 1}}
    story.matrix.reacts(INDY, TOM, card.id, "1\u20e3", removed=True)
    story.matrix.reacts(INDY, TOM, card.id, "🕛", removed=True)
    await story.quiet()
    assert await tally(story, poll) == {"Indianapolis": {"2": 1}}
    assert len(story.at(INDY)) == 1
