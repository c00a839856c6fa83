"""The connection for getUpdates: an update that the library cannot read must not hold up all others."""

from __future__ import annotations

from typing import Any

import structlog
from telegram import Update
from telegram.request import HTTPXRequest

log = structlog.get_logger()


class PollRequest(HTTPXRequest):
    """Leaves of an unreadable update its id alone, so that it is passed over and still confirmed."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read the answer; raises TelegramError when it is not JSON."""
        answer = HTTPXRequest.parse_json_payload(payload)
        if isinstance(answer.get("result"), list):
            answer["result"] = [_readable(update) for update in answer["result"]]
        return answer


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over, intake must go on
        log.warning("unreadable update skipped", update=update.get("update_id"), error=type(error).__name__)
        return {"update_id": update["update_id"]}
    return update
