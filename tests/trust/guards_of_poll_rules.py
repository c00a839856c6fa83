"""The guards of who makes polls, and of their rules, each taken away as in `guards`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.polls import _changes, _commands, _creation, _proposals
from storage import Poll
from storage.polls.repository import Polls
from tests.trust import test_poll_rules as rules
from tests.trust.guards import instead, rights_of_any_dialogue, soon_nothing


async def _of_any_dialogue(self: Polls, _dialogue_id: int, number: int) -> Poll | None:
    return await self.get(number)


everybody_makes = instead(_creation, "coordinators_only", soon_nothing)
everybody_changes = instead(_commands, "coordinators_only", soon_nothing)
buttons_for_everybody = instead(
    _changes.router, "buttons", [replace(each, role=None) for each in _changes.router.buttons]
)
proposals_for_everybody = instead(
    _proposals.router, "buttons", [replace(each, role=None) for each in _proposals.router.buttons]
)
numbers_of_any_dialogue = instead(Polls, "numbered", _of_any_dialogue)
rules_that_change = instead(_changes, "check_changeable", soon_nothing)

_AT_ONCE: dict[str, Any] = {"first": rules.vote, "second": rules.change, "outcome": "refused"}

GUARDS: list[Any] = [
    (rules.test_case_15_only_coordinators_make_and_change_a_poll, everybody_makes),
    (rules.test_case_15_only_coordinators_make_and_change_a_poll, everybody_changes),
    (rules.test_case_15_only_coordinators_make_and_change_a_poll, buttons_for_everybody),
    (rules.test_case_15_only_coordinators_make_and_change_a_poll, proposals_for_everybody),
    (rules.test_case_15_a_poll_of_another_dialogue_is_out_of_reach, numbers_of_any_dialogue),
    (rules.test_case_15_a_poll_of_another_dialogue_is_out_of_reach, rights_of_any_dialogue),
    (rules.test_case_67_the_rules_stay_from_the_first_ballot_on, rules_that_change),
    (rules.test_case_67_the_first_ballot_and_a_change_at_the_same_moment, rules_that_change, _AT_ONCE),
]
