"""The interface between Intercity and a messenger, implemented by every adapter and every fake.

The adapters are `bot.messengers.telegram` and `bot.messengers.matrix`; no object of their
libraries crosses this interface. `tests/contract` runs one suite over all implementations.

    MessengerError
    ├── SendError            one operation failed
    │   ├── TemporaryError   certainly not done; the same operation may be retried
    │   ├── UnknownOutcome   may or may not have been done
    │   └── PermanentError   this operation will never succeed
    └── AccountError         the account itself does not work (token, password, device)
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.messengers.capabilities import Capabilities
from bot.model import (
    Account,
    Batch,
    ChatRef,
    Edit,
    Menu,
    MessageRef,
    MessengerName,
    Operation,
    Press,
    Reason,
    Send,
    SendPoll,
    Sent,
)
from bot.text.catalogue import LazyText

__all__ = [
    "AccountError",
    "Capabilities",
    "CheckResult",
    "Messenger",
    "MessengerError",
    "OpenFile",
    "PermanentError",
    "Reason",
    "SendError",
    "TemporaryError",
    "UnknownOutcome",
]


class MessengerError(Exception):
    """Base class for errors of a messenger; the message is meant for people and contains no secrets."""


LONGEST_WAIT = 3600.0
"""Upper limit in seconds for a single wait, whatever the messenger demands; after that the call is retried."""


class SendError(MessengerError):
    """An operation failed, or may have failed. `after`: seconds to wait as demanded, or None to back off as usual."""

    of_file = False
    """Whether it is a file that cannot be had, and not the chat, or the message, that fails."""

    def __init__(self, text: str, after: float | None = None) -> None:
        """Store the reason and the wait."""
        super().__init__(text)
        self.after = None if after is None else min(after, LONGEST_WAIT)


class TemporaryError(SendError):
    """The operation was certainly not done."""


class UnknownOutcome(SendError):
    """The response was lost, or only a part is done: the operation may have been carried out."""


class PermanentError(SendError):
    """The operation will never succeed; `reason` says why, in terms that can be told to people.

    `moved_to`: the chat that continues this one. `shut_out`: the bot may not write to this chat at all.
    """

    def __init__(
        self,
        text: str,
        reason: Reason = Reason.NOT_ACCEPTABLE,
        *,
        moved_to: ChatRef | None = None,
        shut_out: bool = False,
    ) -> None:
        """Store the reason and its consequences."""
        super().__init__(text)
        self.reason = reason
        self.moved_to = moved_to
        self.shut_out = shut_out


class AccountError(MessengerError):
    """The bot's own account does not work and needs a person to fix it."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of one health check, in words for people: whether it passed and, if not, how to fix it.

    `required`: required for the promise made at pairing, that every message crosses and can be removed.
    """

    ok: bool
    text: LazyText
    required: bool = False


Matters: TypeAlias = Callable[[ChatRef], Awaitable[bool]]
"""Whether everything missed in a chat has to be read."""


async def all_matter(_chat: ChatRef) -> bool:
    """Read everything in every chat."""
    return True


OpenFile: TypeAlias = Callable[[str], AbstractAsyncContextManager[AsyncIterator[bytes]]]
"""Open the bytes that a `File.source` names, in chunks of at most CHUNK bytes.

