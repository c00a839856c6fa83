"""The guards of what polls say, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeAlias

from bot.commands import mentions
from bot.commands.context import Context
from bot.model import RichText
from bot.text import catalogue, html, merging
from bot.text.catalogue import LazyText, lines
from bot.text.telegram import Entity
from handlers.polls import _card, _result
from handlers.polls._result import Standing
from storage import Poll
from tests.trust import test_polls as polls
from tests.trust.guards import Removal, instead

VOTERS = LazyText("Mehmet Kaya, Tom Jackson")

_text, _value, _remarks = _card._text, catalogue._value, _result.remarks


def _with_pings(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    return text, list(entities)


def _as_markup(value: Any, context: Any) -> RichText:
    return html.parse(value) if isinstance(value, str) else _value(value, context)


async def _named_on_the_card(ctx: Context, poll: Poll, standing: Standing | None) -> LazyText:
    return lines(await _text(ctx, poll, standing), VOTERS)


def _named_in_the_result(standing: Standing) -> list[LazyText]:
    return [*_remarks(standing), VOTERS]


on_the_card = instead(_card, "_text", _named_on_the_card)
in_the_result = instead(_result, "remarks", _named_in_the_result)

Entry: TypeAlias = (
    tuple[Callable[..., Coroutine[Any, Any, None]], Removal]
    | tuple[Callable[..., Coroutine[Any, Any, None]], Removal, dict[str, Any]]
)

GUARDS: list[Entry] = [
    (polls.test_case_26_a_poll_notifies_nobody_and_links_nowhere, instead(merging, "without_pings", _with_pings)),
    (polls.test_case_26_a_poll_notifies_nobody_and_links_nowhere, instead(catalogue, "_value", _as_markup)),
    (polls.test_case_26_a_name_copied_from_a_post_of_the_bot_is_understood, instead(mentions, "JOINER", "\0")),
    (polls.test_case_69_no_chat_is_told_who_voted_for_what, on_the_card, {"rules": ""}),
    (polls.test_case_69_no_chat_is_told_who_voted_for_what, on_the_card, {"rules": " | wahl: geheim"}),
    (polls.test_case_69_no_chat_is_told_who_voted_for_what, in_the_result, {"rules": ""}),
    (polls.test_case_69_no_chat_is_told_who_voted_for_what, in_the_result, {"rules": " | wahl: geheim"}),
]
