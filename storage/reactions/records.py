"""The records of reactions that are passed on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

REACTIONS = "reactions"
"""The kind of jobs that show the reactions to a message in the other chats, keyed by the message's id."""


@dataclass(frozen=True, slots=True)
class RelayedReaction:
    """A reaction `key` to a message, made in a chat by a person, or in the name of a channel or group.

    `sender`: that chat, and its `name`; both empty for people. `together`: it was made on a merged message:
    nobody knows which of its sections is meant.
    """

    chat_id: int
    person_id: int | None
    sender: str
    name: str
    key: str
    together: bool
    reacted_at: datetime


@dataclass(frozen=True, slots=True)
class ReactionDisplay:
    """What a chat shows of the reactions to a message in the other chats.

    `post_id`: the summary, a post of the bot; `keys`: the bot's own reactions; `sign`: the one that a feature has put.
    """

    message_id: int
    chat_id: int
    post_id: int | None = None
    keys: tuple[str, ...] = ()
    sign: str = ""
