"""What a method answers when it does not do what was asked."""

from __future__ import annotations

from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class ApiError(Exception):
    """An answer with `ok: false`; `code` is also the HTTP status."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        """Keep the three parts of the answer."""
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
    """Give the 400 that says `text`."""
    return ApiError(400, f"Bad Request: {text}")


def forbidden(text: str) -> ApiError:
    """Give the 403 that says `text`."""
    return ApiError(403, f"Forbidden: {text}")


def not_played(what: str) -> ApiError:
    """Give the 501 with which the emulator owns up to something that it does not play."""
    return ApiError(501, f"Not Implemented: the emulator does not play {what}")
