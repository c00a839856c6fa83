"""The order in force, and how it gets on the agenda of a roundtable."""

from __future__ import annotations

import pytest

from bot.model import ChatRef, Sender
from bot.sandbox.telegram.images import png
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM
from tests.stories.electorate import cast, message, publish, result
from tests.stories.meetings import LEEDS, PRIYA, SPACES, Meetings
from tests.stories.polls import presses, story

__all__ = ["story"]


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def draw(_chart: object) -> bytes:
        return png(40, 30)

    monkeypatch.setattr("bot.charts.draw", draw)


async def decide(story: Meetings, *ballots: str, number: int = 1) -> None:
    """Hold a poll in which each city casts the same ballots."""
    await publish(story)
    for city in ("Köln", "Indianapolis", "Leeds"):
        await cast(story, city, *ballots, number=number)
    await story.says(KOELN, ANNA, f"/umfrage {number} schließen")


async def offer(story: Meetings, chat: ChatRef, who: Sender, number: int = 1) -> str:
    """Press the button under the result of a poll, and return the answer."""
    return await presses(
        story, chat, who, "📋", message(story, chat, f"🏁 Umfrage {number} ist", f"🏁 Poll {number} is")
    )


async def test_without_any_it_says_how_to_begin(story: Meetings) -> None:
    assert "Noch sind keine Prioritäten festgelegt." in await story.says(KOELN, MEHMET, "/prioritaeten")
    assert "a coordinator makes one with !poll QUESTION." in await story.says(LEEDS, PRIYA, "!priorities")


async def test_they_say_since_when_and_from_which_poll_and_a_later_one_replaces_them(story: Meetings) -> None:
    await decide(story, "1=5 2=3")
    german = (await story.says(KOELN, MEHMET, "/prioritäten")).translate(SPACES).splitlines()
    assert german[:4] == [
        "📌 Prioritäten: Köln – Indianapolis – Leeds",
        "Gültig seit Mittwoch, 13. Januar 2027, 10:00 Uhr (Berlin), aus Umfrage 1: Woran arbeiten wir zuerst?",
        "1. Radwege ausbauen: 5,00",
        "2. Bäume pflanzen: 3,00",
    ]
    assert "In force since Wednesday, January 13, 2027, 4:00 AM (Indianapolis), by poll 1: " in (
        await story.says(INDY, TOM, "!priorities")
    ).translate(SPACES)
    await story.pass_(days=1)
    await decide(story, "3=5 2=3", number=2)
    assert "Sie ersetzt die aus Umfrage 1, „Woran arbeiten wir zuerst?“." in result(story, KOELN, 2)
    assert "It replaces that of poll 1, “Woran arbeiten wir zuerst?”." in result(story, LEEDS, 2)
    assert "aus Umfrage 2: " in await story.says(KOELN, MEHMET, "/prioritaeten")
    await story.says(KOELN, MEHMET, "/umfrage 1")
    assert story.at(KOELN)[-2].endswith("Jetzt gilt die aus Umfrage 2.")
    await publish(story)
    await story.says(KOELN, ANNA, "/umfrage 3 schließen")
    assert "aus Umfrage 2: " in await story.says(KOELN, MEHMET, "/prioritaeten"), "nobody has voted in number 3"


async def test_a_coordinator_puts_them_on_the_agenda_of_the_next_roundtable(story: Meetings) -> None:
    await decide(story, "1=5 2=3")
    assert "Zurzeit ist keine Runde geplant." in await offer(story, KOELN, ANNA)
    await story.says(KOELN, ANNA, "/runde Später | wann: 22.03.2027 11 Uhr")
    await story.says(KOELN, ANNA, "/runde Bald | wann: 22.02.2027 11 Uhr | - Begrüßung | - bäume pflanzen")
    assert "Das kann nur die Koordination" in await offer(story, KOELN, MEHMET)
    assert "Die Prioritäten stehen jetzt auf der Tagesordnung von Runde 2, Bald." in await offer(story, KOELN, ANNA)
    for chat in (KOELN, INDY, LEEDS):
        assert (
            "1. Begrüßung\n2. bäume pflanzen\n3. Radwege ausbauen\n4. Schulpartnerschaften\n5. Sport\n6. Kultur"
            in story.card(chat)
        )
    again = await offer(story, INDY, GRACE)
    assert "The priorities are already on the agenda of roundtable 2, Bald." in again
    assert story.card(INDY).count("Sport") == 1


async def test_running_and_full_roundtables_take_none(story: Meetings) -> None:
    await decide(story, "1=5 2=3")
    items = " ".join(f"| - Punkt {number}" for number in range(27))
    await story.says(KOELN, ANNA, f"/runde Voll | wann: 22.02.2027 11 Uhr {items}")
    assert "hat schon 27 Punkte, für die Prioritäten ist kein Platz mehr." in await offer(story, KOELN, ANNA)
    await story.says(KOELN, ANNA, "/runde 1 beginnen")
    assert "Roundtable 1 is running, and no other one is planned." in await offer(story, LEEDS, PRIYA)
    await story.says(KOELN, ANNA, "/runde Frei | wann: 22.03.2027 11 Uhr")
    assert "Tagesordnung von Runde 2, Frei." in await offer(story, KOELN, ANNA)


async def test_the_button_of_an_order_that_is_no_longer_in_force_does_nothing(story: Meetings) -> None:
    await story.says(KOELN, ANNA, "/runde Bald | wann: 22.02.2027 11 Uhr")
    await decide(story, "1=5 2=3")
    await decide(story, "3=5 2=3", number=2)
    assert "Diese Reihenfolge gilt nicht mehr." in await offer(story, KOELN, ANNA)
    assert "Radwege" not in story.card(KOELN)
    await story.says(KOELN, ANNA, "/prioritaeten")
    assert "Tagesordnung von Runde 1, Bald." in await presses(story, KOELN, ANNA, "📋", message(story, KOELN, "📌"))
    assert "1. Schulpartnerschaften\n2. Bäume pflanzen" in story.card(KOELN)
