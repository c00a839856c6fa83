"""Time zones as people set them, and the bot's replies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.model import Batch, MessengerName
from bot.text.places import Places
from storage import Database
from tests.fakes import TELEGRAM, FakeMessenger
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, code_in, private_chat

NOON = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def noon(story: Story, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(story.app.inbox, "_clock", lambda: NOON)
    return story


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Ankara", "Europe/Istanbul (UTC+03:00). Dort ist es 15:00 Uhr."),
        ("München", "Europe/Berlin (UTC+02:00). Dort ist es 14:00 Uhr."),
        ("Kiew", "Europe/Kyiv (UTC+03:00). Dort ist es 15:00 Uhr."),
        ("MEZ", "Europe/Berlin (UTC+02:00). Dort ist es 14:00 Uhr."),
        ("UTC+05:30", "Asia/Kolkata (UTC+05:30). Dort ist es 17:30 Uhr."),
        ("Birmingham", "Europe/London (UTC+01:00). Dort ist es 13:00 Uhr."),
    ],
)
async def test_the_zone_of_any_city_in_german(noon: Story, typed: str, answer: str) -> None:
    assert await noon.says(KOELN, MEHMET, f"/zeitzone {typed}") == f"Ihre Zeitzone ist jetzt {answer}"


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("Ankara", "Europe/Istanbul (UTC+03:00). There it is 15:00."),
        ("Munich", "Europe/Berlin (UTC+02:00). There it is 14:00."),
        ("Kyiv", "Europe/Kyiv (UTC+03:00). There it is 15:00."),
        ("Indianapolis", "America/Indiana/Indianapolis (UTC-04:00). There it is 08:00."),
        ("EST", "America/New_York (UTC-04:00). There it is 08:00."),
        ("Birmingham", "America/Chicago (UTC-05:00). There it is 07:00."),
    ],
)
async def test_the_zone_of_any_city_in_english(noon: Story, typed: str, answer: str) -> None:
    assert await noon.says(INDY, TOM, f"!timezone {typed}") == f"Your time zone is now {answer}"


async def test_a_mistyped_city_is_asked_back_in_both_languages(noon: Story) -> None:
    german = await noon.says(KOELN, MEHMET, "/zeitzone Ankra")
    assert german == "Die Zeitzone „Ankra“ kenne ich nicht. Meinten Sie Europe/Istanbul?"
    english = await noon.says(INDY, TOM, "!timezone Ankra")
    assert english == "I do not know the time zone “Ankra”. Did you mean Europe/Istanbul?"
    for chat, who, form in ((KOELN, MEHMET, "/zeitzone"), (INDY, TOM, "!timezone")):
        assert "Europe/Berlin" in await noon.says(chat, who, f"{form} Entenhausen")


async def test_a_partner_city_has_its_own_zone(noon: Story) -> None:
    async with noon.database.begin() as store:
        await store.cities.add("Birmingham", "en_GB", "Europe/London")
    assert "Europe/London" in await noon.says(INDY, TOM, "!timezone birmingham")


async def test_a_chat_is_paired_with_the_zone_of_a_city(unpaired: Story) -> None:
    shown = await unpaired.says(KOELN, ANNA, "/pair Entenhausen | locale: de_DE | zone: Ankara")
    assert "Europe/Istanbul" in shown
    assert code_in(shown)


async def test_while_no_place_is_known_people_are_told_what_to_add(
    unpaired: Story, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpaired.app.places, "file", tmp_path / "none")
    answer = await unpaired.says(KOELN, ANNA, "/pair Köln")
    assert "sprache: de_DE | zeitzone: Europe/Berlin" in answer
    assert code_in(await unpaired.says(KOELN, ANNA, "/pair Köln | locale: de_DE | zone: Europe/Berlin"))
    assert "Europe/Berlin" in await unpaired.says(INDY, GRACE, "!timezone Ankara")
    assert "Europe/Vienna" in await unpaired.says(INDY, GRACE, "!timezone Wien")


@pytest.mark.parametrize("error", [None, OSError("disk full")])
async def test_a_bot_takes_in_what_people_say_when_it_knows_the_places_or_cannot(
    database: Database, tmp_path: Path, error: OSError | None
) -> None:
    happened = list[str]()

    class Slow(Places):
        async def prepare(self) -> None:
            await asyncio.sleep(0)
            happened.append("prepared")
            if error:
                raise error

    class Noted(FakeMessenger):
        def events(self, *given: Any) -> AsyncGenerator[Batch, None]:
            happened.append("reads")
            return super().events(*given)

    messenger = Noted(MessengerName.TELEGRAM, TELEGRAM)
    app, stop = App(database, [messenger], secret=bytes(32), places=Slow(tmp_path)), asyncio.Event()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        group.create_task(app.run(stop))
        messenger.says(private_chat(ANNA), ANNA, "/help", private=True)
        await messenger.wait_for_posts(private_chat(ANNA), 1)
        stop.set()
    assert happened == ["prepared", "reads"]