May be opened again for another attempt. Opening and reading raise SendError.
"""
CHUNK = 256 * 1024
"""Maximum size of a chunk of a file in bytes, so that large files never have to fit into memory."""


def no_files(source: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
    """Raise PermanentError: the `OpenFile` for operations without files."""
    raise PermanentError(f"no such file: {source}", Reason.GONE)


class Messenger(Protocol):
    """A bot account on one messenger."""

    name: MessengerName

    @property
    def capabilities(self) -> Capabilities:
        """What the account can do: until `start` has returned, what its messenger usually allows."""

    def capabilities_in(self, chat: ChatRef) -> Capabilities:
        """Return what the account can do in a chat, where that differs."""

    @property
    def account(self) -> Account:
        """The bot's own account; known once `start` has returned."""

    @property
    def username(self) -> str:
        """The username that addresses a command to this bot; empty where commands are not addressed."""

    @property
    def caught_up(self) -> bool:
        """Whether all that had happened when `events` last asked for it is committed; not while asking fails."""

    async def start(self) -> None:
        """Log in. Raises AccountError if the credentials do not work, `TemporaryError` if nobody responds."""

    async def close(self) -> None:
        """Release connections and files. Safe to call twice, and before `start`."""

    def events(self, cursor: str | None, matters: Matters = all_matter) -> AsyncGenerator[Batch, None]:
        """Yield batches of events for ever, starting after `cursor`.

        With None, start from now, or from the oldest event that the messenger still keeps for this account.

        Missed events come oldest first, in batches of a bounded size: all of them in chats for which `matters`
        returns true, possibly only the most recent ones elsewhere.

        Asking for the next batch confirms that the last one is committed; only then may the
        messenger forget it. Loss of connection is handled inside; raises AccountError only.
        """

    async def deliver(self, operation: Operation, open_file: OpenFile = no_files) -> Sent:
        """Carry out one operation; `open_file` opens the files of its post.

        Safe to await for many chats concurrently, but only one operation at a time per chat.
        Raises `TemporaryError`, `UnknownOutcome` or `PermanentError`.
        """

    def fetch(self, source: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an incoming attachment (`Attachment.source`), in chunks of at most CHUNK bytes.

        Raises SendError; PermanentError with `GONE` or `TOO_LARGE` if they cannot be had.
        """

    async def find(self, operation: Send | SendPoll, *, after: str, known: Collection[str]) -> Sent | None:
        """Return what an earlier attempt at `operation` may have created, with all parts of an album.

        `after` is the newest id known in the chat before the first attempt (empty if none), `known` are
        ids of messages that are certainly something else. Returns None if the message certainly does not
        exist. May rewrite existing content of the chat unchanged. Raises SendError if the outcome cannot
        be determined now.
        """

    async def present(self, message: MessageRef) -> Edit | None:
        """Return the current content of someone's message as an edit; None if it is gone or never existed.

        `Edit.source` is the message's own id if no edit is in force. Loss of connection is handled inside.
        Called only on messengers that report deletions, because there an edit can be removed.
        """

    async def is_member(self, chat: ChatRef, account: Account) -> bool:
        """Return whether somebody is in a chat with others now. Raises SendError if that cannot be found out."""

    async def check_health(self, chat: ChatRef | None = None) -> list[CheckResult]:
        """Run the health checks of the account or, if given, of a chat; call after `start`.

        Account: privacy mode, allowed updates, cross-signing, limits, clock. Chat: membership, rights,
        encryption. Used by `/doctor` and `intercity check --live`. Raises SendError.
        """

    def address(self, payload: str = "") -> str:
        """Return the URL that opens the private chat with the bot; known after `start`.

        If the messenger supports it, opening the URL sends `/start PAYLOAD` (at most 64 of A-Za-z0-9_-).
        """

    def link_to(self, message: MessageRef) -> str:
        """Return the URL that opens a message for the members of its chat; empty if there is none."""

    def linked(self, url: str) -> MessageRef | None:
        """Return the message of this messenger that a URL leads to, as far as the URL tells; None for all others."""

    async def set_menu(self, menu: Menu) -> None:
        """Set the command menu that clients show, where the messenger `has_menus`. Idempotent; raises SendError."""

    def numbering(self, chat: ChatRef) -> str:
        """Return the name of the counter that numbers the messages of a chat; chats may share one.

        Where ids are not numbers, each chat has its own counter.
        """

    async def answer(self, press: Press, text: str) -> None:
        """Show the result of a button press to the person who pressed it (≤ 200 characters).

        If the text ends with an `address` of the bot, that is opened instead, where clients can.
        Never raises SendError. Has an effect only where `Capabilities.answers_presses`.
        """
