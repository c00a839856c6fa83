"""Strings from foreign servers are cleaned, shortened and never links, at one seam (case 109)."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from bot.messengers.matrix.health import _unreached
from bot.model import Account, Attachment, ChatRef, Event, MessageRef, MessengerName, Presence, rich
from bot.text.catalogue import LocaleContext
from bot.text.foreign import IDS, LONGEST_LABEL, harmless, unlinked
from bot.voice import words
from tests.trust.world import ANNA, BONN, EVE, INDY, KOELN, World, called, privately, stands

HOSTILE = "Rathaus\n\u202ehttps://evil.example/login /unpair @anna www.evil.com evil.org \u200b" + "x" * 500


def filled(kind: Any) -> Any:
    """Return a value of a type with the hostile string wherever a string may be."""
    if kind is str:
        return HOSTILE
    if get_origin(kind) in {Union, UnionType}:
        return filled(next(each for each in get_args(kind) if each is not type(None)))
    known = {
        Account: Account(MessengerName.TELEGRAM, "66"),
        ChatRef: KOELN,
        MessageRef: MessageRef(KOELN, "1"),
        datetime: datetime.now(UTC),
        bool: False,
        int: 1,
        Presence: Presence.JOINED,
    }
    if kind in known:
        return known[kind]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{each.name: filled(hints[each.name]) for each in fields(kind)})  # type: ignore[operator]
    return rich("text")


def strings(value: Any, where: str) -> list[tuple[str, str]]:
    """Yield every string of an event that may be shown, with its field."""
    if type(value) is str:
        return [(where, value)]
    if not is_dataclass(value) or isinstance(value, Account | ChatRef | MessageRef):
        return []
    shown = [each for each in fields(value) if each.name not in IDS]
    return [found for each in shown for found in strings(getattr(value, each.name), f"{where}.{each.name}")]


@pytest.mark.parametrize("kind", get_args(Event))
def test_every_string_of_every_event_is_cleaned(kind: Any) -> None:
    """New fields are covered automatically, and must come out clean."""
    for where, text in strings(harmless(filled(kind)), kind.__name__):
        assert len(text) <= LONGEST_LABEL, where
        assert not set("\n\u202e\u200b") & set(text), where
        assert not [bait for bait in ("://", "/unpair", "@anna", "www.", "evil.") if bait in text], where


async def test_case_109_a_foreign_title_reaches_coordinators_as_a_short_line(world: World) -> None:
    await world.opens_private(ANNA)
    world.telegram.messages_in(BONN)
    await world.happens(replace(stands(EVE, BONN, Presence.JOINED), title=HOSTILE))
    told = world.at(privately(ANNA))[-1]
    assert "Rathaus" in told
    assert "\n" not in told
    assert len(told) < 400
    assert "://" not in told
    assert "evil.org" not in told


async def test_case_109_the_name_of_a_file_is_no_link(world: World) -> None:
    world.telegram.says(KOELN, called(EVE, "Eve evil.org"), "", attachment=Attachment("file", HOSTILE))
    world.telegram.says(KOELN, EVE, "", attachment=Attachment("file", "Haushalt.pdf"))
    await world.quiet()
    hostile, honest = world.at(INDY)
    assert not [bait for bait in ("://", "/unpair", "evil.", "\n") if bait in hostile]
    assert "[File: Haushalt.pdf –" in honest


@pytest.mark.parametrize(
    "line", ["Haushalt.pdf", "Plan 2.docx", "14:30", "50.94000, 6.96000", "a/b", "St. John", "1.5 km"]
)
def test_what_is_no_link_stays(line: str) -> None:
    assert unlinked(line) == line


async def test_case_109_the_id_of_a_device_is_no_link() -> None:
    text = words(_unreached("@mallory:evil", "login.evil.example.com").text, LocaleContext())
    assert "evil.example" not in text
    assert "login" in text
