"""What people write into polls, and what is told of their votes (cases 26 and 69)."""

from __future__ import annotations

import pytest

from bot.model import Link, Mention, Node, Post
from bot.text.merging import written
from tests.trust.world import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, World, only, privately

BAIT = "@room @mehmet [hier](https://evil.example) *fett* <b>x</b> \u202everkehrt"
LITERAL = "[hier](https://evil.example) *fett* <b>x</b>"


def nodes(post: Post) -> list[Node]:
    """Return every node of a post, the nested ones too."""
    found = list(post.text)
    for node in found:
        found += getattr(node, "children", ())
    return found


async def asked(world: World, question: str, topics: str, rules: str = "") -> None:
    """Make and publish a poll of approval, as Anna."""
    await world.commands(KOELN, ANNA, f"umfrage {question} | verfahren: zustimmung{rules} | {topics}")
    await world.commands(KOELN, ANNA, "umfrage 1 veröffentlichen")


async def test_case_26_a_poll_notifies_nobody_and_links_nowhere(world: World) -> None:
    await world.speaks(KOELN, MEHMET, "hallo")
    await asked(world, BAIT, f"- Klima {BAIT} | - Schulen")
    for chat in (KOELN, INDY):
        post = world.card(chat).post
        assert post
        assert world.card(chat).text.count(LITERAL) >= 2, "markup is text"
        assert not post.mentions
        assert not [node for node in nodes(post) if isinstance(node, Link | Mention)]
        assert not [name for name in ("@mehmet", "@room") if name in written(post).text]


async def test_case_26_a_name_copied_from_a_post_of_the_bot_is_understood(world: World) -> None:
    await world.speaks(KOELN, MEHMET, "hallo")
    assert "Mehmet Kaya" in only(await world.commands(KOELN, ANNA, "rolle @\u2060mehmet fachkraft"))
    assert await world.role(MEHMET) == "staff of Köln"


@pytest.mark.parametrize("rules", ["", " | wahl: geheim"], ids=["open", "secret"])
async def test_case_69_no_chat_is_told_who_voted_for_what(world: World, rules: str) -> None:
    """Neither by the card nor by the result, not even when somebody asks for it."""
    await asked(world, "Was zuerst?", "- Klima | - Schulen", rules)
    for who, command in ((MEHMET, "stimme 1 1"), (TOM, "vote 1 2")):
        await world.opens_private(who)
        await world.commands(privately(who), who, command)
    before = len(world.at(KOELN)), len(world.at(INDY))
    shown = [world.card(KOELN).text, world.card(INDY).text, *await world.commands(KOELN, ANNA, "umfrage 1")]
    await world.commands(KOELN, ANNA, "umfrage 1 schließen")
    await world.commands(INDY, GRACE, "poll 1")
    await world.commands(INDY, GRACE, "priorities")
    shown += world.at(KOELN)[before[0] :] + world.at(INDY)[before[1] :]
    assert len(shown) >= 7
    assert any("Klima" in text for text in shown)
    assert not [text for text in shown if "Mehmet" in text or "Tom" in text]
