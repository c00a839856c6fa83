"""The implementation of `Messenger` for Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from datetime import datetime

import structlog
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.logs import Aside
from bot.messengers.base import (
    AccountError,
    CheckResult,
    Matters,
    OpenFile,
    PermanentError,
    Reason,
    SendError,
    TemporaryError,
    all_matter,
    no_files,
)
from bot.messengers.capabilities import CAPABILITIES, Capabilities
from bot.messengers.telegram.admins import with_admins
from bot.messengers.telegram.conversion import UPDATE_TYPES, events
from bot.messengers.telegram.custom_emoji import CustomEmoji
from bot.messengers.telegram.downloads import fetch
from bot.messengers.telegram.failures import redacted, seconds, send_error
from bot.messengers.telegram.health import TELEGRAM, TelegramHealthCheck
from bot.messengers.telegram.ids import numbering
from bot.messengers.telegram.links import link_to, linked
from bot.messengers.telegram.menus import set_menu
from bot.messengers.telegram.permissions import Permissions
from bot.messengers.telegram.polling import PollRequest
from bot.messengers.telegram.presence import is_inside
from bot.messengers.telegram.references import chat_ref
from bot.messengers.telegram.request import Request
from bot.messengers.telegram.writer import TelegramWriter
from bot.model import (
    Account,
    Batch,
    ChatRef,
    Edit,
    Event,
    Menu,
    MessageRef,
    MessengerName,
    Operation,
    Press,
    Send,
    SendPoll,
    Sent,
)

log = structlog.get_logger()

UPDATES_PER_CALL = 10
"""Updates per call: the library parses all of them at once, blocking the event loop (trust: case 97)."""
POLL = 25
"""Seconds of long polling per call for updates."""
_REFUSED = frozenset({Reason.NO_RIGHTS, Reason.NOT_ALLOWED})
"""Reasons of the chat, which can be known before the next operation."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0
"""Shortest and longest pause in seconds between failing calls for updates."""


