"""What the repositories give: frozen records, no sessions, no lazy loading."""

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
    """The channel that two or more paired cities share."""

    id: int
    name: str
    cities: tuple[City, ...]


DEAF = "the bot lacks rights in this chat"
"""Why a chat is closed although it may still take what is sent: only the messenger's word opens it again."""
LEFT = "the bot has left this chat"
"""Why a chat is closed where nobody entitled has asked for the bot: it stays so until somebody does."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that the bot knows. `dialogue_id` and `city` are None while it belongs to none.

    `locale` and `zone` are the chat's own, else its city's, else None. `closed` says why
    nothing can be written there; `invited`: an invitation waits for the chat to be named; `leaving`:
    nobody entitled has asked for the bot there, and it soon leaves or has left. `moved_at`: since when it has its
    present id, None: always; messages of before cannot be reached there.
    """

    id: int
    ref: ChatRef
    dialogue_id: int | None
    city: City | None
    person_id: int | None
    title: str
    locale: str | None
    zone: str | None
    closed: str
    invited: bool
    encrypted: bool
    leaving: bool
    moved_at: datetime | None = None

    @property
    def is_at_home(self) -> bool:
        """Say whether the bot is in the chat and stays there."""
        return not (self.closed or self.leaving or self.invited)


@dataclass(frozen=True, slots=True)
class Person:
    """One human. `locale` and `zone` are what they chose, None until then; the guesses are what may be supposed.

    `dialogue_id`: which dialogue their commands in private mean, where they take part in several.
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
    """An account of a person, as its messenger shows it: names that prove nothing."""

    person_id: int
    account: Account
    name: str
    username: str


@dataclass(frozen=True, slots=True)
class Appointment:
    """The role of a person in a dialogue, on behalf of a city.

    Not `appointed`: a guest, because they have last spoken in a chat of that city. `muted`: nothing that
    they write is passed on.
    """

    dialogue_id: int
    person_id: int
    city: City
    role: Role
    appointed: bool
    muted: bool = False


class Purpose(StrEnum):
    """What a one-time code is for."""

    PAIR = "pair"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that is still good. `account` asked for it in `chat_id`; `city`: what that chat is to speak for.

    `claimed_by`: the account that wants to be linked, as soon as it has typed the code; `confirmed_by`: the one of the
    two that has said yes.
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
    """What `account` asked for in an encrypted chat and has to confirm: by the code of `digest`, empty: a new code.

    The city's id is 0 until there is such a city.
    """

    chat_id: int
    account: Account
    city: City
    digest: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """A line of the audit: who (an account, or the shell) did what to whom. Names and texts as they were then."""

    at: datetime
    dialogue: str
    account: str
    action: str
    subject: str
    details: str


@dataclass(frozen=True, slots=True)
class Checkup:
    """An examination that was asked for in a chat, by the message `reply_native_id`."""

    id: int
    chat_id: int
    dialogue_id: int
    reply_native_id: str


@dataclass(frozen=True, slots=True)
class Unready:
    """A paired chat that is to be looked at: what its people were `told` that is lacking (empty: nothing yet)."""

    chat: Chat
    told: str
    told_at: datetime | None
    reminded: bool


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Why and when a message was held back: a `word` that is no command, only nearly; empty: a command was refused.

    `answers`: the message that it answers, and who wrote that one, as far as is known.
    """

    word: str
    at: datetime
    answers: MessageRef | None = None
    answered: Account | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A message as stored: who, where (None: the bot), when. `buttons`: emoji → action.

    `held`: it was held back, and crosses or runs once its author has corrected it.
    """

    id: int
    dialogue_id: int | None
    chat_id: int | None
    native_id: str | None
    person_id: int | None
    said_at: datetime
    deleted_at: datetime | None
    buttons: Mapping[str, str]
    digest: str | None = None
    """What `Seal.fingerprint` gave of the words last passed on."""
    held: HeldBack | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """One part (from 0) of a message's counterpart in a chat."""

    message_id: int
    chat_id: int
    part: int
    native_id: str


@dataclass(frozen=True, slots=True)
class Undone:
    """How many deliveries to a chat have failed, how many wait, and since when the oldest of these does."""

    failed: int
    waiting: int
    oldest: datetime | None


class Kind(StrEnum):
    """What a delivery asks of a messenger."""

    SEND = "send"
    REPLACE = "replace"
    REMOVE = "remove"
    JOIN = "join"
    LEAVE = "leave"


class State(StrEnum):
    """How far a delivery is."""

    QUEUED = "queued"
    SENDING = "sending"
    """Given to the messenger; what came of it is not known yet."""
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has to go out to one chat.

    `closed`: its chat was thought to be shut to us. `uncertain`: an earlier attempt may have been
    carried out. `target`: id of our message that a replace or remove is about, or None when there is
    none. `reply_to`: id in the same chat, or empty.
    """

    id: int
    chat_id: int
    chat: ChatRef
    message_id: int | None
    part: int
    kind: Kind
    state: State
    token: str
    closed: bool
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
