"""The composition root: the only module that knows every part."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from pydantic import SecretStr

from bot import readiness
from bot.clock import Clock, utc_now
from bot.commands.context import Services
from bot.commands.contexts import Contexts
from bot.commands.dispatch import Dispatch
from bot.delivery.failures import Failures
from bot.delivery.outbox import Outbox
from bot.delivery.pauses import Pauses
from bot.features import Feature, Features
from bot.fetching.reader import FeedReader, guarded_reader
from bot.intake import present
from bot.intake.hooks import Hooks
from bot.intake.inbox import Inbox
from bot.intake.leaving import LEAVE
from bot.intake.live import CHANGES
from bot.jobs import backlog
from bot.jobs.kinds import JobKind
from bot.jobs.purge import Retention
from bot.jobs.runner import JobRunner
from bot.logs import Aside
from bot.menus import MenuUpdates
from bot.messengers.base import AccountError, Messenger, TemporaryError
from bot.model import Account, Batch, ChatRef, MessengerName, Press
from bot.relay import Relay
from bot.relay.permalinks import Permalinks
from bot.retries import until_stored
from bot.rights import Rights
from bot.settings import Settings
from bot.signer import Signer
from bot.text.places import Places
from bot.voice import Voice
from handlers import FEATURES
from storage import Database, upgrade

if TYPE_CHECKING:
    from bot.web.server import WebServer

log = structlog.get_logger()

PAUSE = 5.0
"""Seconds before a failed intake is restarted."""
DRAIN = 8
"""Seconds that a stopping bot waits for deliveries under way; queued ones are safe in the database."""


class App:
    """The application on one database, with its messengers; everything except reading the settings."""

    def __init__(
        self,
        database: Database,
        messengers: Iterable[Messenger],
        coordinators: Iterable[Account] = (),
        clock: Clock = utc_now,
        backoff: tuple[float, float] = (1.0, 5.0),
        *,
        secret: bytes,
        places: Places,
        features: Iterable[Feature] = FEATURES,
        feeds: FeedReader | None = None,
        web: tuple[str, int] | None = None,
        web_address: str = "",
    ) -> None:
        """Wire the parts together. `secret` is the installation's 32-byte key; `feeds` is a guarded one by default.

        `web`: the host and port to listen on, which people reach at `web_address`; None: nothing listens.
        """
        self.messengers = {messenger.name: messenger for messenger in messengers}
        self.database = database
        self.clock = clock
        self.features = Features(features)
        rights, signer = Rights(coordinators), Signer(secret)
        voice = Voice(lambda chat: self.messengers[chat.messenger].capabilities_in(chat), signer)
        relay = Relay(voice, rights, signer, Permalinks(self.messengers))
        self.services = Services(
            voice=voice,
            rights=rights,
            signer=signer,
            relay=relay,
            places=places,
            addresses=self._addresses,
            web_address=web_address,
        )
        dispatch = Dispatch(self.features, self.services, Contexts(self.services, self.features.commands))
        self.inbox = Inbox(database, relay, dispatch, voice=voice, rights=rights, clock=clock)
        self.outbox = Outbox(
            database, Failures(voice, rights, Pauses(voice, rights), Hooks(dispatch).refusal), clock, backoff=backoff
        )
        self._serving: dict[MessengerName, Messenger] = {}
        self.places = places
        self._feeds = feeds or guarded_reader()
        self.jobs = JobRunner(database, self.services.context, self._serving, clock, feeds=self._feeds)
        self.jobs.register([LEAVE, CHANGES, Retention(rights.settings).kind, *self.features.jobs.values()])
        self._menus = MenuUpdates(self.features.commands, rights)
        self.web = self._web_server(web) if web else None
        database.before_queued = self.outbox.claim_early
        database.on_queued = self.outbox.wake
        database.on_scheduled = self.jobs.wake

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set, then accept no more events and finish deliveries under way within DRAIN seconds.

        Raises AccountError if a messenger rejects the login, StorageError if the database cannot be
        migrated, and TakenError if another bot already serves a messenger on it (trust: case 106).
        """
        try:
            async with contextlib.AsyncExitStack() as stack:
                for name in self.messengers:
                    await stack.enter_async_context(self.database.lock(name))
                await upgrade(self.database)
                await self._run(stop)
        finally:
            for messenger in self.messengers.values():
                await messenger.close()
            await self._feeds.close()
            await self.database.close()

    async def _run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            delivery = group.create_task(self.outbox.run(), name="outbox")
            tasks = [group.create_task(self.serve(each), name=each.name) for each in self.messengers.values()]
            tasks.append(group.create_task(self.jobs.run(), name="jobs"))
            if self.web:
                tasks.append(group.create_task(self.web.run(), name="web"))
            await stop.wait()
            log.info("stopping")
            for task in tasks:
                task.cancel()
            await self.outbox.stop(DRAIN)
            delivery.cancel()

    def _web_server(self, listen: tuple[str, int]) -> WebServer:
        # Imported only where it is used, as it takes memory.
        from bot.web.calendars import Calendars
        from bot.web.health import Health
        from bot.web.server import WebServer

        health = Health(self.database, lambda: {name: name in self._serving for name in self.messengers})
        calendars = Calendars(self.database, self.services, self.features.all, self.clock)
        return WebServer(listen, (*health.routes(), *calendars.routes()))

    async def serve(self, messenger: Messenger) -> None:
        """Log in, retrying while the messenger is unreachable, then serve it. Raises AccountError.

        Messengers are independent: events from one are processed and kept while another is down.
        """
        await _log_in(messenger)
        self.outbox.serve(messenger)
        with Aside(log, "places"):  # optional: without them people type locale and zone themselves
            await self.places.prepare()
        self._serving[messenger.name] = messenger
        if self._serving.keys() == self.messengers.keys():
            log.info("ready", messengers=",".join(self.messengers))
        self.jobs.register(self._kinds_on(messenger))
        await self.intake(messenger)

    def _kinds_on(self, messenger: Messenger) -> Iterator[JobKind]:
        """Yield the kinds of jobs that only the process that serves a messenger can run."""
        yield readiness.kind(messenger.name)
        yield present.kind(messenger, self.inbox.edit)
        yield self.inbox.votes.kind(messenger)
        yield backlog.kind(messenger)
        if messenger.capabilities.has_menus:
            yield self._menus.kind(messenger)

    async def intake(self, messenger: Messenger) -> None:
        """Process a messenger's events indefinitely. Raises AccountError."""
        async with asyncio.TaskGroup() as answers:
            while True:
                with Aside(log, "intake", but=(AccountError,), messenger=messenger.name):
                    await self._read(messenger, answers)
                await asyncio.sleep(PAUSE)

    async def _read(self, messenger: Messenger, answers: asyncio.TaskGroup) -> None:
        """Process a messenger's events from the committed cursor onwards, until an unexpected error."""
        async with self.database.begin() as store:
            cursor = await store.cursors.get(messenger.account)
        if cursor is None:  # a new database
            self.outbox.bounds.caught_up(messenger.name)
        async with contextlib.aclosing(messenger.events(cursor, self._in_dialogue)) as batches:
            async for batch in batches:
                told = await self._take(messenger, batch)
                self.outbox.bounds.caught_up(messenger.name, gap=batch.gap)
                for event in batch.events:
                    if isinstance(event, Press):  # stops the button's spinner, even if the answer is in the chat
                        answers.create_task(_answer(messenger, event, told.get(event.id, "")), name="answer")

    async def _in_dialogue(self, ref: ChatRef) -> bool:
        """Return whether a chat takes part in a dialogue, retrying while the database is unavailable."""

        async def look_up() -> bool:
            async with self.database.begin() as store:
                chat = await store.chats.by_ref(ref)
                return chat is not None and chat.dialogue_id is not None

        return await until_stored(look_up, log)

    async def _take(self, messenger: Messenger, batch: Batch) -> Mapping[str, str]:
        """Commit a batch, retrying while the database is unavailable, as the batch must not be lost.

        Returns the answers to button presses, as `Inbox.take` does.
        """
        return await until_stored(lambda: self.inbox.take(messenger, batch), log)

    def _addresses(self, payload: str) -> Mapping[MessengerName, str]:
        return {name: messenger.address(payload) for name, messenger in self._serving.items()}


