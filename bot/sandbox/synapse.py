"""A real homeserver as a child process, for the demo, the tests and the bench.

Synapse is the AGPL wheel of the `demo` extra; it runs in a process of its own and is
never imported here. It contacts nobody outside and keeps everything in one folder.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import secrets
import shutil
import socket
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import aiohttp

from bot.sandbox.matrix_client import HumanMatrix, MatrixError

_CHILD = """
import os, threading
def end_with_parent():
    while os.read(0, 64):
        pass
    os._exit(0)
threading.Thread(target=end_with_parent, daemon=True).start()
from synapse.app.homeserver import main
main()
"""
"""Synapse, tied to this process: however it ends, the pipe closes and Synapse ends too."""

_FAST = {"per_second": 100_000, "burst_count": 100_000}


class Synapse:
    """One homeserver on a free port of the loopback.

    `folder` keeps its data; without one a temporary folder is used and removed at the end.
    A folder that was used before keeps its users and rooms.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        server_name: str = "localhost",
        port: int = 0,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        """Prepare a server; `port` 0 takes a free one and keeps it across restarts.

        `settings` override those for tests and the demo.
        """
        self.server_name = server_name
        self._temporary = folder is None
        self._folder = folder or Path(tempfile.mkdtemp(prefix="intercity-synapse-"))
        self._port = port or _free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._people: list[HumanMatrix] = []
        self._secrets = _secrets(self._folder)
        self._settings = settings or {}

    @property
    def url(self) -> str:
        """The base address of the client-server API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        """Start; leave nothing behind if that fails."""
        try:
            await self.start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *exc: object) -> None:
        """Stop, and remove a temporary folder."""
        await self._end()

    async def start(self, limit: float = 60) -> None:
        """Start, or restart after `stop` or `kill`; raise RuntimeError with the log's tail after `limit` seconds."""
        if self._process is not None:
            return
        config = _write_config(self._folder, self.server_name, self._port, self._secrets, self._settings)
        with (self._folder / "synapse.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _CHILD, "-c", str(config)),
                cwd=self._folder,
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in the demo's terminal is for this process to handle
            )
        try:
            async with asyncio.timeout(limit):
                await self._ready(self._process)
        except TimeoutError as error:
            await self.kill()
            raise RuntimeError(f"Synapse is not ready after {limit:g} s:\n{self.log_tail()}") from error

    async def stop(self, limit: float = 10) -> None:
        """Stop it (SIGTERM, after `limit` seconds SIGKILL)."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.terminate()
        try:
            async with asyncio.timeout(limit):
                await process.wait()
        except TimeoutError:
            process.kill()
        await _reap(process)

    async def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await _reap(process)

    async def register(self, localpart: str, password: str, displayname: str = "") -> HumanMatrix:
        """Register a user, or log in as an existing one; the client is closed with this server."""
        body: dict[str, Any] = {"username": localpart, "password": password, "displayname": displayname or localpart}
        async with aiohttp.ClientSession(self.url) as session:
            path = "/_synapse/admin/v1/register"
            async with session.get(path) as answer:
                body["nonce"] = (await answer.json())["nonce"]
            parts = (body["nonce"], localpart, password, "notadmin")
            key = self._secrets["registration_shared_secret"].encode()
            body["mac"] = hmac.new(key, "\0".join(parts).encode(), hashlib.sha1).hexdigest()
            async with session.post(path, json=body) as answer:
                made = await answer.json()
        if made.get("errcode") == "M_USER_IN_USE":
            person = await HumanMatrix.login(self.url, localpart, password)
        elif "access_token" in made:
            person = HumanMatrix(self.url, made["user_id"], made["access_token"], made["device_id"])
        else:
            raise MatrixError(answer.status, made)
        self._people.append(person)
        return person

    def log_tail(self, size: int = 4000) -> str:
        """Return the last `size` characters of its log."""
        path = self._folder / "synapse.log"
        return path.read_text(errors="replace")[-size:] if path.exists() else "(no log)"

    async def _ready(self, process: asyncio.subprocess.Process) -> None:
        async with aiohttp.ClientSession(self.url) as session:
            while True:
                if process.returncode is not None:
                    self._process = None
                    await _reap(process)
                    raise RuntimeError(f"Synapse ended with {process.returncode}:\n{self.log_tail()}")
                try:
                    async with session.get("/health") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.05)

    async def _end(self) -> None:
        for person in self._people:
            await person.close()
        await self.stop()
        if self._temporary:
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)


async def _reap(process: asyncio.subprocess.Process) -> None:
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _secrets(folder: Path) -> dict[str, str]:
    path = folder / "secrets.json"
    if path.exists():
        kept: dict[str, str] = json.loads(path.read_text())
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    names = ("registration_shared_secret", "macaroon_secret_key", "form_secret")
    made = {name: secrets.token_hex(32) for name in names}
    path.touch(mode=0o600)
    path.write_text(json.dumps(made))
    # Synapse would spend seconds on generating one: a seed in unpadded base64.
    seed = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
    key = folder / "signing.key"
    key.touch(mode=0o600)
    key.write_text(f"ed25519 a_dev {seed}\n")
    return made


def _write_config(folder: Path, server_name: str, port: int, secret: dict[str, str], more: Mapping[str, Any]) -> Path:
    """Write the settings (JSON is YAML), overridden by `more`, and return their path."""
    log = folder / "log.json"
    log.write_text(
        json.dumps(
            {
                "version": 1,
                "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
                "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
                "root": {"level": "WARNING", "handlers": ["stderr"]},
                "disable_existing_loggers": False,
            }
        )
    )
    config = folder / "homeserver.yaml"
    settings = {
        **secret,
        "server_name": server_name,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "listeners": [
            {
                "type": "http",
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "resources": [{"names": ["client", "media"]}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "log_config": str(log),
        **_QUIET,
        **_LIMITS,
        **more,
    }
    config.write_text(json.dumps(settings, indent=1))
    return config


_QUIET: dict[str, Any] = {
    "report_stats": False,
    "trusted_key_servers": [],
    "suppress_key_server_warning": True,
    "federation_domain_whitelist": [],
    "allow_public_rooms_over_federation": False,
    "enable_registration": False,
    "presence": {"enabled": False},
    "stats": {"enabled": False},
    "user_directory": {"enabled": False},
    "push": {"enabled": False},
    "url_preview_enabled": False,
    "enable_search": False,
    "bcrypt_rounds": 4,
    # Otherwise an identical sync request is answered from a cache for two minutes.
    "caches": {"sync_response_cache_duration": 0},
}
"""No contact with anyone outside, and nothing that only takes time."""

_LIMITS: dict[str, Any] = {
    "rc_message": _FAST,
    "rc_registration": _FAST,
    "rc_registration_token_validity": _FAST,
    "rc_login": {"address": _FAST, "account": _FAST, "failed_attempts": _FAST},
    "rc_admin_redaction": _FAST,
    "rc_joins": {"local": _FAST, "remote": _FAST},
    "rc_joins_per_room": _FAST,
    "rc_key_requests": _FAST,
    "rc_invites": {"per_room": _FAST, "per_user": _FAST, "per_issuer": _FAST},
    "rc_media_create": _FAST,
    "rc_room_creation": _FAST,
    "rc_profile": _FAST,
    "rc_reports": _FAST,
    "rc_delayed_event_mgmt": _FAST,
}
"""The bot's own rate limits are under test, not the server's."""
