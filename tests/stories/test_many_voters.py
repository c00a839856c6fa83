"""Many people vote at once, each in their own way; the large version is `python -m tests.bench polls`."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from math import floor
from random import Random

import pytest

from bot.model import MessengerName, Replace, Sender
from tests.databases import database, postgres
from tests.stories.conftest import INDY, KOELN, someone
from tests.stories.electorate import card, message, publish, stored_poll
from tests.stories.meetings import SPACES, Meetings
from tests.stories.polls import story

__all__ = ["database", "postgres", "story"]

VOTERS, AT_ONCE = 24, 4
SIGNS = ("1️⃣", "2️⃣", "3️⃣")
TOPICS = ("Klima", "Schulen", "Verkehr")


def voters() -> list[Sender]:
    halves = ((MessengerName.TELEGRAM, "5{:03}"), (MessengerName.MATRIX, "@v{}:test"))
    return [
        someone(messenger, id.format(number), f"Voter {number}")
        for number in range(VOTERS // 2)
        for messenger, id in halves
    ]


def vote(story: Meetings, who: Sender, topics: list[int], *, typed: bool) -> None:
    """Approve of topics by a text, or by the buttons or reactions of the card."""
    assert who.account
    here = who.account.messenger is MessengerName.TELEGRAM
    chat = KOELN if here else INDY
    it = message(story, chat, "🗳️")
    assert it.post
    if typed:
        words = f"/stimme 1 {' '.join(map(str, topics))}" if here else f"!vote 1 {' '.join(map(str, topics))}"
        story.messenger(chat).says(chat, who, words)
        return
    for topic in topics:
        if here:
            story.telegram.presses(chat, who, it.id, it.post.buttons[topic - 1].action)
        else:
            story.matrix.reacts(chat, who, it.id, SIGNS[topic - 1])


async def test_every_ballot_counts_and_the_card_is_edited_once_in_five_seconds(
    story: Meetings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.polls._card.PAUSE", timedelta(seconds=5))
    await publish(story, "verfahren: zustimmung", topics=TOPICS)
    random, cast = Random(1), {"Köln": Counter[str](), "Indianapolis": Counter[str]()}  # noqa: S311 - reproducible
    began, before = story.clock.now, len(story.telegram.calls)
    for number, who in enumerate(voters()):
        assert who.account
        topics = sorted(random.sample((1, 2, 3), random.choice((1, 2))))
        city = "Köln" if who.account.messenger is MessengerName.TELEGRAM else "Indianapolis"
        cast[city][" ".join(map(str, topics))] += 1
        vote(story, who, topics, typed=random.random() < 0.3)
        if number % AT_ONCE == 0:
            story.clock.now += timedelta(seconds=1)
            await story.quiet()
    story.clock.now += timedelta(seconds=6)
    await story.quiet()
    poll = await stored_poll(story)
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        tallied = await store.ballots.tallied(poll)
    assert {city.name: tallied[city.id] for city in dialogue.cities if city.id in tallied} == cast
    edited = [each for each in story.telegram.calls[before:] if isinstance(each, Replace)]
    assert len(edited) <= (story.clock.now - began) / timedelta(seconds=5) + 1
    shown = card(story, KOELN).translate(SPACES).splitlines()
    for topic, name in enumerate(TOPICS, 1):
        shares = [
            Fraction(sum(count for ballot, count in each.items() if str(topic) in ballot), each.total())
            for each in cast.values()
        ]
        joint, koeln, indianapolis = (_rounded(each) for each in (sum(shares, Fraction()) / 2, *shares))
        (line,) = [each for each in shown if f" {name}: " in each]
        assert f"{name}: {joint} " in line
        assert f"Köln {koeln} " in line
        assert f"Indianapolis {indianapolis} " in line


def _rounded(share: Fraction) -> str:
    """Return two decimals as German writes them, half up."""
    return f"{floor(share * 100 + Fraction(1, 2)) / 100:.2f}".replace(".", ",")
