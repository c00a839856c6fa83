"""A running Matrix bot account for the tests: its events are kept and can be waited for."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.messengers.matrix import MatrixMessenger
from bot.model import Batch, ChatRef, Event, Join, MessengerName, Post, Presence, RichText, Send, rich
from bot.model import Membership as BotMembership
from bot.sandbox.matrix_client import HumanMatrix
from bot.sandbox.synapse import Synapse

E = TypeVar("E", bound=Event)
T = TypeVar("T")
KEY = bytes(range(32))


def now() -> datetime:
    return datetime.now(UTC)


def unique(word: str) -> str:
    return f"{word}-{secrets.token_hex(4)}"


def ref(room: str) -> ChatRef:
    return ChatRef(MessengerName.MATRIX, room)


def send(room: str, *text: str, token: str = "", post: Post | None = None, reply_to: str = "") -> Send:
    return Send(chat=ref(room), post=post or Post(rich(*text)), token=token or unique("t"), reply_to=reply_to)


class MatrixBot:
    """A started messenger, and every event it has yielded."""

    def __init__(self, messenger: MatrixMessenger, cursor: str | None) -> None:
        self.messenger = messenger
        self.id = messenger.account.id
        self.cursor = cursor
        self.batches: list[Batch] = []
        self.events: list[Event] = []
        self._fresh = asyncio.Condition()
        self._failure: BaseException | None = None
        self._task = asyncio.create_task(self._read())

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        await self.messenger.close()

    async def wait_for(self, kind: type[E], fits: Callable[[E], bool] = lambda _: True, limit: float = 15) -> E:
        """Return the first matching event of a kind, waiting for it; the failure shows what came instead."""

        def found() -> E | None:
            return next((event for event in self.events if isinstance(event, kind) and fits(event)), None)

        return await self._until(found, kind.__name__, limit)

    async def has_begun(self, limit: float = 15) -> None:
        await self._until(lambda: self.batches or None, "the first batch", limit)

    async def _until(self, look: Callable[[], T | None], what: str, limit: float) -> T:
        try:
            async with asyncio.timeout(limit), self._fresh:
                while (found := look()) is None:
                    if self._failure:
                        raise self._failure
                    await self._fresh.wait()
                return found
        except TimeoutError:
            seen = "\n".join(map(str, self.events)) or "(nothing)"
            raise AssertionError(f"no {what} within {limit:g} s; seen:\n{seen}") from None

    async def _read(self) -> None:
        try:
            async for batch in self.messenger.events(self.cursor):
                async with self._fresh:
                    self.batches.append(batch)
                    self.events += batch.events
                    self.cursor = batch.cursor or self.cursor
                    self._fresh.notify_all()
        except Exception as error:  # noqa: BLE001 - raised again in whoever waits
            async with self._fresh:
                self._failure = error
                self._fresh.notify_all()

    async def joins(self, room: str) -> None:
        """Accept an invitation, and wait until the room is known."""
        await self.wait_for(BotMembership, lambda event: event.chat.id == room and event.presence is Presence.INVITED)
        await self.messenger.deliver(Join(chat=ref(room)))
        await self.wait_for(BotMembership, lambda event: event.chat.id == room and event.presence is Presence.JOINED)

    async def says(self, room: str, text: RichText | str, **more: str) -> str:
        post = Post(rich(text) if isinstance(text, str) else text)
        return (await self.messenger.deliver(send(room, post=post, **more))).id


def messenger(synapse: Synapse, localpart: str, folder: Path, **settings: str) -> MatrixMessenger:
    """Create a messenger that logs in with the password `secret`, unless the settings say otherwise."""
    settings = {"password": "secret"} | settings if "access_token" not in settings else settings
    return MatrixMessenger(synapse.url, localpart, data_dir=folder, secret_key=KEY, clock=now, **settings)


@asynccontextmanager
async def running(
    synapse: Synapse, localpart: str, folder: Path, cursor: str | None = None
) -> AsyncGenerator[MatrixBot, None]:
    """Run a registered account, and read from `cursor` on."""
    started = messenger(synapse, localpart, folder)
    try:
        await started.start()
        bot = MatrixBot(started, cursor)
        try:
            await bot.has_begun() if cursor is None else None
            yield bot
        finally:
            await bot.stop()
    finally:
        await started.close()


async def person(synapse: Synapse, name: str) -> HumanMatrix:
    return await synapse.register(unique(name.lower()), "secret", name)


async def account(synapse: Synapse) -> str:
    """Register an account for the bot and return its localpart."""
    return (await synapse.register(unique("bot"), "secret", "Intercity")).id[1:].partition(":")[0]
