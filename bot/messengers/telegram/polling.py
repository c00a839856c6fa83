"""The connection for getUpdates: an update that the library cannot parse must not block all others."""

from __future__ import annotations

import secrets
from typing import Any

import structlog
from telegram import Update
from telegram.error import TelegramError

from bot.messengers.telegram.request import Request
from bot.messengers.wire import read_json

log = structlog.get_logger()


class PollRequest(Request):
    """A request backend that reduces unparsable updates to their id, so that they are skipped but still confirmed."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Parse the response. Raises TelegramError if it is not a JSON object."""
        try:
            answer = read_json(payload)
        except ValueError as error:
            raise TelegramError("Invalid server response") from error
        if not isinstance(answer, dict):
            raise TelegramError("Invalid server response")
        if isinstance(answer.get("result"), list):
            answer["result"] = [_readable(update) for update in answer["result"] if _has_id(update)]
        return answer


def _has_id(update: object) -> bool:
    """Whether an update has an id, without which neither it nor any later one can be confirmed."""
    number = update.get("update_id") if isinstance(update, dict) else None
    if isinstance(number, int) and not isinstance(number, bool):
        return True
    log.error("update put aside", number=secrets.token_hex(3), error="it has no number")
    return False


def _readable(update: dict[str, Any]) -> dict[str, Any]:
    try:
        Update.de_json(update, None)
    except Exception as error:  # noqa: BLE001 - anything the library raises; its text may contain what people wrote
        id, number = update["update_id"], secrets.token_hex(3)
        log.error("update put aside", number=number, update=id, error=type(error).__name__)  # noqa: TRY400
        return {"update_id": id}
    return update
