"""A messenger in memory, as strict as the real ones wherever the contract suite checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from itertools import count

from bot.clock import Clock, utc_now
from bot.messengers.base import (
    CHUNK,
    Capabilities,
    CheckResult,
    Matters,
    OpenFile,
    PermanentError,
    Reason,
    SendError,
    all_matter,
    no_files,
)
from bot.messengers.capabilities import CAPABILITIES
from bot.model import (
    Account,
    Attachment,
    Batch,
    ChatRef,
    Deletion,
    Edit,
    Event,
    Membership,
    Menu,
    Message,
    MessageRef,
    MessengerName,
    Operation,
    PinChange,
    Press,
    Reaction,
    Reply,
    RichText,
    Sender,
    Sent,
    Vote,
    plain,
    rich,
)
from bot.text.catalogue import _
from tests.fake_chats import FakeChats, FakeMessage

TELEGRAM = replace(CAPABILITIES[MessengerName.TELEGRAM], per_chat_minute=None, per_second=None, album_wait=0.0)
MATRIX = CAPABILITIES[MessengerName.MATRIX]


@dataclass
class FakeMessenger(FakeChats):
    """One bot account on a messenger in memory, and the people who use it."""

    name: MessengerName
    capabilities: Capabilities
    username: str = "IntercityBot"
    faults: list[SendError | tuple[str, SendError]] = field(default_factory=list)
    """Errors raised by the next deliveries, one each; `("done", error)`: raised after the operation took effect."""
    calls: list[Operation] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """The notice shown for each button press, empty ones included."""
    admins: set[Account] = field(default_factory=set)
    """Accounts with admin rights in all chats."""
    outsiders: set[Account] = field(default_factory=set)
    """Accounts that are in no chat with the bot."""
    encrypted: set[ChatRef] = field(default_factory=set)
    menus: list[Menu] = field(default_factory=list)
    findings: list[CheckResult] = field(default_factory=list)
    """Findings reported for every chat, if a test sets any."""
    clock: Clock = utc_now
    attachments: dict[str, bytes] = field(default_factory=dict)
    """The bytes of people's attachments, by source."""
    fetch_faults: list[SendError] = field(default_factory=list)
    """Errors raised by the next fetches, one each."""
    gap: bool = False
    """Whether events have been lost before the next one."""

    def __post_init__(self) -> None:
        self.account = Account(self.name, "999" if self.name is MessengerName.TELEGRAM else "@intercity:test")
        self.chats = {}
        self._log: list[Event] = []
        self._taken = 0
        self._news = asyncio.Event()
        self._looked = asyncio.Event()
        self._numbers = count(1)
        self._sent = {}
        self._private: set[ChatRef] = set()
        self._authors: dict[str, Account | None] = {}
        self._edits: dict[str, list[Edit]] = {}
        """The versions of each message in order, without removed ones."""
        self._unread: dict[str, Vote] = {}
        self._written = asyncio.Event()
        self._open = asyncio.Event()
        self._open.set()
        self._answering = asyncio.Event()
        self._answering.set()

    # --- the bot's side ---

    def capabilities_in(self, chat: ChatRef) -> Capabilities:  # noqa: ARG002 - the same in every chat
        return self.capabilities

    async def start(self) -> None:
        """Log in, once nothing is held."""
        await self._open.wait()

    async def close(self) -> None:
        """Log out."""

    async def present(self, message: MessageRef) -> Edit | None:
        known = self._edits.get(message.id, ()) if self.capabilities.reports_deletions else ()
        return next(reversed(known), None)

    async def is_member(self, chat: ChatRef, account: Account) -> bool:  # noqa: ARG002 - outsiders are in no chat
        return account not in self.outsiders

    async def check_health(self, chat: ChatRef | None = None) -> list[CheckResult]:
        return self.findings or [
            CheckResult(False, _("no administrator")) if chat else CheckResult(True, _("logged in"))
        ]

    def address(self, payload: str = "") -> str:
        return f"https://{self.name}.test/{payload}"

    def link_to(self, message: MessageRef) -> str:
        return f"{self._addresses}{message.chat.id}/{message.id}"

    def linked(self, url: str) -> MessageRef | None:
        chat, _slash, id = url.removeprefix(self._addresses).partition("/")
        return MessageRef(ChatRef(self.name, chat), id) if url.startswith(self._addresses) else None

    @property
    def _addresses(self) -> str:
        return "https://t.me/" if self.name is MessengerName.TELEGRAM else "https://matrix.to/#/"

    async def set_menu(self, menu: Menu) -> None:
        self.menus.append(menu)
        self._written.set()

    async def events(self, cursor: str | None, matters: Matters = all_matter) -> AsyncGenerator[Batch, None]:  # noqa: ARG002 - nothing is ever skipped
        """Yield what happens after `cursor`; events are kept until they are acknowledged."""
        at = int(cursor or 0)
        while True:
            self._taken = max(self._taken, at)
            self._looked.set()
            while len(self._log) <= at:
                self._news.clear()
                await self._news.wait()
            at += 1
            gap, self.gap = self.gap, False
            yield Batch((self._log[at - 1],), str(at), gap)

    async def deliver(self, operation: Operation, open_file: OpenFile = no_files) -> Sent:
        await self._open.wait()
        self.calls.append(operation)
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, SendError):
            raise fault
        sent = await self._carry_out(operation, open_file)
        self._written.set()
        await self._answering.wait()
        if fault is not None:
            raise fault[1]
        return sent

    async def fetch(self, source: str) -> AsyncGenerator[bytes, None]:
        if self.fetch_faults:
            raise self.fetch_faults.pop(0)
        if source not in self.attachments:
            raise PermanentError(f"no such file: {source}", Reason.GONE)
        data = self.attachments[source]
        for start in range(0, len(data), CHUNK):
            yield data[start : start + CHUNK]

    async def answer(self, press: Press, text: str) -> None:
        self.answered.append(press.query)
        self.told.append(text)

    @property
    def happened(self) -> list[Event]:
        """All events so far."""
        return list(self._log)

    @property
    def caught_up(self) -> bool:
        """Whether every event is committed, once nothing is held."""
        return self._open.is_set() and self._taken >= len(self._log)

    # --- the people's side ---

    def hold(self) -> None:
        """Block logins and deliveries until `release`."""
        self._open.clear()

    def hold_answers(self) -> None:
        """Carry out deliveries, but withhold their responses until `release_answers`."""
        self._answering.clear()

    def release_answers(self) -> None:
        """Release the withheld responses."""
        self._answering.set()

    def release(self) -> None:
        """Unblock logins and deliveries."""
        self._open.set()

    async def wait_for_posts(self, chat: ChatRef, number: int) -> None:
        """Wait until the bot has posted `number` messages in a chat, at most 10 seconds."""
        await self.wait_until(
            lambda: len(self.posts(chat)) >= number, lambda: f"{number} in {chat}: {self.posts(chat)}"
        )

    async def wait_until(self, holds: Callable[[], bool], told: Callable[[], str]) -> None:
        """Wait until a condition on the bot's output holds, at most 10 seconds; `told` describes the actual state."""
        try:
            async with asyncio.timeout(10):
                while not holds():
                    self._written.clear()
                    await self._written.wait()
        except TimeoutError:
            raise AssertionError(f"was expected, but there is: {told()}") from None

    async def taken_in(self) -> None:
        """Wait until the bot has committed every event."""
        while self._taken < len(self._log):
            self._looked.clear()
            await self._looked.wait()

    def happens(self, event: Event) -> None:
        """Send an event to the bot."""
        if isinstance(event, Message | Membership):
            chat = event.ref.chat if isinstance(event, Message) else event.chat
            (self._private.add if event.private else self._private.discard)(chat)
        self._log.append(event)
        self._news.set()

    def says(
        self,
        chat: ChatRef,
        sender: Sender,
        text: str | RichText,
        *,
        reply_to: str = "",
        private: bool = False,
        forwarded: bool = False,
        origin: str | None = None,
        attachment: Attachment | None = None,
        via: str = "",
        reply: Reply | None = None,
        album: str = "",
        thread: Reply | None = None,
    ) -> str:
        """Write a message, `forwarded` or with an `origin` (its original author), and return its id.

        `reply`: what the messenger reports about the replied-to message, except its author. `thread`: the root of the
        thread in which it is written.
        """
        words = rich(text) if isinstance(text, str) else text
        id = self._new_id(chat)
        self.messages_in(chat).append(FakeMessage(id, plain(words), reply_to=reply_to))
        ref = MessageRef(chat, id)
        if reply_to:
            reply = replace(reply or Reply(ref), to=MessageRef(chat, reply_to), account=self._authors.get(reply_to))
        self._authors[id] = sender.account
        first = Edit(id=id, ref=ref, sender=sender, at=self.clock(), text=words, source=id)
        self._edits[id] = [replace(first, reply=reply, attachment=attachment, origin=origin, via=via, thread=thread)]
        is_command = plain(words).startswith(self.capabilities.command_prefix)
        self.happens(
            Message(
                id=self._event_id(),
                ref=ref,
                sender=self._with_rights(sender) if is_command and not private else sender,
                at=self.clock(),
                text=words,
                reply=reply,
                private=private,
                forwarded=forwarded or origin is not None,
                origin=origin,
                encrypted=chat in self.encrypted,
                attachment=attachment,
                via=via,
                album=album,
                thread=thread,
            )
        )
        return id

    def _with_rights(self, sender: Sender) -> Sender:
        """Return the sender with admin rights, as messengers report them for commands, and Matrix for reactions."""
        known = sender.account is not None and sender.admin is None
        return replace(sender, admin=sender.account in self.admins) if known else sender

    def edits(
        self,
        chat: ChatRef,
        sender: Sender,
        id: str,
        text: str | RichText,
        *,
        attachment: Attachment | None = None,
        origin: str | None = None,
    ) -> str:
        """Edit a message; return the id under which the edit can be deleted, or an empty string."""
        words = rich(text) if isinstance(text, str) else text
        ref, at, event_id = MessageRef(chat, id), self.clock(), self._event_id()
        source = event_id if self.capabilities.reports_deletions else ""
        first = next(iter(self._edits.get(id, ())), None)
        edit = Edit(
            id=event_id,
            ref=ref,
            sender=sender,
            at=at,
            text=words,
            reply=first.reply if first else None,
            thread=first.thread if first else None,
            attachment=attachment,
            origin=origin,
            source=source,
        )
        self._edits.setdefault(id, []).append(edit)
        self.happens(edit)
        return source

    def deletes(self, chat: ChatRef, sender: Sender, id: str) -> None:
        for edits in [self._edits.pop(id, []), *self._edits.values()]:
            edits[:] = [each for each in edits if each.source != id]
        self.happens(Deletion(id=self._event_id(), ref=MessageRef(chat, id), sender=sender, at=self.clock()))

    def presses(self, chat: ChatRef, sender: Sender, id: str, action: str) -> None:
        ref = MessageRef(chat, id)
        self.happens(
            Press(
                id=self._event_id(),
                ref=ref,
                sender=sender,
                at=self.clock(),
                action=action,
                query="q1",
                private=chat in self._private,
            )
        )

    def reacts(self, chat: ChatRef, sender: Sender, id: str, key: str, *, removed: bool = False) -> None:
        ref = MessageRef(chat, id)
        who = sender if self.name is MessengerName.TELEGRAM else self._with_rights(sender)
        at, private = self.clock(), chat in self._private
        self.happens(
            Reaction(id=self._event_id(), ref=ref, sender=who, at=at, key=key, removed=removed, private=private)
        )

    def pins(self, chat: ChatRef, sender: Sender, id: str, *, pinned: bool = True) -> None:
        """Pin a message, or unpin it: the bot hears of that where deletions are reported too."""
        found = next(each for each in self.messages_in(chat) if each.id == id)
        found.pinned = pinned
        if pinned or self.capabilities.reports_deletions:
            ref, at = MessageRef(chat, id), self.clock()
            self.happens(PinChange(id=self._event_id(), ref=ref, sender=sender, at=at, pinned=pinned))

    def votes(self, chat: ChatRef, sender: Sender, id: str, *options: int, late: bool = False) -> str:
        """Vote in the poll `id`; return the id under which the vote can be deleted, or an empty string.

        The bot does not hear of votes in a poll that is closed.
        `late`: the bot cannot decrypt the vote yet; `reads` hands the key over.
        """
        event_id, named = self._event_id(), self.capabilities.reports_deletions
        vote = Vote(
            id=event_id,
            poll=id if named else f"poll-{id}",
            ref=MessageRef(chat, id) if named else None,
            sender=sender,
            at=self.clock(),
            options=options,
            dated=named,
            source=event_id if named else "",
        )
        if late:
            self._unread[event_id] = vote
            vote = replace(vote, options=(), readable=False)
        if not any(each.id == id and each.poll_closed for each in self.messages_in(chat)):
            self.happens(vote)
        return vote.source

    def reads(self, vote: str) -> None:
        """Hand over the key of a vote."""
        self.happens(replace(self._unread.pop(vote), id=f"{vote}:decrypted"))

    def _event_id(self) -> str:
        return f"event-{next(self._numbers)}"

    def posts(self, chat: ChatRef) -> list[str]:
        """Return what the bot has posted in a chat, with the attribution as people see it."""
        return [each.shown for each in self.messages_in(chat) if each.post]
