"""The guards of who has voted, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

from handlers.polls import _commands, _mentions, _turnout
from tests.trust import test_turnout as turnout
from tests.trust.guards import instead, soon_nothing, yes

named_in_any_answer = instead(_turnout, "are_named", yes)
named_in_any_chat = instead(_mentions, "are_named", yes)
named_in_groups = instead(_turnout, "_are_named_here", yes)
asked_by_everybody = instead(_commands, "coordinators_only", soon_nothing)

GUARDS: list[Any] = [
    (turnout.test_case_122_beside_the_live_count_of_a_secret_poll_nobody_is_named, named_in_any_answer),
    (turnout.test_case_122_beside_the_live_count_of_a_secret_poll_nobody_is_named, named_in_any_chat),
    (turnout.test_case_122_names_are_given_in_private_alone, named_in_groups, {"rules": ""}),
    (turnout.test_case_122_only_coordinators_ask_who_has_not_voted, asked_by_everybody),
]
