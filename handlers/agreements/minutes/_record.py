"""One version of minutes with the names of people, as its documents show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.agreement import Entry, Step
from handlers.agreements._confirmations import answers
from storage import AgreementRecord, Minutes, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesRecord:
    """The present version of minutes: what is agreed on (see `_content`), and how far it is confirmed.

    The names of people, empty for those who are forgotten: `present` by the id of their `Participant`, without those
    who are the same person as another one now; `owners` of action points by their pseudonyms, `signers` by the
    positions of their entries in the history.
    """

    minutes: Minutes
    agreement: AgreementRecord
    content: Mapping[str, Any]
    answers: Mapping[str, Entry]
    """The newest confirmation or objection of each city to this version."""
    chair: str
    present: Mapping[int, str]
    owners: Mapping[str, str]
    signers: Mapping[int, str]


async def load(store: Store, minutes: Minutes) -> MinutesRecord | None:
    """Return the present version of minutes that have ended; None if nothing was noted."""
    agreement = await store.agreements.read(minutes.agreement_id) if minutes.agreement_id is not None else None
    if agreement is None:
        return None
    history = await store.agreements.history(agreement.id)
    content = next(each.content for each in reversed(history) if each.step in {Step.PROPOSED, Step.EDITED})
    present = {each.id: each.person_id for each in await store.participants.of(minutes)}
    owners = await _owners(store, minutes, content["actions"])
    people = await store.agreements.people(agreement.id)
    names = await _names(store, {minutes.chair_id, *present.values(), *owners.values(), *people.values()})
    return MinutesRecord(
        minutes=minutes,
        agreement=agreement,
        content=content,
        answers=answers(history, agreement.version),
        chair=names.get(minutes.chair_id, ""),
        present={entry: names.get(id, "") for entry, id in present.items()},
        owners={who: names[id] for who, id in owners.items() if id in names},
        signers={position: names[id] for position, id in people.items() if id in names},
    )


async def _owners(store: Store, minutes: Minutes, actions: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    owners = dict[str, int]()
    for each in actions:
        named = await store.actions.owners_numbered(minutes.dialogue_id, each["number"], each["version"])
        owners |= {owner.pseudonym: owner.person_id for owner in named}
    return owners


async def _names(store: Store, ids: set[int | None]) -> dict[int | None, str]:
    return {id: (await store.people.get(id)).name for id in ids if id is not None}
