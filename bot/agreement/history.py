"""Histories: appending an entry, and verifying them all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from canonicaljson import encode_canonical_json

from bot.agreement.entries import Entry, Step, digest_of
from bot.agreement.outcome import Agreement, IllegalStep, advance, outcome


class Flaw(StrEnum):
    """What is wrong with a history."""

    EMPTY = "there are no entries"
    ORDER = "an entry is missing, or out of order"
    CHAIN = "it does not follow from the entry before"
    DIGEST = "its content does not match its digest"
    ILLEGAL = "the step was not allowed then"


@dataclass(frozen=True, slots=True)
class HistoryFault:
    """The first flaw of a history, with the position of its entry; `detail` says more, or is empty."""

    position: int
    flaw: Flaw
    detail: str = ""


def append(
    history: Sequence[Entry],
    step: Step,
    *,
    at: datetime,
    actor: str = "",
    city: str = "",
    content: Mapping[str, Any] | None = None,
    version: int | None = None,
    about: str = "",
) -> tuple[Entry, ...]:
    """Return a history with one more entry, which is its last. Raises IllegalStep.

    `version`: the one that the person has seen, so that nobody confirms another (None: the present one). `about`: what
    a new history is about; it is part of the first digest. The rest as in `Entry`.
    """
    present = outcome(history).version if history else 0
    if version is None or step in {Step.PROPOSED, Step.EDITED}:
        version = present + (step in {Step.PROPOSED, Step.EDITED})
    entry = Entry(
        position=len(history) + 1,
        step=step,
        at=at,
        version=version,
        city=city,
        actor=actor,
        content=json.loads(encode_canonical_json(dict(content or {}))),
        previous=history[-1].digest if history else about,
        digest="",
    )
    entries = (*history, replace(entry, digest=digest_of(entry)))
    outcome(entries)
    return entries


def verify(history: Sequence[Entry], about: str | None = None) -> HistoryFault | None:
    """Return the first fault of a history, or None. `about`: what it should be about; None: anything."""
    if not history:
        return HistoryFault(1, Flaw.EMPTY)
    so_far: Agreement | None = None
    previous = history[0].previous if about is None else about
    for position, entry in enumerate(history, 1):
        if entry.position != position:
            return HistoryFault(position, Flaw.ORDER)
        if entry.previous != previous:
            return HistoryFault(position, Flaw.CHAIN)
        if not _matches(entry):
            return HistoryFault(position, Flaw.DIGEST)
        try:
            so_far = advance(so_far, entry)
        except IllegalStep as illegal:
            return HistoryFault(position, Flaw.ILLEGAL, str(illegal))
        previous = entry.digest
    return None


def _matches(entry: Entry) -> bool:
    try:
        return digest_of(entry) == entry.digest
    except (ValueError, TypeError):  # what was stored in its place is no JSON
        return False
