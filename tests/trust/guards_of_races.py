"""The guards of what happens only once, each taken away as in `guards`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import OneTimeCode, tables
from storage import database as stored
from storage.codes.repository import Codes
from storage.deliveries.repository import Deliveries
from tests.trust import test_races as races
from tests.trust.guards import Removal, instead

Case = Callable[..., Coroutine[Any, Any, None]]


async def _whatever_it_is_now(self: Codes, code: OneTimeCode, *_where: sa.ColumnElement[bool], **values: Any) -> bool:
    await self._connection.execute(sa.update(tables.codes).where(tables.codes.c.id == code.id).values(values))
    return True


async def _as_it_was_read(self: Deliveries, row: sa.Row[Any], marks: dict[str, Any]) -> bool:
    await self._set(row.id, **marks)
    return True


def _for_everybody(_engine: AsyncEngine, _name: str) -> AbstractAsyncContextManager[None]:
    return nullcontext()


codes_changed_blindly = instead(Codes, "_set", _whatever_it_is_now)
rows_claimed_blindly = instead(Deliveries, "_mark", _as_it_was_read)
databases_not_held = instead(stored, "exclusive", _for_everybody)

GUARDS: list[tuple[Case, Removal]] = [
    (races.test_case_106_one_transaction_alone_uses_a_code, codes_changed_blindly),
    (races.test_case_106_one_account_alone_claims_a_code, codes_changed_blindly),
    (races.test_case_106_one_transaction_alone_claims_a_row, rows_claimed_blindly),
    (races.test_case_106_what_is_taken_back_meanwhile_is_not_claimed, rows_claimed_blindly),
    (races.test_case_106_what_moves_meanwhile_is_not_claimed_in_its_former_lane, rows_claimed_blindly),
    (races.test_case_106_two_bots_do_not_work_for_one_messenger_on_one_database, databases_not_held),
]