class TelegramMessenger:
    """A `Messenger` over the Bot API. Rate limits are the outbox's business."""

    name = MessengerName.TELEGRAM
    capabilities = CAPABILITIES[MessengerName.TELEGRAM]

    def __init__(
        self, token: str, *, api_url: str = "", clock: Callable[[], datetime], read_timeout: float = 15.0
    ) -> None:
        """Prepare the bot with this token. `api_url`: another Bot API server; `read_timeout` in seconds."""
        self._token = token
        self._clock = clock
        self._api_url = api_url = api_url or TELEGRAM
        _hush()
        self._request = Request(api_url, 64, read_timeout)
        self._bot = Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=PollRequest(api_url, 2, read_timeout),
        )
        self.caught_up = False
        self._writer = TelegramWriter(self._bot)
        self._permissions = Permissions(self._bot, clock)
        self._custom_emoji = CustomEmoji(self._bot)
        self._usernames: dict[str, str] = {}

    @property
    def account(self) -> Account:
        """The bot's own account."""
        return Account(MessengerName.TELEGRAM, str(self._bot.id))

    @property
    def username(self) -> str:
        """The bot's username, which addresses a command to it."""
        return self._bot.username

    def capabilities_in(self, chat: ChatRef) -> Capabilities:
        """Return what the account can do in a chat, as far as that is known."""
        return self._permissions.of(chat)

    async def start(self) -> None:
        """Log in. Raises AccountError if the token does not work, `TemporaryError` if Telegram does not respond."""
        try:
            await self._bot.initialize()
        except InvalidToken:
            raise AccountError("Telegram does not accept the bot's token") from None
        except TelegramError as error:
            after = seconds(error) if isinstance(error, RetryAfter) else None
            raise TemporaryError(f"Telegram does not answer: {self._redacted(error)}", after) from None
        try:
            await self._bot.delete_webhook()
        except TelegramError as error:
            log.warning("webhook not deleted", error=self._redacted(error))

    async def close(self) -> None:
        """Close the connections, and end the process that looks at files."""
        await self._writer.close()
        await self._bot.shutdown()

    def address(self, payload: str = "") -> str:
        """Return the URL of the private chat with the bot."""
        return f"https://t.me/{self.username}" + (f"?start={payload}" if payload else "")

    def link_to(self, message: MessageRef) -> str:
        """Return the t.me address of a message in a supergroup."""
        return link_to(message)

    def linked(self, url: str) -> MessageRef | None:
        """Return the message that a t.me or tg:// address leads to; public groups are known once somebody writes."""
        return linked(url, self._usernames)

    async def check_health(self, chat: ChatRef | None = None) -> list[CheckResult]:
        """Run the health checks of the account or of a chat (for a topic: of its group)."""
        examination = TelegramHealthCheck(self._bot, self._request, self._api_url, self._clock)
        try:
            results = [found async for found in (examination.chat(int(chat.id)) if chat else examination.account())]
        except TelegramError as error:
            raise send_error(error, self._token) from None
        if chat:
            await self._permissions.learn(chat)
        return results

    async def present(self, message: MessageRef) -> Edit | None:  # noqa: ARG002 - bots cannot fetch messages
        """Return None: Telegram does not report deletions, and edits cannot be removed."""
        return None

    async def is_member(self, chat: ChatRef, account: Account) -> bool:
        """Return whether somebody is in a group."""
        try:
            return is_inside(await self._bot.get_chat_member(int(chat.id), int(account.id)))
        except (BadRequest, Forbidden):  # Telegram knows nobody of that id there, or we are not there ourselves
            return False
        except TelegramError as error:
            raise send_error(error, self._token) from None

    async def set_menu(self, menu: Menu) -> None:
        """Set a command menu. Raises ValueError for words that Telegram does not accept."""
        try:
            await set_menu(self._bot, menu)
        except TelegramError as error:
            raise send_error(error, self._token) from None

    # Incoming

    async def events(self, cursor: str | None, matters: Matters = all_matter) -> AsyncGenerator[Batch, None]:  # noqa: ARG002 - Telegram leaves nothing out
        """Yield batches of events; without a cursor, start with whatever Telegram still keeps (24 hours)."""
        offset = int(cursor) if cursor else None
        pause = FIRST_PAUSE
        while True:
            try:
                wait = POLL if self.caught_up else 0
                updates = await self._bot.get_updates(
                    offset=offset, limit=UPDATES_PER_CALL, timeout=wait, allowed_updates=UPDATE_TYPES
                )
            except InvalidToken:
                raise AccountError("Telegram does not accept the bot's token any more") from None
            except TelegramError as error:
                self.caught_up = False
                await asyncio.sleep(self._wait(error, pause))
                pause = min(2 * pause, LONGEST_PAUSE)
                continue
            pause = FIRST_PAUSE
            if updates:
                # Update ids are consecutive, except for the first one after a quiet week (Bot API, "Update").
                gap = offset is not None and min(update.update_id for update in updates) != offset
                offset = max(update.update_id for update in updates) + 1
                self.caught_up = False
                yield Batch(await self._told(updates), str(offset), gap)
            self.caught_up = len(updates) < UPDATES_PER_CALL

    async def _told(self, updates: Sequence[Update]) -> tuple[Event, ...]:
        """Return the events in some updates."""
        if changed := [update.my_chat_member for update in updates if update.my_chat_member]:
            # Presence depends on privacy mode, which BotFather changes without an update.
            with Aside(log, "getMe"), contextlib.suppress(TelegramError):
                await self._bot.get_me()
        places = [update.effective_chat for update in updates if update.effective_chat]
        self._usernames |= {each.username.lower(): str(each.id) for each in places if each.username and each.id < 0}
        for change in changed:
            with Aside(log, "permissions"):  # what an update contains is unchecked, and the next one must still come
                if is_inside(change.new_chat_member):
                    await self._permissions.learn(chat_ref(change.chat))
        told: Sequence[Event] = [event for update in updates for event in self._events(update)]
        with Aside(log, "custom emoji"):
            told = await self._custom_emoji.named(told)
        with Aside(log, "look-up of admins"):
            return await with_admins(self._bot, told)
        return tuple(told)

    def _wait(self, error: TelegramError, pause: float) -> float:
        """Return the seconds to wait before the next call for updates, with jitter."""
        if isinstance(error, RetryAfter):
            return seconds(error)
        text = "someone else fetches this bot's updates" if isinstance(error, Conflict) else "no updates"
        log.warning(text, error=self._redacted(error))
        return pause * random.uniform(0.5, 1.0)  # noqa: S311 - jitter

    def _events(self, update: Update) -> list[Event]:
        with Aside(log, "update", update=update.update_id):
            return list(events(update, self._bot.bot, self._clock()))
        return []

    # Outgoing

    async def deliver(self, operation: Operation, open_file: OpenFile = no_files) -> Sent:
        """Carry out one operation."""
        failure: SendError
        try:
            return await self._writer.carry_out(operation, open_file)
        except TelegramError as error:
            failure = send_error(error, self._token)
        except PermanentError as error:
            failure = error
        if isinstance(failure, PermanentError) and failure.reason in _REFUSED and not failure.shut_out:
            await self._permissions.learn(operation.chat, refresh=False)
        raise failure from None

    # Outcomes

    def numbering(self, chat: ChatRef) -> str:
        """Return the name of a chat's counter."""
        return numbering(chat, self._bot.id)

    async def find(self, operation: Send | SendPoll, *, after: str, known: Collection[str]) -> Sent | None:
        """Return a message with an unknown outcome; see `Messenger.find`."""
        try:
            return await self._writer.find(operation, after, known)
        except TelegramError as error:
            raise send_error(error, self._token) from None

    def fetch(self, source: str) -> AsyncGenerator[bytes, None]:
        """Yield the bytes of an attachment."""
        return fetch(self._bot, self._request, source)

    async def answer(self, press: Press, text: str) -> None:
        """Show the result of a press to the person who pressed, or open the private chat that it names."""
        address = text.rpartition(" ")[2]
        try:
            if address.startswith(f"{self.address()}?start="):
                with contextlib.suppress(BadRequest):
                    await self._bot.answer_callback_query(press.query, url=address)
                    return
            await self._bot.answer_callback_query(press.query, text[:200] or None)
        except TelegramError as error:
            log.warning("press not answered", error=self._redacted(error))

    def _redacted(self, error: TelegramError) -> str:
        return redacted(error.message, self._token)


def _hush() -> None:
    """Stop the library from logging the token (at DEBUG) and what people write."""
    logging.getLogger("telegram").setLevel(logging.CRITICAL)  # all its errors are also raised
