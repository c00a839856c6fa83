"""Claims that are made in the transaction that queues: a lane that is idle then needs no other one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from storage import Delivery


@dataclass(slots=True)
class EarlyClaim:
    """What a transaction claims for a lane, and whether it has been committed."""

    committed: asyncio.Future[bool]
    delivery: Delivery | None = None

    async def result(self) -> Delivery | None:
        """Return what has been claimed, once that is committed; None if it was rolled back."""
        return self.delivery if await self.committed else None
