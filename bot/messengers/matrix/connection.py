"""The logged-in connection: calls with retries, and renewal of the access token."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import structlog

from bot.messengers.base import AccountError
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path
from bot.messengers.matrix.crypto import Crypto
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.session import Credentials, Session, Vault, log_in
from bot.messengers.matrix.signing import CrossSigning

log = structlog.get_logger()

T = TypeVar("T")

ATTEMPTS = 3
"""Attempts at a request that the server does not answer while it answers others."""
_FIRST, _LONGEST = 0.5, 5.0
"""Shortest and longest pause in seconds after a failure."""


class MatrixConnection:
    """A logged-in device on a homeserver."""

    def __init__(self, api: Api, session: Session, vault: Vault, crypto: Crypto, credentials: Credentials) -> None:
        """Use a session that works."""
        self.api = api
        self.crypto = crypto
        self.me = session.user_id
        self._session = session
        self._vault = vault
        self._credentials = credentials
        self._renewal = asyncio.Lock()

    async def close(self) -> None:
        """Close the connections and the key store."""
        await self.api.close()
        await self.crypto.close()

    async def publish(self) -> None:
        """Publish and cross-sign the keys of our device, unless the server already has them.

        Raises AccountError if the server has other keys for this device than our store
        (trust: case 86), Rejected or Unreachable.
        """
        session, identity = self._session, self.crypto.identity
        answer = await self.api.call("POST", path("keys", "query"), {"device_keys": {self.me: [session.device_id]}})
        device = answer.get("device_keys", {}).get(self.me, {}).get(session.device_id, {})
        published = device.get("keys", {}).get(f"ed25519:{session.device_id}")
        if any(known not in (None, "", identity) for known in (session.identity, published)):
            raise AccountError(self._vault.foreign_keys())
        await self.crypto.publish(again=not published)
        self._session = replace(session, identity=identity)
        self._vault.save(self._session)
        signing = CrossSigning(self.me, session.seeds)
        await signing.establish(self.api, session.device_id, self._credentials.password)

    async def is_vouched_for(self) -> bool:
        """Return whether our device is cross-signed. Raises Rejected or Unreachable."""
        return await CrossSigning(self.me, self._session.seeds).holds(self.api, self._session.device_id)

    async def renew(self, token: str) -> None:
        """Log in again after `token` was rejected; concurrent callers share one login.

        Raises AccountError, Rejected or Unreachable.
        """
        async with self._renewal:
            if self.api.token not in (token, ""):
                return
            self._session = await log_in(self.api, self._session, self._credentials.password)
            self._vault.save(self._session)
            self.crypto.log_in()
            log.info("logged in again", messenger="matrix")
            await self.publish()  # a device that was logged out has lost its keys on the server

    def clear(self, room: str, event: Raw) -> Raw:
        """Return the decrypted event, or the event itself if it is not encrypted or cannot be decrypted."""
        if event.get("type") != "m.room.encrypted":
            return event
        try:
            return self.crypto.decrypt(room, event) or event
        except ValueError:
            return event

    async def look_up(self, where: str, *, query: Mapping[str, str] | None = None, attempts: int = ATTEMPTS) -> Raw:
        """Return the resource at a path, or an empty object. Raises AccountError.

        If the whole server is down, wait for it. If it answers other requests but not this one in `attempts`, give
        up: a request that a stranger has triggered must not block everything else (trust: case 91).
        """
        failed = 0
        while failed < attempts:
            try:
                return await self.api.call("GET", where, query=query)
            except Unreachable as error:
                failed, pause = failed + 1, min(_LONGEST, _FIRST * 2**failed)
                log.warning("matrix look-up", error=str(error))
            except Rejected as error:
                if error.errcode and not (error.logged_out or error.limited):
                    return {}
                failed, pause = failed + (not error.errcode), error.retry_after or _FIRST
            await asyncio.sleep(pause)
            await self._wait_for_server()
        log.error("matrix look-up given up", path=where)
        return {}

    async def _wait_for_server(self) -> None:
        """Wait until the homeserver responds. Raises AccountError."""
        try:
            await self.insist(lambda: self.api.call("GET", path("account", "whoami")))
        except Rejected as error:
            raise AccountError(f"the Matrix homeserver does not know the bot any more: {error}") from error

    async def insist(self, attempt: Callable[[], Awaitable[Raw]]) -> Raw:
        """Retry until there is an answer.

        Raises AccountError, and Rejected for a permanent refusal by the homeserver itself; a refusal
        without an error code comes from a proxy in between and is retried.
        """
        wait = _FIRST
        while True:
            token = self.api.token
            try:
                return await attempt()
            except Unreachable as error:
                log.warning("matrix waits", error=str(error))
                pause = wait * random.uniform(0.5, 1.0)  # noqa: S311 - jitter
            except Rejected as error:
                if error.errcode and not (error.logged_out or error.limited):
                    raise
                log.warning("matrix waits", error=str(error))
                pause = error.retry_after or wait
                if error.logged_out and await self._renewed(token):
                    continue
            await asyncio.sleep(pause)
            wait = min(_LONGEST, wait * 2)

    async def _renewed(self, token: str) -> bool:
        try:
            await self.renew(token)
        except (Rejected, Unreachable) as error:
            log.warning("matrix login", error=str(error))
            return False
        return True
