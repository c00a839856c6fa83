"""The interface of a messenger as its people use it, the same for both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.model import RichText
from bot.sandbox.page.shared import NOWHERE, Aim, Shared
from bot.sandbox.page.views import View, ViewFile

GROUP = "group"


class Unwilling(Exception):
    """The messenger refuses what was asked; the text is the reason: a key of strings.js, or the messenger's words."""


@dataclass(frozen=True, slots=True)
class Human:
    """One of the people on stage, with their id on this messenger; `role` is coordinator, mayor, staff or guest."""

    id: str
    name: str
    city: str
    role: str


@dataclass(frozen=True, slots=True)
class Change:
    """A new or changed message. `chat`: GROUP or a person's id."""

    chat: str
    id: str
    view: View | None
    """None: the message is gone."""


class Side(Protocol):
    """One messenger. `chat` is GROUP or, for the private chat with the bot, the person's id."""

    name: str
    prefix: str
    """The prefix of commands."""
    silent: bool
    """Whether bots do not see deletions."""
    title: str
    bot: Human
    address: str
    """The URL that leads to the private chat with the bot; on Telegram `?start=…` may follow."""
    people: tuple[Human, ...]
    started: set[str]
    """Ids of the people who have started a private chat with the bot."""

    encrypted: bool | None
    """Whether the group is encrypted; None: it cannot be."""

    def chats(self) -> dict[str, list[View]]:
        """Return the messages of every chat, oldest first."""

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:
        """Return the bot's commands that a person is offered in a chat: word and description of each."""

    def changes(self) -> AsyncIterator[Change]:
        """Yield the messages, then every change, forever. Only one caller may listen."""

    async def say(self, person: str, chat: str, text: RichText, aim: Aim = NOWHERE) -> None:
        """Send a message as a person; this and all that follow raise Unwilling if the messenger refuses."""

    async def share(self, person: str, chat: str, what: Shared, text: RichText = (), aim: Aim = NOWHERE) -> None:
        """Send something else than a text; `text` is the caption of files."""

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a person's message."""

    async def delete(self, person: str, chat: str, id: str) -> None:
        """Delete a person's message."""

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        """React as a person with `key`, or remove the reaction if it is set."""

    async def pin(self, person: str, chat: str, id: str) -> None:
        """Pin a message as a person, or unpin it if it is pinned."""

    async def encrypt(self) -> None:
        """Turn encryption on in the group, for good."""

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        """Press an inline button as a person; return the bot's short answer, or an empty text."""

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        """Choose options of a native poll by their ids, in place of earlier ones; none take the vote back."""

    async def start(self, person: str, payload: str = "") -> None:
        """Start a person's private chat with the bot; `payload` comes with the link that led there."""

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        """Return a file of a message and its bytes."""
