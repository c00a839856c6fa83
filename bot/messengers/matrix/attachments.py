"""Addresses and encryption of files (client-server specification, "Sending encrypted attachments")."""

from __future__ import annotations

import re
import secrets
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from Crypto.Cipher import AES

from bot.messengers.matrix.raw import Raw, as_dict

_MXC = re.compile(r"mxc://([A-Za-z0-9\[][A-Za-z0-9.:\]-]{0,254})/([A-Za-z0-9_-]{1,255})")
_KEY, _IV, _HASH = 32, 16, 32
"""Lengths in bytes."""


class Damaged(ValueError):
    """The bytes are not those that were encrypted."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What encrypts one file: an AES-256 key, and the first counter block of which the upper half is random."""

    key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY), repr=False)
    iv: bytes = field(default_factory=lambda: secrets.token_bytes(_IV // 2) + bytes(_IV // 2))

    def cipher(self) -> Any:  # noqa: ANN401 - the library's type is private
        """Return a cipher at the beginning of the file."""
        return AES.new(self.key, AES.MODE_CTR, nonce=self.iv[:8], initial_value=self.iv[8:])


@dataclass(frozen=True, slots=True)
class Address:
    """Where a file is, as server and media id, and if it is encrypted its secret and the SHA-256 of its ciphertext."""

    server: str
    media: str
    secret: Secret | None = None
    digest: bytes = b""

    @property
    def mxc(self) -> str:
        """The mxc: URI."""
        return f"mxc://{self.server}/{self.media}"

    def __str__(self) -> str:
        """Return the source that `parse` reads: `matrix:mxc://SERVER/ID`, if encrypted with `#KEY.IV.DIGEST`."""
        if self.secret is None:
            return f"matrix:{self.mxc}"
        return f"matrix:{self.mxc}#" + ".".join(map(_text, (self.secret.key, self.secret.iv, self.digest)))

    @classmethod
    def parse(cls, source: str) -> Address:
        """Parse a source. Raises ValueError."""
        mxc, _, secret = source.removeprefix("matrix:").partition("#")
        if not secret:
            return cls(*_parts(mxc))
        key, iv, digest = map(_bytes, secret.split("."))
        return cls(*_parts(mxc), Secret(key, iv), digest)

    @classmethod
    def of(cls, content: Raw, plain: str = "url", encrypted: str = "file") -> Address | None:
        """Return the address in the content or info of a message, None if there is none that we can use."""
        sealed = as_dict(content.get(encrypted))
        try:
            if not sealed:
                return cls(*_parts(content.get(plain)))
            key, iv = _bytes(as_dict(sealed.get("key")).get("k")), _bytes(sealed.get("iv"))
            digest = _bytes(as_dict(sealed.get("hashes")).get("sha256"))
            if (len(key), len(iv), len(digest), sealed.get("v")) != (_KEY, _IV, _HASH, "v2"):
                return None
            return cls(*_parts(sealed.get("url")), Secret(key, iv), digest)
        except ValueError:
            return None

    def content(self, plain: str = "url", encrypted: str = "file") -> Raw:
        """Return the keys of a message's content that `of` reads."""
        if self.secret is None:
            return {plain: self.mxc}
        key = {"kty": "oct", "alg": "A256CTR", "ext": True, "key_ops": ["encrypt", "decrypt"]}
        sealed = {
            "v": "v2",
            "url": self.mxc,
            "key": key | {"k": _text(self.secret.key)},
            "iv": _text(self.secret.iv, b"+/"),
            "hashes": {"sha256": _text(self.digest, b"+/")},
        }
        return {encrypted: sealed}


async def encrypt(chunks: AsyncIterable[bytes], secret: Secret) -> AsyncIterator[bytes]:
    """Yield the encrypted chunks."""
    cipher = secret.cipher()
    async for chunk in chunks:
        yield cipher.encrypt(chunk)


async def decrypt(chunks: AsyncIterable[bytes], address: Address) -> AsyncIterator[bytes]:
    """Yield the decrypted chunks; the last one only after all have been verified. Raises Damaged."""
    assert address.secret, "encrypted"  # noqa: S101 - a caller's mistake
    cipher, found, held = address.secret.cipher(), sha256(), b""
    async for chunk in chunks:
        if held:
            yield cipher.decrypt(held)
        found.update(chunk)
        held = chunk
    if found.digest() != address.digest:
        raise Damaged("the file is not the one that was sent")
    yield cipher.decrypt(held)


def _parts(mxc: object) -> tuple[str, str]:
    found = _MXC.fullmatch(mxc) if isinstance(mxc, str) else None
    if not found:
        raise ValueError("not an mxc: URI")
    return found[1], found[2]


def _text(value: bytes, alphabet: bytes = b"-_") -> str:
    text = urlsafe_b64encode(value).rstrip(b"=")
    return text.translate(bytes.maketrans(b"-_", alphabet)).decode()


def _bytes(text: object) -> bytes:
    """Decode base64 of either alphabet, with or without padding. Raises ValueError."""
    if not isinstance(text, str) or len(text) > 100:
        raise ValueError("not base64")
    return b64decode(text.rstrip("=").translate(str.maketrans("-_", "+/")) + "=" * (-len(text.rstrip("=")) % 4))
