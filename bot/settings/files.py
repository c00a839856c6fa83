"""Files that contain settings."""

from __future__ import annotations

import os
import secrets
import stat
from io import StringIO
from pathlib import Path

from dotenv.parser import Original, parse_stream


class SettingsError(Exception):
    """A setting is invalid: the message names it and says how to fix it."""


def read_env_file(path: Path) -> dict[str, str]:
    """Read the KEY=value lines of .env; empty if the file is missing. Raises SettingsError."""
    try:
        bindings = list(parse_stream(StringIO(path.read_text("utf-8"))))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: cannot be read as text ({type(error).__name__})") from None
    for binding in bindings:
        if binding.error or (binding.key and binding.value is None):
            raise SettingsError(f"{path}: line {_number(binding.original)} is not of the form KEY=value")
    return {binding.key: binding.value for binding in bindings if binding.key and binding.value is not None}


def _number(original: Original) -> int:
    text = original.string
    return original.line + text[: len(text) - len(text.lstrip())].count("\n")


def contents(key: str, path: Path, *, secret: bool) -> str:
    """Read the file that `key` names, stripped of line breaks. Raises SettingsError, also for a readable secret."""
    try:
        with path.open(encoding="utf-8") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read(65536).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{key}: the file cannot be read ({type(error).__name__})") from None
    if secret and mode & 0o077 and not _is_credential(path):
        raise SettingsError(f"{key}: others may read this file; run chmod 600 on it")
    if not text:
        raise SettingsError(f"{key}: the file is empty")
    return text


def _is_credential(path: Path) -> bool:
    """Whether this is a systemd credential, whose access control list looks like group permissions."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and path.resolve().is_relative_to(Path(str(folder)).resolve())


def close_folder(key: str, path: Path) -> None:
    """Make a folder private. Raises SettingsError if it belongs to somebody else or is a shared (sticky) folder."""
    there = path.stat()
    if not there.st_mode & 0o077:
        return
    if there.st_uid != os.geteuid() or there.st_mode & stat.S_ISVTX:
        raise SettingsError(
            f"{key}: others may look into {path}; run chmod 700 on it, or name a folder of the bot's own"
        )
    path.chmod(0o700)


def make_once(path: Path, text: str) -> None:
    """Create a private file atomically. If two processes race, one wins and both read the same content."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
