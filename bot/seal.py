"""Marks what went through other hands, so that only what this bot made counts when it comes back."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import blake2b

LONGEST = 64
"""Bytes that a button can carry (Bot API, InlineKeyboardButton.callback_data)."""
_TAG = 8
"""Bytes of a tag: 2⁶⁴ guesses, each of which is a press that a person must make."""


class Seal:
    """Seals with the installation's secret key."""

    def __init__(self, key: bytes) -> None:
        """Take a key of 1 to 64 bytes."""
        self._key = key

    def put(self, message_id: int, action: str) -> str:
        """Seal what a button of a message does. Raises ValueError when it becomes longer than a button can carry."""
        sealed = f"{action}~{self._tag(message_id, action)}"
        if len(sealed.encode()) > LONGEST:
            raise ValueError(f"too long for a button: {action!r}")
        return sealed

    def open(self, message_id: int, sealed: str) -> str | None:
        """Give what the button of a message does; None: it was not sealed here, or for another message."""
        action, _sign, tag = sealed.rpartition("~")
        good = hmac.compare_digest(tag.encode(), self._tag(message_id, action).encode())
        return action if good else None

    def digest(self, secret: str) -> str:
        """Give what may be stored of a one-time code: nobody can find the code to it without the key."""
        return blake2b(secret.encode(), key=self._key, person=b"code").hexdigest()

    def fingerprint(self, words: str) -> str:
        """Return what may be stored to recognise words again: without the key nobody can test a guess at them."""
        return blake2b(words.encode(), key=self._key, person=b"words", digest_size=16).hexdigest()

    def _tag(self, message_id: int, action: str) -> str:
        made = blake2b(f"{message_id} {action}".encode(), key=self._key, person=b"button", digest_size=_TAG).digest()
        return urlsafe_b64encode(made).rstrip(b"=").decode()
