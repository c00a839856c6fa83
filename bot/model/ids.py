"""Who and where: accounts, chats, messages. Ids are opaque: only the adapter of their messenger reads into them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

LONGEST_ID = 255
"""Bytes of an id (Matrix specification, "Size limits"; those of Telegram are numbers)."""
_UNCLEAN = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


class MessengerName(StrEnum):
    """The messengers that Intercity connects."""

    MATRIX = "matrix"
    TELEGRAM = "telegram"


def is_id(value: object, longest: int = LONGEST_ID) -> TypeGuard[str]:
    """Whether this can be an id: text of `longest` bytes at most, without control characters and lone surrogates.

    What is none names nothing, and neither an address nor a database takes it (trust: case 91).
    """
    if not isinstance(value, str) or not value or len(value) > longest or _UNCLEAN.search(value):
        return False
    return len(value.encode()) <= longest


def _split(text: str) -> tuple[MessengerName, str]:
    messenger, _, rest = text.partition(":")
    if messenger not in set(MessengerName) or not rest:
        raise ValueError(text)
    return MessengerName(messenger), rest


@dataclass(frozen=True, slots=True, order=True)
class Account:
    """Someone's account: `telegram:4711` or `matrix:@anna:example.org`."""

    messenger: MessengerName
    id: str

    def __str__(self) -> str:
        """Give the form that `parse` reads."""
        return f"{self.messenger}:{self.id}"

    @property
    def short(self) -> str:
        """Give what serves as a name where there is none: the number, or the name before the server's."""
        return self.id.removeprefix("@").partition(":")[0]

    @classmethod
    def parse(cls, text: str) -> Account:
        """Read `telegram:ID` or `matrix:@name:server`; raises ValueError."""
        messenger, id = _split(text.strip())
        good = id.isascii() and id.isdigit() if messenger is MessengerName.TELEGRAM else _matrix_id(id, "@")
        if not good:
            raise ValueError(text)
        return cls(messenger, id)


@dataclass(frozen=True, slots=True, order=True)
class ChatRef:
    """A Matrix room, a Telegram group or private chat, or one topic of a Telegram forum."""

    messenger: MessengerName
    id: str
    topic: str = ""

    def __str__(self) -> str:
        """Give the form that `parse` reads."""
        return f"{self.messenger}:{self.id}" + (f"/{self.topic}" if self.topic else "")

    @property
    def lane(self) -> str:
        """Name what is written to one message at a time: the chat, all topics of a forum together."""
        return f"{self.messenger}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> ChatRef:
        """Read `telegram:-100…[/TOPIC]` or `matrix:!id[:server]`; raises ValueError."""
        messenger, rest = _split(text.strip())
        if messenger is MessengerName.MATRIX:
            if not (rest.startswith("!") and len(rest) > 1 and not any(c.isspace() for c in rest)):
                raise ValueError(text)
            return cls(messenger, rest)
        id, slash, topic = rest.partition("/")
        number = id.removeprefix("-")
        if not (number.isascii() and number.isdigit()) or (slash and not (topic.isascii() and topic.isdigit())):
            raise ValueError(text)
        return cls(messenger, id, topic)


def _matrix_id(id: str, sigil: str) -> bool:
    localpart, colon, server = id.removeprefix(sigil).partition(":")
    whole = bool(localpart and colon and server) and not any(c.isspace() for c in id)
    return id.startswith(sigil) and whole and is_id(id)


@dataclass(frozen=True, slots=True, order=True)
class MessageRef:
    """One message as its messenger knows it.

    Where a messenger counts its messages, `id` is `COUNTER/NUMBER`: a number means something only within its counter.
    """

    chat: ChatRef
    id: str


def counted(id: str) -> tuple[str, int] | None:
    """Return the counter and the number of a message's id; None: its messenger does not count."""
    counter, _, number = id.rpartition("/")
    return (counter, int(number)) if counter and number.isascii() and number.isdigit() else None
