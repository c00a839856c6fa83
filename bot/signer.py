"""Signing of data that passes through clients, so that only what this bot issued is accepted back."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from hashlib import blake2b

from nacl.secret import SecretBox

from bot.model import Account

LONGEST_ACTION = 64
"""Bytes that a button can carry (Bot API, InlineKeyboardButton.callback_data)."""
_TAG = 8
"""Bytes of a tag: 2⁶⁴ guesses, each of which takes a button press."""


class Signer:
    """A signer with the installation's secret key."""

    def __init__(self, key: bytes) -> None:
        """Create a signer with a key of 1 to 64 bytes."""
        self._key = key

    def sign(self, message_id: int, action: str) -> str:
        """Return the signed action of a message's button. Raises ValueError if it is longer than a button can carry."""
        sealed = f"{action}~{self._tag(message_id, action)}"
        if len(sealed.encode()) > LONGEST_ACTION:
            raise ValueError(f"too long for a button: {action!r}")
        return sealed

    def verify(self, message_id: int, sealed: str) -> str | None:
        """Return the verified action of a message's button; None if not signed here, or for another message."""
        action, _sign, tag = sealed.rpartition("~")
        good = hmac.compare_digest(tag.encode(), self._tag(message_id, action).encode())
        return action if good else None

    def digest(self, secret: str) -> str:
        """Return the digest of a one-time code for storage; without the key nobody can find the code to it."""
        return blake2b(secret.encode(), key=self._key, person=b"code").hexdigest()

    def fingerprint(self, words: str) -> str:
        """Return a digest to recognise words by; without the key nobody can test a guess at them."""
        return blake2b(words.encode(), key=self._key, person=b"words", digest_size=16).hexdigest()

    def mark(self, account: Account) -> str:
        """Return the short mark of an account, of 8 characters: few bytes are left in a button."""
        made = blake2b(str(account).encode(), key=self._key, person=b"account", digest_size=6).digest()
        return urlsafe_b64encode(made).decode()

    def voter(self, poll_id: int, person_id: int) -> str:
        """Return the digest of a person in a secret poll: the same for each of their ballots in it, and only there."""
        about = f"{poll_id} {person_id}".encode()
        return blake2b(about, key=self._key, person=b"voter", digest_size=16).hexdigest()

    def pseudonym(self, dialogue_id: int, account: Account) -> str:
        """Return the digest of an account in what a dialogue agrees on: it stays when the person is forgotten."""
        about = f"{dialogue_id} {account}".encode()
        return blake2b(about, key=self._key, person=b"actor", digest_size=16).hexdigest()

    def veil(self, voter: str, at: datetime) -> int:
        """Return a number of 63 bits for the time at which a voter cast a secret ballot; only `unveil` reads it."""
        return self._mask(voter) ^ int(at.timestamp() * 1000)

    def unveil(self, voter: str, turn: int) -> datetime:
        """Return the time at which a voter cast a secret ballot, to the millisecond."""
        return datetime.fromtimestamp((self._mask(voter) ^ turn) / 1000, UTC)

    def seal(self, text: str) -> str:
        """Return a text encrypted, for what the database alone must not tell; never twice the same."""
        return urlsafe_b64encode(self._box().encrypt(text.encode())).decode()

    def unseal(self, sealed: str) -> str:
        """Return a text that `seal` has encrypted. Raises nacl.exceptions.CryptoError if it was another key."""
        return self._box().decrypt(urlsafe_b64decode(sealed)).decode()

    def _box(self) -> SecretBox:
        return SecretBox(blake2b(key=self._key, person=b"seal", digest_size=SecretBox.KEY_SIZE).digest())

    def _mask(self, voter: str) -> int:
        made = blake2b(voter.encode(), key=self._key, person=b"turn", digest_size=8).digest()
        return int.from_bytes(made) >> 1

    def _tag(self, message_id: int, action: str) -> str:
        made = blake2b(f"{message_id} {action}".encode(), key=self._key, person=b"button", digest_size=_TAG).digest()
        return urlsafe_b64encode(made).rstrip(b"=").decode()