async def _answer(messenger: Messenger, press: Press, text: str) -> None:
    with Aside(log, "answer", messenger=messenger.name):
        await messenger.answer(press, text)


async def _log_in(messenger: Messenger) -> None:
    """Log in, retrying while the messenger is unreachable."""
    wait = 0.5
    while True:
        try:
            await messenger.start()
        except TemporaryError as error:
            log.warning("waiting", messenger=messenger.name, error=str(error))
            await asyncio.sleep(error.after or wait)
            wait = min(wait * 2, 5)
        else:
            return


def messengers_of(settings: Settings, clock: Clock = utc_now) -> Iterator[Messenger]:
    """Yield an adapter for each messenger configured in the settings."""
    if settings.telegram_token:
        from bot.messengers.telegram import TelegramMessenger

        yield TelegramMessenger(
            settings.telegram_token.get_secret_value(), api_url=settings.telegram_api_url, clock=clock
        )
    if settings.has_matrix:
        from bot.messengers.matrix import MatrixMessenger

        yield MatrixMessenger(
            settings.matrix_homeserver,
            settings.matrix_user,
            password=_plain(settings.matrix_password),
            access_token=_plain(settings.matrix_access_token),
            device_id=settings.matrix_device_id,
            data_dir=settings.data_dir,
            secret_key=settings.load_secret_key(),
            clock=clock,
        )


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


@contextlib.contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Lock the data directory for this process. Raises BlockingIOError if another bot holds the lock."""
    import fcntl

    with (data_dir / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
