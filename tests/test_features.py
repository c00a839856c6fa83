"""Features are told apart by name, and no two of them declare the same."""

from __future__ import annotations

import pytest

from bot.commands.context import CommandContext, Context
from bot.commands.router import Router
from bot.features import Feature, Features
from bot.jobs.kinds import JobKind
from bot.text.catalogue import _
from handlers import FEATURES
from storage import Job


async def _command(ctx: CommandContext) -> None:
    """Do nothing."""


async def _apply(_ctx: Context, _job: Job, _prepared: object) -> None:
    """Do nothing."""


def declaring(name: str, *, words: tuple[str, ...] = (), button: str = "", job: str = "") -> Feature:
    """Return a feature with a command, a button or a job."""
    router = Router(_("yes"))
    if words:
        router.command(*words, summary=_("yes"))(_command)
    if button:
        router.button(button)(_command)
    return Feature(name=name, routers=(router,), jobs=(JobKind(name=job, apply=_apply),) if job else ())


@pytest.mark.parametrize(
    ("one", "two", "what"),
    [
        (
            declaring("news", words=("news", "löschen")),
            declaring("polls", words=("poll", "LOESCHEN")),
            "word loeschen",
        ),
        (declaring("news", button="yes"), declaring("polls", button="yes"), "button yes"),
        (declaring("news", job="remind"), declaring("polls", job="remind"), "kind of job remind"),
    ],
)
def test_two_features_that_declare_the_same_are_named(one: Feature, two: Feature, what: str) -> None:
    with pytest.raises(ValueError, match=f"news and polls both declare the {what}"):
        Features((one, two))


def test_two_features_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        Features((declaring("news"), declaring("news")))


def test_every_word_leads_to_its_command_and_feature() -> None:
    features = Features(FEATURES)
    for command in features.commands:
        for word in command.words:
            assert features.find(word.upper()) == command
        assert command.feature in features.by_name
    assert features.find("nothing-like-it") is None


def test_jobs_know_their_feature() -> None:
    (kind,) = Features((declaring("news", job="remind"),)).jobs.values()
    assert kind.feature == "news"
