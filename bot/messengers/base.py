"""What Intercity needs of a messenger: the one seam that every adapter and every fake fills.

The adapters are `bot.messengers.telegram` and `bot.messengers.matrix`; no object of their
libraries crosses this seam. `tests/contract` runs one suite over all of them.

    MessengerError
    ├── SendError          one order was not carried out
    │   ├── TryAgain       certainly not done; the same order may be given again
    │   ├── Ambiguous      may or may not have been done
    │   └── Refused        final: this order will never be carried out
    └── AccountError       the account itself does not work (token, password, device)
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from bot.messengers.capabilities import Capabilities
from bot.model import Account, Batch, ChatRef, Edit, Menu, MessageRef, MessengerName, Order, Press, Send
from bot.text.catalogue import Lazy

__all__ = [
    "AccountError",
    "Ambiguous",
    "Capabilities",
    "Finding",
    "Messenger",
    "MessengerError",
    "Refused",
    "SendError",
    "TryAgain",
]


class MessengerError(Exception):
    """Something went wrong between us and a messenger; the text is fit for people and holds no secret."""


class SendError(MessengerError):
    """One order was not, or perhaps not, carried out."""


LONGEST_WAIT = 3600.0
"""Seconds that anybody waits at once, whatever a messenger demands: then it is asked again."""


class TryAgain(SendError):
    """Certainly not done. `after`: seconds to wait as the messenger demands, None: back off as usual."""

    def __init__(self, text: str, after: float | None = None) -> None:
        """Keep the reason and the wait."""
        super().__init__(text)
        self.after = None if after is None else min(after, LONGEST_WAIT)


class Ambiguous(SendError):
    """The answer was lost: the order may have been carried out."""


class Refused(SendError):
    """Never to be carried out. `moved_to`: the chat goes on there. `shut_out`: we may not write here at all."""

    def __init__(self, text: str, *, moved_to: ChatRef | None = None, shut_out: bool = False) -> None:
        """Keep the reason and what follows from it."""
        super().__init__(text)
        self.moved_to = moved_to
        self.shut_out = shut_out


class AccountError(MessengerError):
    """The bot's own account does not work; a person has to mend it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, in words for people: whether it is as it should be, and else how to mend it.

    `needed`: without it, what is promised at pairing does not hold: every message crosses, and can be removed.
    """

    good: bool
    text: Lazy
    needed: bool = False


Matters: TypeAlias = Callable[[ChatRef], Awaitable[bool]]
"""Whether everything that was missed in a chat has to be read."""


async def all_matter(_chat: ChatRef) -> bool:
    """Leave nothing out anywhere."""
    return True


class Messenger(Protocol):
    """One bot account on one messenger."""

    name: MessengerName
    capabilities: Capabilities

    @property
    def account(self) -> Account:
        """The bot's own account; known once `start` has returned."""

    @property
    def username(self) -> str:
        """What people write behind a command to mean this bot; empty where that is not done."""

    async def start(self) -> None:
        """Log in. Raises AccountError when the credentials do not work, TryAgain when nobody answers."""

    async def close(self) -> None:
        """Let go of connections and files. Safe to call twice, and before `start`."""

    def events(self, cursor: str | None, matters: Matters = all_matter) -> AsyncGenerator[Batch, None]:
        """Give what happens, for ever, beginning behind `cursor`.

        None: from now, or from the oldest that the messenger still keeps for this account.

        What was missed may be long: it comes oldest first, in batches of a bounded size, all of it in chats that
        matter, and in others perhaps the end of it alone.

        Asking for the next batch says that the last one is committed: only then may the
        messenger forget it. Loss of connection is waited out inside; raises AccountError only.
        """

    async def deliver(self, order: Order) -> str:
        """Carry out one order; give the id of the message (empty for Remove, Join, Leave).

        Safe to await from many chats at once; one order at a time for one chat.
        Raises TryAgain, Ambiguous or Refused.
        """

    async def find(self, order: Send, *, after: str, known: Collection[str]) -> str | None:
        """Look for the message that an earlier attempt at `order` may have made.

        `after` is the newest id that was known in the chat before the first attempt (empty:
        none), `known` are ids that are certainly something else. Gives its id, or None when
        it is certainly not there. May write to the chat what stands there already.
        Raises SendError when it cannot be settled now.
        """

    async def present(self, message: MessageRef) -> Edit | None:
        """Return what someone's message says now, as an edit of it; None where it is gone or was never there.

        `Edit.source` is the message's own id where no edit of it is in force. Loss of connection is waited out
        inside. Asked only of messengers that report deletions: there an edit can be removed.
        """

    async def examine(self, chat: ChatRef | None = None) -> list[Finding]:
        """Look at what the bot needs, of the account or in a chat; call after `start`.

        Account: privacy mode, kinds of update, cross-signing, limits, clock. Chat: whether it is in it,
        its rights, encryption. For `/doctor` and `intercity check --live`; raises SendError.
        """

    def address(self, payload: str = "") -> str:
        """Give the web address under which a person opens the private chat with the bot; known after `start`.

        Where the messenger can, `/start PAYLOAD` is then sent by itself (at most 64 of A-Za-z0-9_-).
        """

    async def set_menu(self, menu: Menu) -> None:
        """Offer commands in the clients of a messenger that `has_menus`; the same menu twice does no harm.

        Raises SendError.
        """

    def numbering(self, chat: ChatRef) -> str:
        """Name the counter that numbers the messages of a chat; chats may share one.

        Where ids are not numbers, each chat has its own.
        """

    async def answer(self, press: Press, text: str) -> None:
        """Tell the person who pressed a button what came of it (≤ 200 characters). Never raises SendError.

        Only where `Capabilities.answers_presses`: elsewhere nobody would see it.
        """
