"""References to accounts, chats and messages. Ids are opaque: only the adapter of their messenger parses them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeGuard

LONGEST_ID = 255
"""Maximum length of an id in bytes (Matrix specification, "Size limits"; those of Telegram are numbers)."""
_UNCLEAN = re.compile("[\0-\x1f\x7f-\x9f\ud800-\udfff\ufffd]")


class MessengerName(StrEnum):
    """The messengers that Intercity connects."""

    MATRIX = "matrix"
    TELEGRAM = "telegram"


def is_id(value: object, longest: int = LONGEST_ID) -> TypeGuard[str]:
    """Return whether this can be an id: at most `longest` bytes of text, without control characters or lone surrogates.

    Anything else refers to nothing, and would be rejected in a URL or by the database (trust: case 91).
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
    """An account at a messenger: `telegram:4711` or `matrix:@anna:example.org`."""

    messenger: MessengerName
    id: str

    def __str__(self) -> str:
        """Return the form that `parse` reads."""
        return f"{self.messenger}:{self.id}"

    @property
    def short(self) -> str:
        """A substitute for a missing name: the number, or the localpart."""
        return self.id.removeprefix("@").partition(":")[0]

    @classmethod
    def parse(cls, text: str) -> Account:
        """Parse `telegram:ID` or `matrix:@name:server`. Raises ValueError."""
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
        """Return the form that `parse` reads."""
        return f"{self.messenger}:{self.id}" + (f"/{self.topic}" if self.topic else "")

    @property
    def lane(self) -> str:
        """The unit that is written to one message at a time: the chat, all topics of a forum together."""
        return f"{self.messenger}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> ChatRef:
        """Parse `telegram:-100…[/TOPIC]` or `matrix:!id[:server]`. Raises ValueError."""
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
    """A message as identified by its messenger.

    If a messenger numbers its messages, `id` is `COUNTER/NUMBER`: numbers are comparable only within a counter.
    """

    chat: ChatRef
    id: str


def counted(id: str) -> tuple[str, int] | None:
    """Return the counter and number of a message id, or None if its messenger does not number messages."""
    counter, _, number = id.rpartition("/")
    return (counter, int(number)) if counter and number.isascii() and number.isdigit() else None
