"""The state machine: what a history amounts to, and which steps are legal.

proposed ⇄ objected → agreed → done ⇄ reopened (what it was before). Withdrawn and superseded are final.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from bot.agreement.entries import Entry, Step


class AgreementState(StrEnum):
    """Where an agreement is in its life."""

    PROPOSED = "proposed"
    OBJECTED = "objected"
    AGREED = "agreed"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"

    @property
    def is_final(self) -> bool:
        """Whether nothing can change any more."""
        return self in {AgreementState.WITHDRAWN, AgreementState.SUPERSEDED}


class StepRefusal(StrEnum):
    """Why a step is illegal."""

    FINAL = "it is withdrawn or superseded"
    DONE = "it is done"
    AGREED = "it is agreed"
    NOT_AGREED = "no version of it is in force"
    NOT_DONE = "it is not done"
    BEGUN = "a history begins with a proposal, and has no other"
    STALE = "it is about another version"
    NO_CITY = "it is on behalf of no city"
    CONFIRMED_ALREADY = "this city has confirmed this version"
    OTHER_CITY = "the same person has confirmed this version on behalf of another city"
    UNCONFIRMED = "a city has not confirmed this version"


class IllegalStep(Exception):
    """A step that the state of an agreement does not allow; `refusal` is the reason."""

    def __init__(self, step: Step, refusal: StepRefusal) -> None:
        """Store the reason."""
        super().__init__(f"{step}: {refusal.value}")
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What a history amounts to.

    `version`, `content`: the present ones. `confirmed`: who has confirmed that version, as `{city: actor}`.
    `objections`: the reasons against it, as `{city: reason}`. `in_force`: the version that was agreed last, with its
    content, or None. The state is AGREED exactly while the present version is in force, unless it is done or final.
    """

    state: AgreementState
    version: int
    content: Mapping[str, Any]
    confirmed: Mapping[str, str] = field(default_factory=dict)
    objections: Mapping[str, str] = field(default_factory=dict)
    in_force: int | None = None
    content_in_force: Mapping[str, Any] | None = None


def outcome(history: Iterable[Entry]) -> Agreement:
    """Return what a history amounts to. Raises IllegalStep for one that cannot have come about."""
    so_far: Agreement | None = None
    for entry in history:
        so_far = advance(so_far, entry)
    if so_far is None:
        raise IllegalStep(Step.PROPOSED, StepRefusal.BEGUN)
    return so_far


def advance(so_far: Agreement | None, entry: Entry) -> Agreement:
    """Return what an agreement becomes by one more entry; None: it begins. Raises IllegalStep."""
    step = entry.step
    if (so_far is None) is not (step is Step.PROPOSED):
        raise IllegalStep(step, StepRefusal.BEGUN)
    if entry.version != (1 if so_far is None else so_far.version + (step is Step.EDITED)):
        raise IllegalStep(step, StepRefusal.STALE)
    if so_far is None:
        return Agreement(state=AgreementState.PROPOSED, version=1, content=entry.content)
    if so_far.state not in _FROM[step]:
        not_done = step is Step.REOPENED and not so_far.state.is_final
        raise IllegalStep(step, StepRefusal.NOT_DONE if not_done else _REFUSALS[so_far.state])
    return _EFFECTS[step](so_far, entry)


_PENDING = {AgreementState.PROPOSED, AgreementState.OBJECTED}
_OPEN = {*_PENDING, AgreementState.AGREED}
_FROM = {
    Step.EDITED: _OPEN,
    Step.CONFIRMED: _PENDING,
    Step.OBJECTED: _PENDING,
    Step.AGREED: _PENDING,
    Step.WITHDRAWN: _OPEN,
    Step.SUPERSEDED: {*_OPEN, AgreementState.DONE},
    Step.DONE: _OPEN,
    Step.REOPENED: {AgreementState.DONE},
}
_REFUSALS = {
    AgreementState.AGREED: StepRefusal.AGREED,
    AgreementState.DONE: StepRefusal.DONE,
    AgreementState.WITHDRAWN: StepRefusal.FINAL,
    AgreementState.SUPERSEDED: StepRefusal.FINAL,
}


def _edited(so_far: Agreement, entry: Entry) -> Agreement:
    return replace(
        so_far,
        state=AgreementState.PROPOSED,
        version=entry.version,
        content=entry.content,
        confirmed={},
        objections={},
    )


def _confirmed(so_far: Agreement, entry: Entry) -> Agreement:
    _require_city(entry)
    if entry.city in so_far.confirmed:
        raise IllegalStep(entry.step, StepRefusal.CONFIRMED_ALREADY)
    if entry.actor in so_far.confirmed.values():
        raise IllegalStep(entry.step, StepRefusal.OTHER_CITY)
    confirmed = {**so_far.confirmed, entry.city: entry.actor}
    return _pending(replace(so_far, confirmed=confirmed, objections=_without(so_far.objections, entry.city)))


def _objected(so_far: Agreement, entry: Entry) -> Agreement:
    _require_city(entry)
    objections = {**so_far.objections, entry.city: str(entry.content.get("reason", ""))}
    return _pending(replace(so_far, objections=objections, confirmed=_without(so_far.confirmed, entry.city)))


def _agreed(so_far: Agreement, entry: Entry) -> Agreement:
    cities = entry.content.get("cities")
    if not isinstance(cities, list) or not cities or not all(city in so_far.confirmed for city in cities):
        raise IllegalStep(entry.step, StepRefusal.UNCONFIRMED)
    return replace(so_far, state=AgreementState.AGREED, in_force=so_far.version, content_in_force=so_far.content)


def _done(so_far: Agreement, entry: Entry) -> Agreement:
    if so_far.in_force is None:
        raise IllegalStep(entry.step, StepRefusal.NOT_AGREED)
    return replace(so_far, state=AgreementState.DONE)


def _reopened(so_far: Agreement, _entry: Entry) -> Agreement:
    return _pending(so_far) if so_far.in_force != so_far.version else replace(so_far, state=AgreementState.AGREED)


_EFFECTS: Mapping[Step, Callable[[Agreement, Entry], Agreement]] = {
    Step.EDITED: _edited,
    Step.CONFIRMED: _confirmed,
    Step.OBJECTED: _objected,
    Step.AGREED: _agreed,
    Step.WITHDRAWN: lambda so_far, _entry: replace(so_far, state=AgreementState.WITHDRAWN),
    Step.SUPERSEDED: lambda so_far, _entry: replace(so_far, state=AgreementState.SUPERSEDED),
    Step.DONE: _done,
    Step.REOPENED: _reopened,
}


def _pending(so_far: Agreement) -> Agreement:
    """Return an agreement whose present version is not in force, in the state that its objections make."""
    return replace(so_far, state=AgreementState.OBJECTED if so_far.objections else AgreementState.PROPOSED)


def _require_city(entry: Entry) -> None:
    if not entry.city:
        raise IllegalStep(entry.step, StepRefusal.NO_CITY)


def _without(by_city: Mapping[str, str], city: str) -> Mapping[str, str]:
    return {name: value for name, value in by_city.items() if name != city}
