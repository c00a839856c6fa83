"""The tables of docs/bridging.md, from what has been seen to cross."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tests.bridging.acts import ACTS
from tests.bridging.crossing import DONE, OneWay
from tests.bridging.kinds import ACTIONS, IN_ENCRYPTED_ROOMS, KINDS
from tests.bridging.world import WAYS, Outcomes

DOCUMENT = Path(__file__).parents[2] / "docs" / "bridging.md"
_BEGIN, _END = "<!-- tables: written by `python -m tests.bridging` -->", "<!-- end of the tables -->"


class _Notes:
    """The reasons for empty cells, numbered in the order in which they come up."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def number(self, text: str) -> int:
        if text not in self.texts:
            self.texts.append(text)
        return self.texts.index(text) + 1


def tables(outcomes: Outcomes) -> str:
    """Return a table for each way, one for what people do besides, and the notes."""
    notes = _Notes()
    shown = [_kinds(outcomes, way, notes) for way in WAYS] + [_acts(outcomes, notes)]
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(notes.texts, 1))
    return "\n\n".join([*shown, numbered])


def with_tables(document: str, written: str) -> str:
    """Return the document with these tables in place of those it has."""
    before, _begin, rest = document.partition(_BEGIN)
    _old, _end, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{written}\n{_END}{after}"


def _kinds(outcomes: Outcomes, way: str, notes: _Notes) -> str:
    rows = [_row(kind.title, [outcomes[kind.title, way]], ACTIONS, notes) for kind in (*KINDS, *IN_ENCRYPTED_ROOMS)]
    return _table((way, *ACTIONS), rows)


def _acts(outcomes: Outcomes, notes: _Notes) -> str:
    rows = [_row(act.title, [outcomes[act.title, way] for way in WAYS], (DONE,), notes) for act in ACTS]
    return _table(("Besides", *WAYS), rows)


def _table(head: Sequence[str], rows: Sequence[str]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows])


def _row(title: str, outcomes: Sequence[OneWay], actions: Sequence[str], notes: _Notes) -> str:
    cells = [_cell(outcome, action, notes) for outcome in outcomes for action in actions]
    return f"| {' | '.join([title, *cells])} |"


def _cell(outcome: OneWay, action: str, notes: _Notes) -> str:
    grade, why = outcome.grades[action], outcome.reason(action)
    return f"{grade} ({notes.number(why)})" if why else str(grade)
