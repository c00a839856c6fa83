"""One attempt at a delivery: it is sent, or found where an earlier attempt has sent it; and what an error leads to."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.delivery.bounds import Bounds
from bot.delivery.committer import Attempted
from bot.delivery.failures import Failures
from bot.delivery.files import Sources, unavailable
from bot.delivery.limits import RateLimits
from bot.delivery.operations import further_calls, refusal_of
from bot.messengers.base import (
    Messenger,
    PermanentError,
    SendError,
    UnknownOutcome,
)
from bot.model import ChatRef, Join, Leave, MessengerName, Operation, Send, SendPoll, Sent
from storage import Database, Delivery, StorageError

log = structlog.get_logger()

SETTLE = 2.0
"""Seconds until a message whose response was lost can be looked for."""
PROBE_CALLS = 5
"""Minimum number of calls needed to look for a message."""
MISTAKES = 5
"""Attempts after which a delivery that fails because of a bug of ours is given up."""
TRIES = 10
"""Attempts to join or leave a chat, about 20 minutes in all: remote servers may drag them out (trust: case 93)."""
PATIENCE = timedelta(minutes=10)
"""For how long a file that cannot be fetched for now holds up what follows it; then its message goes without it."""
REMEMBERED = 23 * 3600
"""Seconds for which a messenger reliably remembers our tokens (Synapse: 24 hours)."""

_MOVES = (Join.kind, Leave.kind)


class Attempts:
    """Attempts at deliveries, each of which ends with what is to be recorded."""

    def __init__(
        self,
        database: Database,
        messengers: Mapping[MessengerName, Messenger],
        failures: Failures,
        clock: Clock,
        *,
        backoff: tuple[float, float],
    ) -> None:
        """Deliver through `messengers`, to which more may be added. `backoff` as in `Outbox`."""
        self._database = database
        self._messengers = messengers
        self._sources = Sources(database, messengers)
        self._failures = failures
        self._clock = clock
        self._backoff = backoff
        self.bounds = Bounds()
        self._missing_since: dict[int, datetime] = {}
        """When a file of a delivery could not be fetched for the first time, by its id."""

    async def make(self, delivery: Delivery, limits: RateLimits) -> Attempted:
        """Carry out a claimed delivery, within the limits of its messenger; return what has become of it."""
        self.bounds.claimed(delivery)
        messenger = self._messengers[delivery.chat.messenger]
        operation = delivery.operation
        if refusal := refusal_of(delivery, messenger.capabilities_in(delivery.chat)):
            return self._failed(delivery, refusal)
        if operation is None:
            return Attempted(lambda store: store.deliveries.cancel(delivery, self._clock()))
        try:
            sent = await self._find(messenger, delivery, operation, limits) if delivery.uncertain else None
            if sent is None:
                further = limits.calls(delivery.chat.lane, further_calls(operation))
                async with self._sources.transfer(delivery), further:
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
        self._missing_since.pop(delivery.id, None)
        self.bounds.delivered(delivery, done)
        return Attempted(lambda store: self._failures.arrived(store, delivery, done, self._clock()))

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
                self._missing_since.pop(delivery.id, None)
                return Attempted(lambda store: self._failures.refused(store, delivery, error, self._clock()))
            case UnknownOutcome() if delivery.kind in _MOVES and delivery.attempts >= TRIES:
                return self._failed(delivery, PermanentError(f"given up: {error}"))
            case UnknownOutcome():
                wait = SETTLE if delivery.attempts == 1 and error.after is None else self._pause(delivery, error.after)
                return Attempted(lambda store: store.deliveries.postpone(delivery, str(error), certain=False), wait)
            case _ if error.of_file and self._is_missing(delivery):
                return self._failed(delivery, unavailable(error))
            case _ if error.of_file and not delivery.uncertain:
                until = self._clock() + timedelta(seconds=self._pause(delivery, None))
                return Attempted(lambda store: store.deliveries.put_aside(delivery, str(error), until))
            case _:
                wait = self._pause(delivery, error.after)
                certain, slowed = not delivery.uncertain, error.after is not None
                return Attempted(
                    lambda store: store.deliveries.postpone(delivery, str(error), certain=certain), wait, slowed
                )

    def _is_missing(self, delivery: Delivery) -> bool:
        """Whether a file that cannot be fetched now could not be for too long."""
        since = self._missing_since.setdefault(delivery.id, self._clock())
        return self._clock() - since > PATIENCE

    def _pause(self, delivery: Delivery, after: float | None) -> float:
        """Return the seconds until the next attempt, with jitter: `after`, or doubled each time up to the longest."""
        if after is not None:
            return after + random.uniform(0.1, 0.5)  # noqa: S311 - jitter
        first, longest = self._backoff
        longest = first * 2**TRIES if delivery.kind in _MOVES else longest
        wait: float = min(longest, first * 2 ** min(delivery.attempts - 1, 16))
        return wait * random.uniform(0.7, 1.0)  # noqa: S311 - jitter
