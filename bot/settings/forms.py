"""Parsers for setting values. The message of a ValueError is shown after the name of the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BeforeValidator

from bot.model import Account, MessengerName


def reading(read: Callable[[str], Any]) -> BeforeValidator:
    """Parse strings with `read`; leave other values, which come from the program, unchanged."""
    return BeforeValidator(lambda value: read(value.strip()) if isinstance(value, str) else value)


def each(read: Callable[[str], Any], form: str) -> BeforeValidator:
    """Parse comma-separated entries; `form` is an example of one."""

    def entries(text: str) -> Iterator[Any]:
        for number, entry in enumerate(re.findall(r"[^,\s]+", text), start=1):
            try:
                yield read(entry)
            except ValueError:
                raise ValueError(f"entry {number} is wrong; write {form}, with commas between") from None

    return reading(lambda text: tuple(entries(text)))


def form(pattern: str, advice: str) -> BeforeValidator:
    """Validate a text against `pattern`; `advice` says how to write it."""

    def check(text: str) -> str:
        if text and not re.fullmatch(pattern, text, re.ASCII):
            raise ValueError(advice)
        return text

    return reading(check)


def url(text: str) -> str:
    """Parse a web address without query or fragment."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and "@" not in parts.netloc
    except ValueError:
        good = False
    if text and (not good or parts.query or parts.fragment):
        raise ValueError("write a whole address, https://example.org")
    return text.rstrip("/")


_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


def database_url(text: str) -> str:
    """Parse a database URL and set the driver that we use."""
    scheme, _, rest = text.partition("://")
    driver = _DRIVERS.get(scheme) or (scheme if scheme in _DRIVERS.values() else None)
    try:
        good = driver and urlsplit(text).port != 0
    except ValueError:
        good = False
    if not good:
        raise ValueError("write postgresql://user:password@host/name, or leave it empty for SQLite in the data dir")
    return f"{driver}://{rest}"


def data_dir(text: str) -> Path:
    """Parse the path of a folder, which need not exist yet."""
    path = Path(text).expanduser()
    if path.exists() and not path.is_dir():
        raise ValueError("this is a file; name a folder")
    return path


def matrix_user(text: str) -> str:
    """Parse a full Matrix id."""
    try:
        return Account.parse(f"{MessengerName.MATRIX}:{text}").id
    except ValueError:
        raise ValueError("write the whole Matrix id, @intercity:example.org") from None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def listen(text: str) -> tuple[str, int]:
    """Parse a local address and a port."""
    host, _, port = text.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError("write an address and a port, 127.0.0.1:8421")
    return host.removeprefix("[").removesuffix("]"), int(port)
