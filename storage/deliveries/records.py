"""The records of deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import ChatRef, Post


@dataclass(frozen=True, slots=True)
class Undone:
    """The numbers of failed and waiting deliveries to a chat, and since when the oldest has waited."""

    failed: int
    waiting: int
    oldest: datetime | None


class Kind(StrEnum):
    """The operation that a delivery requests of a messenger."""

    SEND = "send"
    REPLACE = "replace"
    REMOVE = "remove"
    JOIN = "join"
    LEAVE = "leave"


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

    `blocked`: the chat was marked as blocked when the delivery was read. `uncertain`: an earlier attempt may have
    been carried out. `target`: native id of the message to replace or remove, or None if there is none.
    `reply_to`: native id in the same chat, or empty.
    """

    id: int
    chat_id: int
    chat: ChatRef
    message_id: int | None
    part: int
    kind: Kind
    state: State
    token: str
    blocked: bool
    post: Post | None
    reply_to: str
    target: str | None
    uncertain: bool
    after_id: str
    attempts: int
    error: str
    queued_at: datetime
    tried_at: datetime | None
    done_at: datetime | None
