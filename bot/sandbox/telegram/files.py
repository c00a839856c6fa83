"""Files: what bots upload and people send lies in temporary files on the disk until the server closes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from bot.sandbox.telegram.errors import Json

CHUNK = 1 << 16
_LINK_KEPT = timedelta(hours=1)


@dataclass(eq=False)
class FormFile:
    """A part of a form that is a file."""

    path: Path
    name: str = ""
    size: int = 0
    kept: bool = False
    used: bool = False
    """Whether the call has asked for it."""

    def open(self) -> BinaryIO:
        """Open the file for writing."""
        return self.path.open("wb")

    def write(self, file: BinaryIO, chunk: bytes, limit: int) -> None:
        """Append a chunk; of what exceeds `limit` bytes only the size is counted."""
        self.size += len(chunk)
        if self.size <= limit:
            file.write(chunk)

    def discard(self) -> None:
        """Delete the file unless it is kept."""
        if not self.kept:
            self.path.unlink(missing_ok=True)


@dataclass(eq=False)
class StoredFile:
    """A file that messages refer to by `id`."""

    id: str
    unique_id: str
    kind: str
    path: Path
    size: int
    name: str = ""
    content: Json = field(default_factory=dict)
    """The fields of a message that carries the file; empty for thumbnails."""

    @property
    def head(self) -> Json:
        """The fields that all objects for files have."""
        return {"file_id": self.id, "file_unique_id": self.unique_id, "file_size": self.size}

    @cached_property
    def sha256(self) -> str:
        """The digest of the bytes in hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @property
    def data(self) -> bytes:
        """The bytes."""
        return self.path.read_bytes()


class Files:
    """All files of one server, and the links under which they can be downloaded."""

    def __init__(self) -> None:
        """Begin without files; the directory is created with the first one."""
        self._directory: TemporaryDirectory[str] | None = None
        self._numbers = count(1)
        self._stored: dict[str, StoredFile] = {}
        self._links: dict[str, tuple[StoredFile, datetime]] = {}

    def close(self) -> None:
        """Delete everything."""
        if self._directory:
            self._directory.cleanup()
        self._directory = None

    @contextmanager
    def receiving(self) -> Iterator[dict[str, FormFile]]:
        """Collect the uploads of one call by the names of their parts; those that nobody keeps are deleted."""
        uploads: dict[str, FormFile] = {}
        try:
            yield uploads
        finally:
            for upload in uploads.values():
                upload.discard()

    def upload(self, name: str) -> FormFile:
        """Return a new upload without any bytes yet."""
        return FormFile(self._new_path(), name)

    def write(self, data: bytes, name: str = "", size: int = 0) -> FormFile:
        """Return an upload with these bytes, extended by zeros to `size`."""
        path = self._new_path()
        with path.open("wb") as file:
            file.write(data)
            file.truncate(max(size, len(data)))
        return FormFile(path, name, max(size, len(data)))

    def keep(self, upload: FormFile, kind: str) -> StoredFile:
        """Store an upload for good."""
        number = next(self._numbers)
        stored = StoredFile(f"file{number}-{kind}", f"unique{number}", kind, upload.path, upload.size, upload.name)
        upload.kept = True
        self._stored[stored.id] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file with this id, None when there is none."""
        return self._stored.get(file_id)

    def link(self, file: StoredFile, folder: str, now: datetime) -> str:
        """Return a path under which the file can be downloaded for an hour."""
        path = f"{folder}/file_{next(self._numbers)}{Path(file.name).suffix}"
        self._links[path] = file, now + _LINK_KEPT
        return path

    def linked(self, path: str, now: datetime) -> StoredFile | None:
        """Return the file behind a link, None when there is none or it has expired."""
        file, until = self._links.get(path, (None, now))
        return file if now < until else None

    def _new_path(self) -> Path:
        if self._directory is None:
            self._directory = TemporaryDirectory(prefix="intercity-telegram-", ignore_cleanup_errors=True)
        path = Path(self._directory.name) / str(next(self._numbers))
        path.touch()
        return path
