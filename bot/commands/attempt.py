"""The one place that catches what goes wrong in a feature, so that everything else goes on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.logs import put_aside
from bot.text.catalogue import LazyText, UserError, _
from storage import StorageError, Store

log = structlog.get_logger()


@dataclass(slots=True)
class Attempt:
    """How a block ended: `refusal` is what to tell people, None if it succeeded.

    `number`: under which the operator finds the mistake in the log; empty if people made it themselves.
    """

    refusal: LazyText | None = None
    number: str = ""


@asynccontextmanager
async def attempt(store: Store, what: str, **where: object) -> AsyncIterator[Attempt]:
    """Run a block in a savepoint: if it fails, only what it did is undone, and a mistake is logged once as `what`.

    Raises StorageError.
    """
    ended = Attempt()
    try:
        async with store.savepoint():
            yield ended
    except UserError as error:
        ended.refusal = error.text
    except StorageError:
        raise
    except Exception as error:  # noqa: BLE001 - a mistake in one feature must not stop the others (trust: case 91)
        ended.number = put_aside(log, what, error, **where)
        ended.refusal = _(
            "Something went wrong; nothing was changed. Please tell the operator: {number}", number=ended.number
        )
