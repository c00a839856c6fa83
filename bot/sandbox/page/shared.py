"""What people share besides texts, as the page asks for it: files, places, contacts, dice, polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.model import RichText
from bot.sandbox.page.views import ViewContact, ViewDice, ViewPlace


@dataclass(frozen=True, slots=True)
class SharedFile:
    """A file that somebody sends; `kind` is as in `ViewFile`, `duration` in seconds."""

    kind: str
    name: str
    data: bytes
    mime: str
    duration: float = 0
    width: int = 0
    height: int = 0
    waveform: tuple[int, ...] = ()
    thumbnail: bytes = b""
    alt: str = ""
    """The emoji of a sticker."""
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class SharedPoll:
    """A poll that somebody makes."""

    question: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SharedText:
    """A text with formatting; `html` is what a client on Matrix makes of it, if `text` cannot say it."""

    text: RichText
    html: str = ""


Shared: TypeAlias = SharedText | Sequence[SharedFile] | SharedPoll | ViewPlace | ViewContact | ViewDice


@dataclass(frozen=True, slots=True)
class Aim:
    """What a new message answers: the message `to`, of it the selected part `quote`; the root of its `thread`."""

    to: str = ""
    quote: str = ""
    thread: str = ""


NOWHERE = Aim()
