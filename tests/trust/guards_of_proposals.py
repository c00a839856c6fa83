"""The guards of who proposes action points and who owns them, each taken away as in `guards`."""

from __future__ import annotations

from typing import Any

import pytest

from bot.commands import mentions
from handlers.agreements.actions import _changes, _creation
from tests.trust import test_proposals as proposals
from tests.trust.guards import quotations_read


def guests_propose(patch: pytest.MonkeyPatch) -> None:
    """Allow everybody to make and change action points."""

    async def everybody(_ctx: object) -> None:
        pass

    for module in (_creation, _changes):
        patch.setattr(module, "staff_only", everybody)


def names_trusted(patch: pytest.MonkeyPatch) -> None:
    """Take anybody with a name for whoever is meant by it."""

    async def known(*_args: object, **_options: object) -> bool:
        return True

    patch.setattr(mentions, "_is_known_by_name", known)


GUARDS: list[tuple[Any, ...]] = [
    (proposals.test_case_141_guests_propose_and_change_nothing, guests_propose),
    (proposals.test_case_141_words_of_others_propose_nothing, quotations_read),
    (
        proposals.test_case_141_nobody_changes_an_action_point_by_editing_its_command_without_the_role,
        guests_propose,
    ),
    (proposals.test_case_142_a_name_that_anybody_can_choose_makes_nobody_an_owner, names_trusted),
]
