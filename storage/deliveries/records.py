"""The records of deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import ChatRef, File, Operation, Post, Reason, Replace, Send


@dataclass(frozen=True, slots=True)
class Undone:
    """The numbers of failed and waiting deliveries to a chat, and since when the oldest has waited."""

    failed: int
    waiting: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class RefusedFiles:
    """The files of a message that a chat did not get, and why."""

    files: tuple[File, ...]
    reason: Reason


class State(StrEnum):
    """The state of a delivery."""

    QUEUED = "queued"
    SENDING = "sending"
    """Handed to the messenger; the outcome is not known yet."""
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An operation to be carried out in one chat.

    `kind` is that of the operation, which is None if nothing is left to do, or nothing can be done because the row is
    `unreadable`. `blocked`: the chat was marked as blocked when the delivery was read. `uncertain`: an earlier attempt
    may have been carried out. `reason`: why it has failed.
    """

    id: int
    chat_id: int
    chat: ChatRef
    message_id: int | None
    part: int
    kind: str
    state: State
    token: str
    blocked: bool
    operation: Operation | None
    unreadable: bool
    uncertain: bool
    after_id: str
    attempts: int
    error: str
    reason: Reason | None
    queued_at: datetime
    tried_at: datetime | None
    done_at: datetime | None
    urgent: bool = False
    """Whether somebody waits for it."""
    person_id: int = 0
    """Whose share of the lane it takes; 0: the bot's."""
    followers: tuple[Delivery, ...] = ()
    """The deliveries that go out with it: as further sections of the same message, or as items of the same album."""

    @property
    def row_ids(self) -> list[int]:
        """The ids of all rows that go out together."""
        return [self.id, *(each.id for each in self.followers)]

    @property
    def post(self) -> Post | None:
        """The post that is sent, or that replaces another."""
        return self.operation.post if isinstance(self.operation, Send | Replace) else None
