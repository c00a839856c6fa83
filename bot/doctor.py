"""Health checks for /doctor, in the background because no transaction may wait for the network."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

import structlog

from bot.clock import Clock
from bot.logs import Aside
from bot.messengers.base import CheckResult, Messenger, SendError
from bot.model import ChatRef, MessengerName
from bot.readiness import Readiness
from bot.text.catalogue import LazyText, _, lines
from bot.voice import Voice, name_of
from storage import Chat, Database, HealthCheckRequest, StorageError

log = structlog.get_logger()

SWEEP = 30.0
"""Seconds between checks for requests that an earlier process left unanswered."""
CHECK_TIMEOUT = 20.0
"""Seconds that a messenger has to respond."""


class Doctor:
    """A background task that runs requested health checks on the chats of a dialogue."""

    def __init__(
        self, database: Database, voice: Voice, messengers: Mapping[MessengerName, Messenger], clock: Clock
    ) -> None:
        """Create the task. `messengers` is a live mapping of those that are logged in."""
        self._database = database
        self._voice = voice
        self._messengers = messengers
        self._clock = clock
        self._woken = asyncio.Event()
        self._readiness = Readiness(database, voice, self._check_health, clock)

    def wake(self) -> None:
        """Signal that a health check was requested."""
        self._woken.set()

    async def run(self) -> None:
        """Answer requests indefinitely."""
        while True:
            self._woken.clear()
            try:
                with Aside(log, "examination", but=(StorageError,)):
                    await self.answer_all()
            except StorageError as error:
                log.warning("database", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(SWEEP):
                    await self._woken.wait()

    async def answer_all(self) -> None:
        """Answer all requests, and check recently paired chats. Raises StorageError."""
        async with self._database.begin() as store:
            asked = await store.health_checks.all()
        for checkup in asked:
            await self._answer(checkup)
        await self._readiness.look()

    async def _answer(self, checkup: HealthCheckRequest) -> None:
        async with self._database.begin() as store:
            chats = await store.chats.of_dialogue(checkup.dialogue_id)
        report = await self._report(chats)
        async with self._database.begin() as store:
            if await store.health_checks.done(checkup):
                chat = await store.chats.get(checkup.chat_id)
                reply_to = checkup.reply_native_id or None
                await self._voice.post(store, [chat], report, self._clock(), reply_to=reply_to)

    async def _report(self, chats: list[Chat]) -> LazyText:
        rows = []
        for name in dict.fromkeys(chat.ref.messenger for chat in chats):
            found = await self._check_health(name, None)
            rows += [_("*{messenger}*", messenger=name.title()), *map(_row, found)]
            for chat in (chat for chat in chats if chat.ref.messenger is name):
                rows.append(_("*{chat}*", chat=name_of(chat)))
                rows += map(_row, await self._check_health(name, chat.ref))
        return lines(*rows)

    async def _check_health(self, name: MessengerName, chat: ChatRef | None) -> list[CheckResult]:
        messenger = self._messengers.get(name)
        try:
            with Aside(log, "examination", but=(SendError, TimeoutError), messenger=name):
                async with asyncio.timeout(CHECK_TIMEOUT):
                    if messenger is not None:
                        return await messenger.check_health(chat)
        except (SendError, TimeoutError) as error:
            log.warning("examination", messenger=name, error=str(error))
        return [CheckResult(False, _("does not answer at the moment; messages wait until it does"))]


def _row(finding: CheckResult) -> LazyText:
    return _("✅ {text}", text=finding.text) if finding.ok else _("⚠️ {text}", text=finding.text)
