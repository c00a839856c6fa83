"""The records of messages, edits and copies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.model import Account, MessageRef

DELETED = "deleted"
"""The kind of jobs that follow the deletion of what somebody wrote, keyed by the message's id."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why and when a message was held back: `word` is a mistyped command; empty: a command was rejected.

    `replied_message` and `replied_author`: the message it replies to and the author of that one, as far as known.
    """

    word: str
    at: datetime
    replied_message: MessageRef | None = None
    replied_author: Account | None = None


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A stored message: author, chat (None: the bot's own) and time. `buttons`: emoji → action.

    `held`: it was held back, and is relayed or run once its author has corrected it.
    """

    id: int
    dialogue_id: int | None
    chat_id: int | None
    native_id: str | None
    person_id: int | None
    sent_at: datetime
    deleted_at: datetime | None
    buttons: Mapping[str, str]
    digest: str | None = None
    """`Signer.fingerprint` of the content last relayed."""
    held: HeldBack | None = None
    feature: str = ""
    """The feature that made it or, as a command, handled it; empty for what people write to each other."""
    thread_id: int | None = None
    """The root of the thread that it belongs to, which itself belongs to none."""


@dataclass(frozen=True, slots=True)
class StoredReaction:
    """A reaction `key` of a person to the message `target`, by its native id, in a chat."""

    person_id: int
    target: str
    key: str


@dataclass(frozen=True, slots=True)
class StoredVote:
    """A vote of a person in the native poll that is message `message_id`."""

    message_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class Copy:
    """One part (numbered from 0) of a message's copy in a chat."""

    message_id: int
    chat_id: int
    part: int
    native_id: str
    has_file: bool
