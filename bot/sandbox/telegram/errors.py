"""The errors that methods answer with."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class ApiError(Exception):
    """An answer with `ok: false`; `code` is the HTTP status as well."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """Store the parts of the answer."""
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    @property
    def answer(self) -> Json:
        """The body as Telegram sends it."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(text: str) -> ApiError:
    """Return the 400 with this text."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Return the 403 with this text."""
    return ApiError(403, f"Forbidden: {text}")


def not_played(what: str) -> ApiError:
    """Return the 501 for what the emulator does not support."""
    return ApiError(501, f"Not Implemented: the emulator does not play {what}")
