"""Histories: which steps are legal, and that nothing in them can be changed unnoticed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.agreement import (
    AgreementState,
    Entry,
    Flaw,
    IllegalStep,
    Step,
    StepRefusal,
    append,
    digest_of,
    outcome,
    verify,
)
from tests.length import FULL

NOW = datetime(2026, 11, 26, 8, tzinfo=UTC)
CITIES = ("Köln", "Leeds", "Tampa")
ACTORS = ("anna", "ben", "tom", "zoe")


def history_of(*steps: tuple[Step, str, str] | Step) -> tuple[Entry, ...]:
    """Return the history of these steps, each with its city and actor; AGREED names all cities that confirmed."""
    history: tuple[Entry, ...] = ()
    for number, each in enumerate(steps):
        step, city, actor = each if isinstance(each, tuple) else (each, "Köln", "anna")
        content: dict[str, Any] = {"text": f"text {number}", "reason": "too dear"}
        if step is Step.AGREED:
            content = {"cities": sorted(outcome(history).confirmed)}
        at = NOW + timedelta(minutes=number)
        history = append(history, step, at=at, city=city, actor=actor, content=content, about="action 1")
    return history


KOELN, LEEDS = (Step.CONFIRMED, "Köln", "anna"), (Step.CONFIRMED, "Leeds", "tom")
AGREED = (Step.PROPOSED, KOELN, LEEDS, Step.AGREED)


@pytest.mark.parametrize(
    ("steps", "state", "version", "confirmed", "in_force"),
    [
        ([Step.PROPOSED], "proposed", 1, [], None),
        ([Step.PROPOSED, KOELN], "proposed", 1, ["Köln"], None),
        ([Step.PROPOSED, KOELN, Step.OBJECTED], "objected", 1, [], None),
        ([Step.PROPOSED, Step.OBJECTED, KOELN], "proposed", 1, ["Köln"], None),
        ([Step.PROPOSED, (Step.OBJECTED, "Leeds", "tom"), KOELN], "objected", 1, ["Köln"], None),
        ([Step.PROPOSED, KOELN, Step.EDITED], "proposed", 2, [], None),
        ([*AGREED], "agreed", 1, ["Köln", "Leeds"], 1),
        ([*AGREED, Step.EDITED, LEEDS], "proposed", 2, ["Leeds"], 1),
        ([*AGREED, Step.DONE], "done", 1, ["Köln", "Leeds"], 1),
        ([*AGREED, Step.DONE, Step.REOPENED], "agreed", 1, ["Köln", "Leeds"], 1),
        ([*AGREED, Step.EDITED, Step.OBJECTED, Step.DONE, Step.REOPENED], "objected", 2, [], 1),
        ([*AGREED, Step.WITHDRAWN], "withdrawn", 1, ["Köln", "Leeds"], 1),
        ([*AGREED, Step.DONE, Step.SUPERSEDED], "superseded", 1, ["Köln", "Leeds"], 1),
    ],
)
def test_the_state_follows_from_the_history(
    steps: list[Any], state: str, version: int, confirmed: list[str], in_force: int | None
) -> None:
    history = history_of(*steps)
    now = outcome(history)
    assert (now.state, now.version, sorted(now.confirmed), now.in_force) == (state, version, confirmed, in_force)
    assert verify(history, "action 1") is None


@pytest.mark.parametrize(
    ("steps", "step", "refusal"),
    [
        ([], KOELN, StepRefusal.BEGUN),
        ([Step.PROPOSED], Step.PROPOSED, StepRefusal.BEGUN),
        ([Step.PROPOSED], Step.AGREED, StepRefusal.UNCONFIRMED),
        ([Step.PROPOSED], Step.DONE, StepRefusal.NOT_AGREED),
        ([Step.PROPOSED], Step.REOPENED, StepRefusal.NOT_DONE),
        ([Step.PROPOSED, KOELN], KOELN, StepRefusal.CONFIRMED_ALREADY),
        ([Step.PROPOSED, KOELN], (Step.CONFIRMED, "Leeds", "anna"), StepRefusal.OTHER_CITY),
        ([Step.PROPOSED], (Step.CONFIRMED, "", "anna"), StepRefusal.NO_CITY),
        ([Step.PROPOSED], (Step.OBJECTED, "", "anna"), StepRefusal.NO_CITY),
        ([*AGREED], KOELN, StepRefusal.AGREED),
        ([*AGREED], Step.OBJECTED, StepRefusal.AGREED),
        ([*AGREED, Step.DONE], Step.EDITED, StepRefusal.DONE),
        ([*AGREED, Step.DONE], Step.WITHDRAWN, StepRefusal.DONE),
        ([Step.PROPOSED, Step.WITHDRAWN], Step.EDITED, StepRefusal.FINAL),
        ([Step.PROPOSED, Step.SUPERSEDED], KOELN, StepRefusal.FINAL),
    ],
)
def test_a_step_that_the_state_does_not_allow_is_refused(steps: list[Any], step: Any, refusal: StepRefusal) -> None:
    before = history_of(*steps)
    with pytest.raises(IllegalStep) as illegal:
        history_of(*steps, step)
    assert illegal.value.refusal is refusal
    assert before == history_of(*steps)


def test_nobody_confirms_another_version_than_the_one_they_have_seen() -> None:
    history = history_of(Step.PROPOSED, Step.EDITED)
    with pytest.raises(IllegalStep) as stale:
        append(history, Step.CONFIRMED, at=NOW, city="Köln", actor="anna", version=1)
    assert stale.value.refusal is StepRefusal.STALE
    seen = append(history, Step.CONFIRMED, at=NOW, city="Köln", actor="anna", version=2)
    assert outcome(seen).confirmed == {"Köln": "anna"}


def test_what_is_in_force_stays_so_until_the_edited_text_is_agreed() -> None:
    edited = outcome(history_of(*AGREED, Step.EDITED, KOELN))
    assert (edited.in_force, edited.content_in_force, edited.content["text"]) == (
        1,
        {"text": "text 0", "reason": "too dear"},
        "text 4",
    )
    again = outcome(history_of(*AGREED, Step.EDITED, KOELN, LEEDS, Step.AGREED))
    assert (again.in_force, again.content_in_force) == (2, again.content)


def test_anybody_with_the_entries_can_verify_a_digest() -> None:
    """The recipe of the docstring, without canonicaljson."""
    entry = history_of(Step.PROPOSED)[0]
    fields = {
        "position": 1,
        "step": "proposed",
        "at": "2026-11-26T08:00:00.000000+00:00",
        "version": 1,
        "city": "Köln",
        "actor": "anna",
        "content": {"text": "text 0", "reason": "too dear"},
        "previous": "action 1",
    }
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    assert entry.digest == sha256(text.encode()).hexdigest()
    assert entry.check_number == entry.digest[:8]


FORGED = history_of(*AGREED, Step.EDITED)


@pytest.mark.parametrize(
    ("history", "position", "flaw"),
    [
        ((), 1, Flaw.EMPTY),
        (FORGED[1:], 1, Flaw.ORDER),
        (FORGED[:1] + FORGED[2:], 2, Flaw.ORDER),
        (FORGED[:1] + history_of(*AGREED[:1], (Step.CONFIRMED, "Leeds", "eve"))[1:] + FORGED[2:], 3, Flaw.CHAIN),
        ((*FORGED[:2], replace(FORGED[2], city="Tampa"), *FORGED[3:]), 3, Flaw.DIGEST),
        ((replace(FORGED[0], content={"text": float("nan")}), *FORGED[1:]), 1, Flaw.DIGEST),
        ((replace(FORGED[0], content={"text": "\ud800"}), *FORGED[1:]), 1, Flaw.DIGEST),
    ],
)
def test_what_is_wrong_with_a_history_is_found_where_it_is(
    history: tuple[Entry, ...], position: int, flaw: Flaw
) -> None:
    fault = verify(history)
    assert fault
    assert (fault.position, fault.flaw) == (position, flaw)


def test_a_history_is_about_one_thing_only() -> None:
    assert verify(FORGED, "action 1") is None
    fault = verify(FORGED, "action 2")
    assert fault
    assert (fault.position, fault.flaw) == (1, Flaw.CHAIN)


def test_an_agreement_without_a_confirmation_is_found_even_if_all_digests_match() -> None:
    proposed = history_of(Step.PROPOSED, KOELN)
    last = proposed[-1]
    forged = replace(last, position=3, step=Step.AGREED, content={"cities": ["Köln", "Leeds"]}, previous=last.digest)
    fault = verify((*proposed, replace(forged, digest=digest_of(forged))))
    assert fault
    assert (fault.position, fault.flaw) == (3, Flaw.ILLEGAL)
    assert StepRefusal.UNCONFIRMED.value in fault.detail


_FIELDS = st.sampled_from(["position", "step", "at", "version", "city", "actor", "content", "previous", "digest"])


@settings(max_examples=20_000 if FULL else 150, deadline=None)
@given(st.integers(0, len(FORGED) - 1), _FIELDS, st.data())
def test_any_change_of_an_entry_is_found(index: int, field: str, data: st.DataObject) -> None:
    """Each field is changed by a byte, as it would be stored."""
    entry = FORGED[index]
    value = getattr(entry, field)
    changed: Any
    if isinstance(value, Step):
        changed = data.draw(st.sampled_from(Step))
    elif isinstance(value, str):
        changed = data.draw(_edits_of(value))
    elif isinstance(value, int):
        changed = data.draw(st.integers(0, 99))
    elif isinstance(value, datetime):
        changed = value + timedelta(microseconds=data.draw(st.integers(-(10**6), 10**6)))
    else:
        changed = _parsed(data.draw(_edits_of(json.dumps(value, ensure_ascii=False))))
    forged = replace(entry, **{field: changed})
    history = (*FORGED[:index], forged, *FORGED[index + 1 :])
    assert (verify(history, "action 1") is None) == (forged == entry)


def _edits_of(text: str) -> st.SearchStrategy[str]:
    """Return texts that differ from another one in a character, or not at all."""
    places = st.integers(0, max(len(text) - 1, 0))
    return st.builds(lambda place, new: text[:place] + new + text[place + 1 :], places, st.characters())


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


_OFTEN = [*Step, *[Step.CONFIRMED, Step.EDITED, Step.AGREED] * 5]
"""The steps, with those that end a history being rare."""


class HistoryMachine(RuleBasedStateMachine):
    """Whatever anybody does, a text is agreed only if every city has confirmed that text."""

    def __init__(self) -> None:
        super().__init__()
        self.history = append((), Step.PROPOSED, at=NOW, city="Köln", actor="anna", content={"text": 1})
        # What has been confirmed, by another way: {city: (actor, text)}.
        self.confirmed: dict[str, tuple[str, int]] = {}
        self.text = 1
        self.agreed: set[int] = set()

    @rule(
        step=st.sampled_from(_OFTEN),
        city=st.sampled_from(("", *CITIES)),
        actor=st.sampled_from(ACTORS),
        version=st.none() | st.integers(1, 4),
        cities=st.lists(st.sampled_from(CITIES), min_size=1, unique=True),
    )
    def act(self, step: Step, city: str, actor: str, version: int | None, cities: list[str]) -> None:
        content: dict[str, Any] = {"text": len(self.history) + 1, "cities": cities, "reason": "no"}
        before = self.history
        try:
            self.history = append(before, step, at=NOW, city=city, actor=actor, content=content, version=version)
        except IllegalStep:
            return
        assert self.history[:-1] == before, "append-only"
        if step is Step.EDITED:
            self.text = content["text"]
        elif step is Step.CONFIRMED:
            self.confirmed[city] = (actor, self.text)
        elif step is Step.OBJECTED:
            self.confirmed.pop(city, None)
        elif step is Step.AGREED:
            signed = [self.confirmed.get(each, ("", 0)) for each in cities]
            assert signed
            assert {text for _actor, text in signed} == {self.text}
            assert len({actor for actor, _text in signed}) == len(signed), "nobody for two cities"
            self.agreed.add(self.text)

    @rule(cities=st.permutations(CITIES), actors=st.lists(st.sampled_from(ACTORS), min_size=3, max_size=3))
    def everybody_confirms(self, cities: list[str], actors: list[str]) -> None:
        """Take the road to an agreement, which chance alone seldom does."""
        for city, actor in zip(cities, actors, strict=False):
            self.act(Step.CONFIRMED, city, actor, None, [])
        self.act(Step.AGREED, "Köln", "anna", None, list(CITIES))

    @invariant()
    def the_history_verifies_and_the_state_is_earned(self) -> None:
        assert verify(self.history) is None
        now = outcome(self.history)
        if now.state is AgreementState.AGREED:
            assert now.content["text"] in self.agreed
        assert (now.in_force is None) == (not self.agreed)
        if now.content_in_force is not None:
            assert now.content_in_force["text"] in self.agreed


HistoryMachine.TestCase.settings = settings(
    max_examples=1_000 if FULL else 25, stateful_step_count=50 if FULL else 20, deadline=None
)
test_nothing_is_agreed_that_not_every_city_has_confirmed = HistoryMachine.TestCase
