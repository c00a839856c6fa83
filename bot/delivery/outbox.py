"""Delivery of what is queued: one lane per destination, in order, retried until it has arrived.

A row is marked as being sent before the messenger sees it, and settled in the transaction that
claims the next one. So after a crash only rows in that state are in doubt: a messenger that
remembers our tokens gets them again; on others the message is looked for first.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Collection, Coroutine, Mapping
from functools import partial

import structlog

from bot.albums import together, under_file
from bot.clock import Clock
from bot.delivery.attempts import Attempts
from bot.delivery.committer import Attempted, Committer
from bot.delivery.early import EarlyClaim
from bot.delivery.failures import Failures
from bot.delivery.limits import RateLimits
from bot.delivery.pace import Pace
from bot.logs import Aside
from bot.messengers.base import Messenger
from bot.model import MessengerName
from bot.retries import Outage
from bot.text.merging import fitting
from storage import Database, Delivery, Merge, StorageError, Store

log = structlog.get_logger()

SWEEP = 1.0
"""Seconds between checks for rows queued by another process."""


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
        self._pace = Pace()
        self._attempts = Attempts(database, self._messengers, failures, clock, backoff=backoff)
        self._clock = clock
        self._committer = Committer(database)
        self.bounds = self._attempts.bounds
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
                    pause = await self._sweep()
                    await asyncio.sleep(pause)
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
            merge = self._merge(lane, is_first=True)
            if merge.fit is None and not self._limits[name].wait(lane, urgent=False) and not self._waits(lane):
                early = EarlyClaim(committed)
                self._start(self._group, lane, early)
                with Aside(log, "early claim", but=(StorageError,), lane=lane):  # the lane then claims by itself
                    early.delivery = await self._claim(store, lane, urgent=False, merge=merge)

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

    async def _sweep(self) -> float:
        """Wake the lanes that have something to deliver; return the seconds until the next sweep."""
        with Outage(log):
            async with self._database.begin() as store:
                now = self._clock()
                self.wake(await store.deliveries.waiting(now) - set(self._lanes))
                if held := await store.deliveries.next_held(now):
                    return min(SWEEP, (held - now).total_seconds())
        return SWEEP

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
        is_first, slowed = True, False
        while True:
            slowed = result.slowed if result else slowed
            # Attempted a result before any wait: until then its row is in doubt.
            if result and (result.pause or self._stopping or limits.wait(lane, urgent=False)):
                await self._committer.commit(result.record, lane)
                await self._rest(lane, asyncio.sleep(result.pause))
                result = None
            if self._stopping:
                return
            await self._rest(lane, limits.ready(lane))
            paced, merge = limits.wait(lane, urgent=False), self._merge(lane, is_first=is_first, slowed=slowed)
            waits = self._waits(lane)
            limits.begin(lane)
            delivery: Delivery | None = None
            try:
                if early is None:
                    self._woken[lane].clear()
                    delivery = await self._next(lane, result, urgent=paced > 0, merge=merge, resting=waits)
                elif delivery := await early.result():
                    self._woken[lane].clear()  # what else its transaction has queued follows anyway
                early = None
                if delivery:
                    if delivery.post and delivery.post.files:
                        limits.save(lane)
                    result = await self._attempts.make(delivery, limits)
            finally:
                limits.release(lane, made=delivery is not None, urgent=delivery is not None and delivery.urgent)
            if delivery is None:
                paced = max(paced, min(waits.values(), default=0.0))
                if not paced:
                    return
                result = None
                await self._rest(lane, self._slot(lane, paced))
            is_first = False

    def _merge(self, lane: str, *, is_first: bool, slowed: bool = False) -> Merge:
        """Return how to merge what waits in a lane: texts only if it has fallen behind.

        `slowed`: the messenger has asked to wait, as in a group in slow mode; then all that waits is merged.
        """
        name = MessengerName(lane.partition(":")[0])
        can, free = self._messengers[name].capabilities, self._limits[name].free(lane)
        album = partial(together, can=can) if can.albums else None
        if not can.merges or free is None or (is_first and free):
            return Merge(album=album)
        return Merge(
            partial(fitting, limit=can.text_length), 0 if slowed else free, album, partial(under_file, can=can)
        )

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

    async def _next(
        self, lane: str, result: Attempted | None, *, urgent: bool, merge: Merge, resting: Collection[int]
    ) -> Delivery | None:
        """Record the last result and claim the next row in one transaction."""

        async def record_and_claim(store: Store) -> Delivery | None:
            if result:
                await result.record(store)
            return await self._claim(store, lane, urgent=urgent, merge=merge, resting=resting)

        return await self._committer.commit(record_and_claim, lane)

    async def _claim(
        self, store: Store, lane: str, *, urgent: bool, merge: Merge, resting: Collection[int] = ()
    ) -> Delivery | None:
        messenger = self._messengers[MessengerName(lane.partition(":")[0])]
        numbering = None if messenger.capabilities.idempotent else messenger.numbering
        delivery = await store.deliveries.claim(
            *(lane, self._clock()),
            numbering=numbering,
            urgent=urgent or len(resting) > 1,
            resting=next(iter(resting), None),
            merge=merge,
        )
        if delivery and not delivery.urgent:
            self._pace.sent(lane, delivery.person_id)
        return delivery

    def _waits(self, lane: str) -> Mapping[int, float]:
        """Return whose messages to a lane have to wait, and for how many seconds.

        If there are several, everything ordinary waits. Where few calls are allowed, what waits is merged instead.
        """
        is_limited = self._limits[MessengerName(lane.partition(":")[0])].free(lane) is not None
        return {} if is_limited else self._pace.waits(lane)
