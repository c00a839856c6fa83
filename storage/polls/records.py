"""The records of polls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from bot.model import MessengerName
from bot.voting import Method, Weight

Voter: TypeAlias = int | str
"""Whose a ballot is: a person by id or, in a secret poll, by a keyed digest (`bot.signer.Signer.voter`)."""

LINKED = "linked"
"""The kind of jobs by which the ballots of two people become those of one; the key names both, the payload has `person`
and `other`, their ids, and `polls`: the ids of the open polls in which one of two open ballots was dropped."""


class PollState(StrEnum):
    """Where a poll is in its life."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    DISCARDED = "discarded"
    """Never published, and no longer meant to be."""


class Electorate(StrEnum):
    """Who may vote in a poll."""

    ALL = "all"
    STAFF = "staff"
    """Staff, mayors and coordinators."""
    MAYORS = "mayors"


class NotOpenError(Exception):
    """The poll is not open: no ballot can be cast, changed or withdrawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question of a dialogue, with a number there, and the rules by which ballots on its topics are cast and counted.

    `quorum`: ballots that every city needs for the result to come into force. `live`: the tally is shown before the
    close. `closes_at`: None while a draft has no closing time of its own. `command_chat_id`, `command_native_id`: the
    message in which it was typed. `collecting_at`: when everybody was asked for proposals. `preview_id`, `card_id`,
    `native_id`, `result_id`: its messages. `closed_at`: since when it is closed or discarded. `result`: how it ended
    (`bot.voting.Result.to_json`). `in_force_at`: when its order came into force. `warned_at`: when the coordinators
    were told that ballots may be missing. `reminded_at`: when a coordinator last had people reminded.
    """

    id: int
    dialogue_id: int
    number: int
    question: str
    method: Method
    weight: Weight
    voters: Electorate
    quorum: int
    secret: bool
    live: bool
    closes_at: datetime | None
    state: PollState
    command_chat_id: int | None
    command_native_id: str | None
    collecting_at: datetime | None
    preview_id: int | None
    card_id: int | None
    native_id: int | None
    result_id: int | None
    created_by: int | None
    created_at: datetime
    opened_at: datetime | None
    closed_at: datetime | None
    result: Mapping[str, Any] | None
    in_force_at: datetime | None
    warned_at: datetime | None
    reminded_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether ballots can be cast."""
        return self.state is PollState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a poll is about, with the numbers of the SDGs it belongs to.

    `position`: its number in the poll, from 1; None while it is only proposed.
    """

    id: int
    poll_id: int
    position: int | None
    text: str
    sdgs: tuple[int, ...] = ()
    proposed_by: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CastBallot:
    """A ballot as typed (`bot.voting.write_ballot`), on behalf of a city.

    Of a secret one neither voter, messenger nor time is told; an open one has neither `person_id` nor `name` once that
    person is forgotten.
    """

    city_id: int
    ballot: str
    person_id: int | None = None
    name: str = ""
    messenger: MessengerName | None = None
    cast_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotDraft:
    """A private ballot that a person is filling in: what is chosen so far, and the message with its buttons."""

    poll_id: int
    person_id: int
    ballot: str
    post_id: int
    changed_at: datetime
