"""Records that the repositories return: frozen, without sessions or lazy loading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.model import Account, ChatRef, MessageRef, Post, Role


@dataclass(frozen=True, slots=True)
class City:
    """A city, with the locale (`de_DE`) and zone (`Europe/Berlin`) of its people."""

    id: int
    name: str
    locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation that two or more paired cities share."""

    id: int
    name: str
    cities: tuple[City, ...]


NO_RIGHTS = "the bot lacks rights in this chat"
"""Reason for blocking a chat that may still accept messages: only the messenger's notice unblocks it."""
LEFT = "the bot has left this chat"
"""Reason for blocking a chat where nobody entitled has asked for the bot: it lasts until somebody does."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat known to the bot. `dialogue_id` and `city` are None while it belongs to no dialogue.

    `locale` and `zone` are the chat's own, else its city's, else None. `blocked_reason`: why it cannot be written to
    (empty: it can). `invited`: an invitation is pending until the chat is paired. `leaving`: nobody entitled has
    asked for the bot, which leaves soon or has left. `moved_at`: since when the chat has its present id (None:
    always); earlier messages cannot be reached under it.
    """

    id: int
    ref: ChatRef
    dialogue_id: int | None
    city: City | None
    person_id: int | None
    title: str
    locale: str | None
    zone: str | None
    blocked_reason: str
    invited: bool
    encrypted: bool
    leaving: bool
    moved_at: datetime | None = None

    @property
    def is_at_home(self) -> bool:
        """Whether the bot is in the chat, stays there and may write."""
        return not (self.blocked_reason or self.leaving or self.invited)


@dataclass(frozen=True, slots=True)
class Person:
    """A person. `locale` and `zone` are their own choice, None until made; the guesses are presumed.

    `dialogue_id`: the dialogue to which their private commands refer if they take part in several.
    """

    id: int
    name: str
    locale: str | None
    zone: str | None
    accounts: tuple[Account, ...]
    guessed_locale: str | None = None
    guessed_zone: str | None = None
    dialogue_id: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """An account of a person as its messenger shows it; names prove nothing."""

    person_id: int
    account: Account
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """The role of a person in a dialogue, on behalf of a city.

    Not `appointed`: a guest, who has last written in a chat of that city. `muted`: nothing they write is relayed.
    """

    dialogue_id: int
    person_id: int
    city: City
    role: Role
    appointed: bool
    muted: bool = False


class Purpose(StrEnum):
    """The purpose of a one-time code."""

    PAIR = "pair"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A valid one-time code. `account` requested it in `chat_id`; `city`: the city that chat will speak for.

    `claimed_by`: the account to be linked, once it has entered the code; `confirmed_by`: the one of the two accounts
    that has confirmed.
    """

    id: int
    purpose: Purpose
    digest: str
    account: Account
    chat_id: int
    city: City | None
    claimed_by: Account | None
    expires_at: datetime
    confirmed_by: Account | None = None


@dataclass(frozen=True, slots=True)
class Pairing:
    """A pairing that `account` requested in an encrypted chat and has to confirm.

    `digest`: that of the code used; empty: a new code was requested. The city's id is 0 as long as it does not exist.
    """

    chat_id: int
    account: Account
    city: City
    digest: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """An audit entry: who (an account or the shell) did what to whom. Names and texts as they were then."""

    at: datetime
    dialogue: str
    account: str
    action: str
    subject: str
    details: str


@dataclass(frozen=True, slots=True)
class HealthCheckRequest:
    """A health check requested in a chat by the message `reply_native_id`."""

    id: int
    chat_id: int
    dialogue_id: int
    reply_native_id: str


@dataclass(frozen=True, slots=True)
class Unready:
    """A paired chat to be checked. `told`: what its people were told is lacking (empty: nothing yet)."""

    chat: Chat
    told: str
    told_at: datetime | None
    reminded: bool


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why and when a message was held back: `word` is a mistyped command; empty: a command was rejected.

    `answers` and `answered`: the message it replies to and the author of that one, as far as known.
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


@dataclass(frozen=True, slots=True)
class Copy:
    """One part (numbered from 0) of a message's copy in a chat."""

    message_id: int
    chat_id: int
    part: int
    native_id: str


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
