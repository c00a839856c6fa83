"""The /help command with all the commands that are still to come, and what is answered to a mistyped one."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator

import pytest

from bot.commands.context import CommandContext
from bot.commands.router import Router
from bot.features import Feature
from bot.text.catalogue import LazyText, _
from handlers import FEATURES
from storage import Database
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, Story, running

COLUMNS, LINES = 40, 20
"""What the screen of a phone shows of a message."""
COMING: dict[str, tuple[LazyText, tuple[tuple[str, ...], ...]]] = {
    "data": (
        LazyText("Your data"),
        (
            ("privacy", "datenschutz"),
            ("mydata", "meinedaten"),
            ("forget", "vergessen"),
            ("optout", "abmelden"),
        ),
    ),
    "more": (
        LazyText("Everything else"),
        tuple((f"other{sign}", f"anders{sign}") for sign in "abcdef"),
    ),
}


def coming(name: str) -> Feature:
    """Return a feature whose commands do nothing."""
    group, commands = COMING[name]
    router = Router(group)

    async def nothing(ctx: CommandContext) -> None:
        """Do nothing."""

    for words in commands:
        router.command(*words, summary=_("yes"))(nothing)
    return Feature(name=name, routers=(router,))


@pytest.fixture
async def story(database: Database) -> AsyncIterator[Story]:
    it = Story(database, features=(*FEATURES, *map(coming, COMING)))
    await it.set_up()
    async with running(it):
        yield it


async def test_forty_commands_fit_the_screen_of_a_phone(story: Story) -> None:
    assert len(story.app.features.commands) >= 40
    for answer in (await story.says(KOELN, ANNA, "/help"), await story.says(INDY, GRACE, "!help")):
        shown = [line for row in answer.splitlines() for line in textwrap.wrap(row, COLUMNS)]
        assert len(shown) <= LINES, answer
    assert "Meldungen: /meldung /feed" in story.at(KOELN)[-1]


async def test_only_what_someone_may_do_is_shown(story: Story) -> None:
    answer = await story.says(KOELN, MEHMET, "/help")
    assert "/umfrage" in answer
    assert "/meldung" not in answer
    assert "/verknuepfen" not in answer, "only in private"
    assert "„meldung“" in await story.says(KOELN, MEHMET, "/help meldung")


@pytest.mark.parametrize(
    ("typed", "usage"),
    [
        ("/rolle", "/rolle @NAME"),
        ("/rolle @anna könig", "/rolle @NAME"),
        ("/stumm", "/stumm @NAME"),
        ("/sprache klingonisch", "/sprache SPRACHE"),
        ("/zeitzone", "/zeitzone ZONE"),
        ("/zeitzone Foo", "/zeitzone ZONE"),
        ("/koppeln ???", "/koppeln STADT"),
        ("/koppeln K7QF-2MX", "/koppeln STADT"),
    ],
)
async def test_a_command_typed_wrong_is_answered_with_its_usage(story: Story, typed: str, usage: str) -> None:
    answer = await story.says(KOELN, ANNA, typed)
    assert f"So wird es geschrieben: {usage}" in answer
    assert "Beispiel: /" in answer
