"""Our session on the homeserver: one permanent device, its access token and the cross-signing keys."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from bot.messengers.base import AccountError, TemporaryError
from bot.messengers.matrix.api import Api, Rejected, Unreachable, path
from bot.messengers.matrix.crypto import STORE
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.signing import Seeds, new_seeds


@dataclass(frozen=True, slots=True)
class Credentials:
    """The credentials in the settings; either a password or an access token."""

    user: str
    password: str = ""
    access_token: str = ""
    device_id: str = ""


@dataclass(frozen=True, slots=True)
class Session:
    """The session stored between starts. `identity` is the device's public key, empty until it is published."""

    user_id: str
    device_id: str
    token: str
    seeds: Seeds
    identity: str = ""


class Vault:
    """The file that stores the session, encrypted with the secret key."""

    def __init__(self, folder: Path, secret_key: bytes) -> None:
        """Store the session in `folder`; `secret_key` has 32 bytes."""
        self.folder = folder
        self.pickle_key = _derived(secret_key, b"matrix olm").hex()
        self._file = folder / "session.sealed"
        self._box = SecretBox(_derived(secret_key, b"matrix session"))

    def load(self) -> Session | None:
        """Return the stored session, if any.

        Raises AccountError if it cannot be decrypted, if it is missing beside the key store, or if the keys
        of a published device are missing.
        """
        if not self._file.exists():
            if (self.folder / STORE).exists():
                raise AccountError(f"{self._file} is missing beside the keys: {_REMEDY.format(self.folder)}")
            return None
        try:
            kept: dict[str, Any] = json.loads(self._box.decrypt(self._file.read_bytes()))
            session = Session(**kept | {"seeds": tuple(kept["seeds"])})
        except (CryptoError, ValueError, TypeError, KeyError) as error:
            text = f"{self._file} cannot be opened with INTERCITY_SECRET_KEY"
            raise AccountError(f"{text}: restore that key, or {_REMEDY.format(self.folder)}") from error
        if session.identity and not (self.folder / STORE).exists():
            raise AccountError(f"the encryption keys {STORE} are missing: {_REMEDY.format(self.folder)}")
        return session

    def save(self, session: Session) -> None:
        """Store the session atomically: a crash leaves either the old or the new one."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".new")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(self._box.encrypt(json.dumps(asdict(session)).encode()))
            out.flush()
            os.fsync(out.fileno())
        fresh.replace(self._file)

    def foreign_keys(self) -> str:
        """Return what to do if the keys in the store are not those of the session's device (trust: case 86)."""
        return f"the keys in {STORE} belong to another device: {_REMEDY.format(self.folder)}"


_REMEDY = "restore {0} from the backup of this very device, or move it away to begin as a new device"


async def open_session(api: Api, vault: Vault, given: Credentials) -> Session:
    """Return a session with a working token, which is set on `api`. Raises AccountError or `TemporaryError`."""
    try:
        session = vault.load() or await _first(api, vault, given)
        _check_settings(session, given)
        session = replace(session, token=given.access_token or session.token)
        api.token = session.token
        return await _proved(api, vault, session, given)
    except Unreachable as error:
        raise TemporaryError(str(error)) from error
    except Rejected as error:
        if error.limited:
            raise TemporaryError(str(error), error.retry_after) from error
        raise AccountError(f"INTERCITY_MATRIX_HOMESERVER: {api.homeserver} does not serve Matrix ({error})") from error


async def log_in(api: Api, session: Session, password: str) -> Session:
    """Log in again as the same device and set the new token on `api`. Raises AccountError, Rejected or Unreachable."""
    if not password:
        raise AccountError("INTERCITY_MATRIX_ACCESS_TOKEN: the homeserver does not know this token any more")
    body = {
        "type": "m.login.password",
        "identifier": {"type": "m.id.user", "user": session.user_id},
        "password": password,
        "device_id": session.device_id,
        "initial_device_display_name": "Intercity",
    }
    api.token = ""
    try:
        answer = await api.call("POST", path("login"), body)
    except Rejected as error:
        if error.errcode in {"M_FORBIDDEN", "M_USER_DEACTIVATED", "M_INVALID_USERNAME"}:
            text = "INTERCITY_MATRIX_USER or INTERCITY_MATRIX_PASSWORD is wrong"
            raise AccountError(f"{text}: the homeserver refuses the login") from error
        raise
    user, token = answer.get("user_id"), answer.get("access_token")
    if not isinstance(user, str) or not isinstance(token, str) or answer.get("device_id") != session.device_id:
        raise AccountError("INTERCITY_MATRIX_HOMESERVER: the login was not answered as Matrix says")
    api.token = token
    return replace(session, user_id=user, token=token)


async def _first(api: Api, vault: Vault, given: Credentials) -> Session:
    """Create a session for a new device, or for the one that the access token belongs to."""
    device = given.device_id or f"INTERCITY{secrets.token_hex(4).upper()}"
    session = Session(given.user, device, given.access_token, new_seeds())
    if not given.access_token:
        session = await log_in(api, session, given.password)
        vault.save(session)
        return session
    api.token = given.access_token
    who = await _whoami(api)
    known = who.get("device_id")
    if given.device_id and known not in (None, given.device_id):
        raise AccountError("INTERCITY_MATRIX_DEVICE_ID: the access token belongs to another device")
    if not known and not given.device_id:
        raise AccountError("INTERCITY_MATRIX_DEVICE_ID is needed beside this access token")
    session = replace(session, user_id=_user(who), device_id=known or given.device_id)
    vault.save(session)
    return session


async def _proved(api: Api, vault: Vault, session: Session, given: Credentials) -> Session:
    """Verify that the token works and is ours; log in again if it does not work."""
    try:
        who = await _whoami(api) if session.token else {}
    except AccountError:
        if not given.password:
            raise
        who = {}
    if not who:
        session = await log_in(api, session, given.password)
    elif (_user(who), who.get("device_id", session.device_id)) != (session.user_id, session.device_id):
        raise AccountError("INTERCITY_MATRIX_ACCESS_TOKEN belongs to another user or device than the kept keys")
    vault.save(session)
    return session


async def _whoami(api: Api) -> Raw:
    try:
        return await api.call("GET", path("account", "whoami"))
    except Rejected as error:
        if error.logged_out:
            raise AccountError("INTERCITY_MATRIX_ACCESS_TOKEN is not known to the homeserver") from error
        raise


def _check_settings(session: Session, given: Credentials) -> None:
    if given.user and given.user not in (session.user_id, session.user_id[1:].partition(":")[0]):
        raise AccountError(f"INTERCITY_MATRIX_USER is not {session.user_id}, whose keys are in the data directory")
    if given.device_id and given.device_id != session.device_id:
        raise AccountError("INTERCITY_MATRIX_DEVICE_ID is not the device whose keys are in the data directory")


def _user(who: Raw) -> str:
    user = who.get("user_id")
    if not isinstance(user, str):
        raise AccountError("INTERCITY_MATRIX_HOMESERVER: the homeserver does not say who we are")
    return user


def _derived(secret_key: bytes, purpose: bytes) -> bytes:
    return blake2b(key=secret_key, person=purpose, digest_size=32).digest()
