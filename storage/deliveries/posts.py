"""Serialisation of queued posts and polls as JSON.

Every field has a name, and `v` is the version of the form: rows that an older version has queued still go out after an
upgrade. Version 0 has no `v`: authors and buttons were lists of their fields in the order of the classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, TypeVar

from bot.model import Account, Author, Button, File, FileKind, Location, NativePoll, Post
from bot.text.codec import dump as dump_text
from bot.text.codec import load as load_text

VERSION = 1
STORED = "stored:"
"""What the source of a file begins with if its bytes are in the database."""
T = TypeVar("T", Author, Button)


def dump(post: Post) -> dict[str, Any]:
    """Serialise a post to JSON values; empty fields are left out.

    Raises ValueError if `load` could not read it: once queued, it could never be sent.
    """
    full = {
        "text": dump_text(post.text),
        "author": post.author and asdict(post.author),
        "buttons": [asdict(button) for button in post.buttons],
        "mentions": [str(account) for account in post.mentions],
        "files": [_filled(asdict(file)) for file in post.files],
        "silent": post.silent or None,
        "album": post.album,
        "location": post.location and _filled(asdict(post.location)),
    }
    packed = {"v": VERSION} | _filled(full)
    load(packed)
    return packed


def load(data: dict[str, Any]) -> Post:
    """Deserialise the result of `dump`."""
    return Post(
        text=load_text(data.get("text", [])),
        author=_load(Author, data["author"]) if "author" in data else None,
        buttons=tuple(_load(Button, button) for button in data.get("buttons", [])),
        mentions=tuple(Account.parse(account) for account in data.get("mentions", [])),
        files=tuple(_load_file(file) for file in data.get("files", [])),
        silent=bool(data.get("silent")),
        album=data.get("album", ""),
        location=Location(**data["location"]) if "location" in data else None,
    )


def dump_poll(poll: NativePoll) -> dict[str, Any]:
    """Serialise a native poll to JSON values."""
    question = dump_text(poll.question)
    return {"v": VERSION, "question": question, "options": list(poll.options), "multiple": poll.multiple}


def load_poll(data: dict[str, Any]) -> NativePoll:
    """Deserialise the result of `dump_poll`."""
    return NativePoll(question=load_text(data["question"]), options=tuple(data["options"]), multiple=data["multiple"])


def with_files_of(new: dict[str, Any], old: dict[str, Any] | None) -> dict[str, Any]:
    """Return a changed post that keeps the files of the old one, unless it has its own."""
    return {"files": old["files"]} | new if old and "files" in old else new


def stored_files(data: dict[str, Any] | None) -> Iterator[int]:
    """Yield the ids of the stored files that a post needs."""
    for file in (data or {}).get("files", []):
        for source in (file["source"], file.get("thumbnail", "")):
            if source.startswith(STORED):
                yield int(source.removeprefix(STORED))


def _filled(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not False and value not in ("", None, [], ())}


def _load_file(file: dict[str, Any]) -> File:
    made = {"kind": FileKind(file["kind"]), "waveform": tuple(file.get("waveform", ()))}
    return File(**{"name": "", "mime": ""} | file | made)


def _load(form: type[T], data: list[str] | dict[str, str]) -> T:
    return form(*data) if isinstance(data, list) else form(**data)
