"""Calls of the homeserver's /sync."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable

from bot.messengers.base import AccountError
from bot.messengers.matrix.api import Rejected, Unreachable, path
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.rooms import STATE_TYPES

POLL = 30.0
"""Seconds of long polling per sync."""

_NONE: dict[str, list[str]] = {"types": []}
_TIMELINE = {"limit": 100, "lazy_load_members": True}
_STATE = {"types": list(STATE_TYPES), "lazy_load_members": True, "include_redundant_members": True}
_FILTER = json.dumps(
    {
        "room": {"timeline": _TIMELINE, "state": _STATE, "ephemeral": _NONE, "account_data": _NONE},
        "presence": _NONE,
        "account_data": _NONE,
    }
)
_NO_ROOMS = json.dumps({"room": {"rooms": []}, "presence": _NONE, "account_data": _NONE})


async def present(connection: MatrixConnection) -> str:
    """Return the current sync token. Raises Rejected or Unreachable."""
    answer = await connection.api.call("GET", path("sync"), query={"timeout": "0", "filter": _fresh(_NO_ROOMS)})
    return str(answer["next_batch"])


async def sync(
    connection: MatrixConnection,
    since: str,
    *,
    full: bool,
    wait: bool = True,
    failed: Callable[[], None] = lambda: None,
) -> Raw:
    """Return a sync answer since a token, or of the current state if it is empty; `full`: include all state.

    `wait`: for news, if there are none. `failed` is called for each failure, after which it is tried again. Raises
    AccountError.
    """
    query = {
        "timeout": str(int(POLL * 1000)) if since and wait else "0",
        "filter": _FILTER if since else _fresh(_FILTER),
    }
    query |= {"since": since} if since else {}
    query |= {"full_state": "true"} if full else {}

    async def ask() -> Raw:
        try:
            answer = await connection.api.call("GET", path("sync"), query=query, limit=POLL + 30)
        except (Rejected, Unreachable):
            failed()
            raise
        if not isinstance(answer.get("next_batch"), str):
            failed()
            raise Unreachable("the Matrix homeserver gave no answer to a sync", perhaps_done=False)
        return answer

    try:
        return await connection.insist(ask)
    except Rejected as error:
        raise AccountError(f"the Matrix homeserver does not let the bot read: {error}") from error


def _fresh(filter: str) -> str:
    """Return an equivalent filter for which the server has no cached answer (Synapse caches for two minutes).

    A sync without `since` has to return the current state.
    """
    return json.dumps(json.loads(filter) | {"presence": {"types": [secrets.token_hex(8)]}})
