"""The guards of what cities agree on, each taken away as in `guards`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
import sqlalchemy as sa

from bot.agreement import Agreement, Entry, Step
from storage import AgreementRecord
from storage.agreements import checking, repository
from storage.agreements.repository import entry_of
from tests.trust import test_histories as histories
from tests.trust.guards import Removal, both, instead, nothing

Case = Callable[..., Coroutine[Any, Any, None]]


def _as_it_is(_agreement: AgreementRecord, rows: Sequence[sa.Row[Any]]) -> tuple[Entry, ...]:
    return tuple(map(entry_of, rows))


def pseudonyms_not_compared(patch: pytest.MonkeyPatch) -> None:
    """Allow the same account to confirm for every city."""
    effects = cast("dict[Step, Any]", sys.modules["bot.agreement.outcome"]._EFFECTS)

    def confirmed(so_far: Agreement, entry: Entry) -> Agreement:
        return replace(so_far, confirmed={**so_far.confirmed, entry.city: entry.actor})

    patch.setitem(effects, Step.CONFIRMED, confirmed)


histories_built_on = instead(repository, "_intact", _as_it_is)
histories_not_verified = both(instead(checking, "verify", nothing), instead(checking, "copy_of", lambda *_all: {}))

GUARDS: list[tuple[Case, Removal]] = [
    (
        histories.test_case_127_what_was_changed_in_the_database_is_found_and_nothing_is_built_on_it,
        histories_not_verified,
    ),
    (
        histories.test_case_127_what_was_changed_in_the_database_is_found_and_nothing_is_built_on_it,
        histories_built_on,
    ),
    (
        histories.test_case_125_nobody_confirms_for_two_cities_by_being_forgotten_in_between,
        pseudonyms_not_compared,
    ),
]
