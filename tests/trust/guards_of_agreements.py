"""The guards of what counts as agreed, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

from bot.agreement import Agreement, Entry, Step
from bot.commands.context import Context, DialogueContext
from handlers.agreements import _authority, _signing
from storage import AgreementRecord, City, StoredMessage
from storage.agreements import repository as stored
from storage.agreements.repository import Agreements
from tests.length import FULL
from tests.trust import test_agreements as agreements
from tests.trust.guards import Removal, instead, nothing, soon_nothing

Case = Callable[..., Coroutine[Any, Any, None]]
Entries = list[tuple[Case, Removal] | tuple[Case, Removal, dict[str, Any]]]

_take, _asked_about = Agreements.take, _signing._asked_about


async def _whoever_is_here(ctx: DialogueContext) -> City:
    """Return the city of whoever acts, whatever their role."""
    assert ctx.city
    return ctx.city


async def _whatever_it_says_now(self: Agreements, agreement: AgreementRecord, *args: Any, **options: Any) -> Any:
    """Take a step about the present version, whichever one the person has seen."""
    return await _take(self, agreement, *args, **options | {"version": None})


async def _asked_about_this(ctx: Context, post: StoredMessage | None) -> tuple[AgreementRecord, int] | None:
    asked = await _asked_about(ctx, post)
    return (asked[0], asked[0].version) if asked else None


def _nobody_known(_rows: Sequence[Any], confirmed: Iterable[str]) -> dict[str, int | None]:
    return dict.fromkeys(confirmed)


def _by_anybody(so_far: Agreement, entry: Entry) -> Agreement:
    return replace(so_far, confirmed={**so_far.confirmed, entry.city: entry.actor})


def for_two_cities(patch: pytest.MonkeyPatch) -> None:
    """Count a confirmation whoever has made the others."""
    patch.setattr(stored, "_people", _nobody_known)
    patch.setitem(import_module("bot.agreement.outcome")._EFFECTS, Step.CONFIRMED, _by_anybody)


by_any_role = instead(_signing, "city_signed_for", _whoever_is_here)
of_any_version = instead(Agreements, "take", _whatever_it_says_now)
no_sequence = agreements.test_case_126_no_sequence_makes_anything_agreed_that_was_not_confirmed_by_all
only_officials = agreements.test_case_123_only_who_speaks_for_a_city_confirms_or_objects
an_earlier_text = agreements.test_case_124_an_earlier_text_is_not_confirmed_any_more
one_city = agreements.test_case_125_one_person_confirms_for_one_city_only
changed = agreements.test_case_127_a_history_that_somebody_has_changed_says_so
at_once = agreements.test_case_128_two_cities_confirm_at_the_same_moment

GUARDS: Entries = [
    (only_officials, by_any_role, {"as_what": "staff"}),
    (only_officials, by_any_role, {"as_what": "guest"}),
    (only_officials, instead(_authority, "check_not_muted", nothing), {"as_what": "muted"}),
    (an_earlier_text, of_any_version),
    (an_earlier_text, instead(_signing, "_asked_about", _asked_about_this)),
    (an_earlier_text, instead(_signing, "_check_arrived", soon_nothing)),
    (one_city, for_two_cities, {"linked": False}),
    (one_city, for_two_cities, {"linked": True}),
    (no_sequence, by_any_role, {"examples": 30}),
    (changed, instead(Agreements, "fault", soon_nothing)),
    (at_once, instead(stored, "_LOCKED", stored._BY_ID)),
]
if FULL:  # it takes some hundred steps to find these
    GUARDS += [(no_sequence, each, {"examples": 40}) for each in (of_any_version, for_two_cities)]
