"""Delivery of what is queued: one lane per destination, in order, retried until it has arrived.

A row is marked as being sent before the messenger sees it, and settled in the transaction that
claims the next one. So after a crash only rows in that state are in doubt: a messenger that
remembers our tokens gets them again; on others the message is looked for first.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Collection, Coroutine
from functools import partial

import structlog

from bot.clock import Clock
from bot.delivery.bounds import Bounds
from bot.delivery.committer import Attempted, Committer
from bot.delivery.early import EarlyClaim
from bot.delivery.failures import Failures
from bot.delivery.files import Sources
from bot.delivery.limits import RateLimits
from bot.delivery.operations import further_calls, refusal_of
from bot.logs import Aside
from bot.messengers.base import (
    Messenger,
    PermanentError,
    SendError,
    UnknownOutcome,
)
from bot.model import ChatRef, Join, Leave, MessengerName, Operation, Send, SendPoll, Sent
from bot.retries import Outage
from bot.text.merging import fitting
from storage import Database, Delivery, Merge, StorageError, Store

log = structlog.get_logger()

SETTLE = 2.0
"""Seconds until a message whose response was lost can be looked for."""
PROBE_CALLS = 5
"""Minimum number of calls needed to look for a message."""
MISTAKES = 5
"""Attempts after which a delivery that fails because of a bug of ours is given up."""
SWEEP = 1.0
"""Seconds between checks for rows queued by another process."""
TRIES = 10
"""Attempts to join or leave a chat, about 20 minutes in all: remote servers may drag them out (trust: case 93)."""
REMEMBERED = 23 * 3600
"""Seconds for which a messenger reliably remembers our tokens (Synapse: 24 hours)."""


_MOVES = (Join.kind, Leave.kind)


class Outbox:
    """The delivery lanes of all messengers that this process is logged in to."""

    def __init__(
        self,
        database: Database,
        failures: Failures,
        clock: Clock,
        *,
        backoff: tuple[float, float] = (1.0, 5.0),
    ) -> None:
        """Create the outbox. `backoff` is the first and the longest wait after a temporary error, in seconds."""
        self._database = database
        self._messengers: dict[MessengerName, Messenger] = {}
        self._limits: dict[MessengerName, RateLimits] = {}
        self._sources = Sources(database, self._messengers)
        self._failures = failures
        self._clock = clock
        self._backoff = backoff
        self._committer = Committer(database)
        self.bounds = Bounds()
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._resting: set[str] = set()
        self._stopping = False
        self._group: asyncio.TaskGroup | None = None

    def serve(self, messenger: Messenger) -> None:
        """Start delivering through a messenger, which must be logged in."""
        can = messenger.capabilities
        self._limits[messenger.name] = RateLimits(can.per_second, can.per_chat_minute)
        self._messengers[messenger.name] = messenger

    async def run(self) -> None:
        """Deliver indefinitely."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._committer.run(), name="committer")
            self._group = group
            try:
                while True:
                    await self._sweep()
                    await asyncio.sleep(SWEEP)
            finally:
                self._group = None  # what is queued from now on waits for the next start

    def wake(self, lanes: Collection[str]) -> None:
        """Signal that these lanes have something to deliver."""
        for lane in lanes:
            if self._group is None or self._stopping or lane.partition(":")[0] not in self._messengers:
                continue
            if lane in self._lanes:
                self._woken[lane].set()
            else:
                self._start(self._group, lane)

    def _start(self, group: asyncio.TaskGroup, lane: str, early: EarlyClaim | None = None) -> None:
        self._woken[lane] = asyncio.Event()
        self._woken[lane].set()
        self._lanes[lane] = group.create_task(self._lane(lane, early), name=lane)

    async def claim_early(self, store: Store, committed: asyncio.Future[bool]) -> None:
        """Claim what idle lanes can send at once, in the transaction that queues it."""
        for lane in sorted(store.queued):
            name = MessengerName(lane.partition(":")[0])
            if lane in self._lanes or name not in self._messengers or self._group is None or self._stopping:
                continue
            if not self._limits[name].wait(lane, urgent=False) and self._merge(lane, is_first=True) is None:
                early = EarlyClaim(committed)
                self._start(self._group, lane, early)
                with Aside(log, "early claim", but=(StorageError,), lane=lane):  # the lane then claims by itself
                    early.delivery = await self._claim(store, lane, urgent=False, merge=None)

    async def idle(self) -> None:
        """Wait until no lane has anything to deliver."""
        while self._lanes:
            await asyncio.wait(self._lanes.values())

    async def stop(self, limit: float) -> None:
        """Start no more deliveries, and wait at most `limit` seconds for those under way; the rest stay queued."""
        self._stopping = True
        for lane in self._resting:
            self._lanes[lane].cancel()
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=limit)

    async def _sweep(self) -> None:
        with Outage(log):
            async with self._database.begin() as store:
                self.wake(await store.deliveries.waiting(self._clock()) - set(self._lanes))

    async def _lane(self, lane: str, early: EarlyClaim | None = None) -> None:
        try:
            while self._woken[lane].is_set() and not self._stopping:
                await self._drain(lane, early)
                early = None
        finally:
            del self._lanes[lane], self._woken[lane]

    async def _drain(self, lane: str, early: EarlyClaim | None) -> None:
        """Deliver until the lane is empty."""
        limits = self._limits[MessengerName(lane.partition(":")[0])]
        result: Attempted | None = None
        is_first = True
        while True:
            # Attempted a result before any wait: until then its row is in doubt.
            if result and (result.pause or self._stopping or limits.wait(lane, urgent=False)):
                await self._committer.commit(result.record, lane)
                await self._rest(lane, asyncio.sleep(result.pause))
                result = None
            if self._stopping:
                return
            await self._rest(lane, limits.ready(lane))
            paced, merge = limits.wait(lane, urgent=False), self._merge(lane, is_first=is_first)
            limits.begin(lane)
            delivery: Delivery | None = None
            try:
                if early is None:
                    self._woken[lane].clear()
                    delivery = await self._next(lane, result, urgent=paced > 0, merge=merge)
                elif delivery := await early.result():
                    self._woken[lane].clear()  # what else its transaction has queued follows anyway
                early = None
                if delivery:
                    self.bounds.claimed(delivery)
                    result = await self._attempt(delivery, limits)
            finally:
                limits.release(lane, made=delivery is not None, urgent=delivery is not None and delivery.urgent)
            if delivery is None:
                if not paced:
                    return
                result = None
                await self._rest(lane, self._slot(lane, paced))
            is_first = False

    def _merge(self, lane: str, *, is_first: bool) -> Merge | None:
        """Return how to merge what waits in a lane; None if it has not fallen behind, or if nothing is merged there."""
        name = MessengerName(lane.partition(":")[0])
        can, free = self._messengers[name].capabilities, self._limits[name].free(lane)
        if not can.merges or free is None or (is_first and free):
            return None
        return Merge(partial(fitting, limit=can.text_length), free)

    async def _slot(self, lane: str, wait: float) -> None:
        """Wait until an ordinary call is allowed, or until more has been queued."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._woken[lane].wait()

    async def _rest(self, lane: str, waiting: Coroutine[None, None, None]) -> None:
        """Await `waiting` as a point where the lane may be cancelled, since no delivery is under way."""
        self._resting.add(lane)
        try:
            await waiting
        finally:
            self._resting.discard(lane)

    async def _next(self, lane: str, result: Attempted | None, *, urgent: bool, merge: Merge | None) -> Delivery | None:
        """Record the last result and claim the next row in one transaction."""

        async def record_and_claim(store: Store) -> Delivery | None:
            if result:
                await result.record(store)
            return await self._claim(store, lane, urgent=urgent, merge=merge)

        return await self._committer.commit(record_and_claim, lane)

    async def _claim(self, store: Store, lane: str, *, urgent: bool, merge: Merge | None) -> Delivery | None:
        messenger = self._messengers[MessengerName(lane.partition(":")[0])]
        numbering = None if messenger.capabilities.idempotent else messenger.numbering
        return await store.deliveries.claim(lane, self._clock(), numbering=numbering, urgent=urgent, merge=merge)

    async def _attempt(self, delivery: Delivery, limits: RateLimits) -> Attempted:
        messenger = self._messengers[delivery.chat.messenger]
        operation = delivery.operation
        if refusal := refusal_of(delivery, messenger.capabilities_in(delivery.chat)):
            return self._failed(delivery, refusal)
        if operation is None:
            return Attempted(lambda store: store.deliveries.cancel(delivery, self._clock()))
        try:
            sent = await self._find(messenger, delivery, operation, limits) if delivery.uncertain else None
            if sent is None:
                async with limits.calls(delivery.chat.lane, further_calls(operation)):
                    sent = await messenger.deliver(operation, self._sources.open)
        except SendError as error:
            return self._failed(delivery, error)
        except StorageError as error:
            return self._failed(delivery, UnknownOutcome(str(error)))
        except Exception:
            # A bug of ours in one row must neither end the process nor block its lane for good.
            log.exception("delivery failed", lane=delivery.chat.lane, delivery=delivery.id)
            mistake = "a mistake in Intercity"
            return self._failed(
                delivery, UnknownOutcome(mistake) if delivery.attempts < MISTAKES else PermanentError(mistake)
            )
        done = sent
        self.bounds.delivered(delivery, done)
        return Attempted(lambda store: store.deliveries.delivered(delivery, done, self._clock()))

    async def _find(
        self, messenger: Messenger, delivery: Delivery, operation: Operation, limits: RateLimits
    ) -> Sent | None:
        """Return what an earlier attempt may have sent; None if not found, or if resending does no harm."""
        age = (self._clock() - (delivery.tried_at or self._clock())).total_seconds()
        if not isinstance(operation, Send | SendPoll) or (messenger.capabilities.idempotent and age < REMEMBERED):
            return None
        await asyncio.sleep(min(SETTLE, max(0.0, SETTLE - age)))  # capped in case the clock was set back
        async with limits.calls(delivery.chat.lane, PROBE_CALLS):
            after = self.bounds.of(delivery)
            known = await self._known(messenger, delivery.chat, after)
            found = await messenger.find(operation, after=after, known=known)
        log.info("settled", lane=delivery.chat.lane, found=found is not None)
        return found

    async def _known(self, messenger: Messenger, ref: ChatRef, after: str) -> set[str]:
        """Return the ids after `after` that are certainly not the message being looked for."""
        async with self._database.begin() as store:
            counter = messenger.numbering(ref)
            chats = await store.chats.of_messenger(ref.messenger)
            alike = [chat.id for chat in chats if messenger.numbering(chat.ref) == counter]
            return await store.deliveries.ids_after(alike, after)

    def _failed(self, delivery: Delivery, error: SendError) -> Attempted:
        match error:
            case PermanentError():
                return Attempted(lambda store: self._failures.refused(store, delivery, error, self._clock()))
            case UnknownOutcome() if delivery.kind in _MOVES and delivery.attempts >= TRIES:
                return self._failed(delivery, PermanentError(f"given up: {error}"))
            case UnknownOutcome():
                wait = SETTLE if delivery.attempts == 1 and error.after is None else self._pause(delivery, error.after)
                return Attempted(lambda store: store.deliveries.postpone(delivery, str(error), certain=False), wait)
            case _:
                wait = self._pause(delivery, error.after)
                certain = not delivery.uncertain
                return Attempted(lambda store: store.deliveries.postpone(delivery, str(error), certain=certain), wait)

    def _pause(self, delivery: Delivery, after: float | None) -> float:
        """Return the seconds until the next attempt, with jitter: `after`, or doubled each time up to the longest."""
        if after is not None:
            return after + random.uniform(0.1, 0.5)  # noqa: S311 - jitter
        first, longest = self._backoff
        longest = first * 2**TRIES if delivery.kind in _MOVES else longest
        wait: float = min(longest, first * 2 ** min(delivery.attempts - 1, 16))
        return wait * random.uniform(0.7, 1.0)  # noqa: S311 - jitter
