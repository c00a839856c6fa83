"""The interface of a messenger as its people use it, the same for both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from mimetypes import guess_type
from typing import Any, Protocol, TypeAlias

from bot.model import Code, Link, Moment, Node, Pre, RichText, Span, Text
from bot.model.richtext import plain
from bot.sandbox.page import typed

Json: TypeAlias = dict[str, Any]
GROUP = "group"
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


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
class ViewFile:
    """A file under a message; `id` is the messenger's, `size` in bytes."""

    id: str
    name: str
    size: int
    mime: str = ""
    alt: str = ""
    """What it shows, for people who cannot see it."""

    @property
    def picture(self) -> bool:
        """Whether the page shows it."""
        return self.mime in _PICTURES

    @property
    def readable(self) -> bool:
        """Whether the browser can show it as a page of its own."""
        return guess_type(self.name)[0] == "text/html"

    def json(self) -> Json:
        """Return the form that message.js reads."""
        shown = {"picture": self.picture, "readable": self.readable, "alt": self.alt}
        return {"id": self.id, "name": self.name, "size": self.size, **shown}


@dataclass(frozen=True, slots=True)
class ViewPoll:
    """The options of a native poll, below its question. `options`: (id, text, ids of those who chose it)."""

    options: tuple[tuple[str, str, tuple[str, ...]], ...]
    multiple: bool = False
    closed: bool = False

    def json(self) -> Json:
        """Return the form that poll.js reads."""
        options = [{"id": id, "text": text, "by": list(by)} for id, text, by in self.options]
        return {"options": options, "multiple": self.multiple, "closed": self.closed}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A message as a chat shows it. `at`: milliseconds since 1970, UTC."""

    id: str
    sender: str
    name: str
    bot: bool
    at: int
    text: RichText
    reply_to: str = ""
    edited: bool = False
    deleted: bool = False
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of (label, data)."""
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Emoji → ids of those who reacted with it."""
    files: tuple[ViewFile, ...] = ()
    poll: ViewPoll | None = None
    """The text is its question."""

    def json(self) -> Json:
        """Return the form that message.js reads."""
        return {
            "id": self.id,
            "sender": self.sender,
            "name": self.name,
            "bot": self.bot,
            "at": self.at,
            "text": tree(self.text),
            "plain": plain(self.text),
            "source": typed.write(self.text),
            "reply": {"id": self.reply_to} if self.reply_to else None,
            "edited": self.edited,
            "deleted": self.deleted,
            "buttons": [[{"label": label, "data": data} for label, data in row] for row in self.buttons],
            "reactions": [{"key": key, "by": list(by)} for key, by in self.reactions.items() if by],
            "files": [file.json() for file in self.files],
            "poll": self.poll.json() if self.poll else None,
        }


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

    def chats(self) -> dict[str, list[View]]:
        """Return the messages of every chat, oldest first."""

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:
        """Return the bot's commands that a person is offered in a chat: word and description of each."""

    def changes(self) -> AsyncIterator[Change]:
        """Yield the messages, then every change, forever. Only one caller may listen."""

    async def say(self, person: str, chat: str, text: RichText, reply_to: str) -> None:
        """Send a message as a person; this and all that follow raise Unwilling if the messenger refuses."""

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a person's message."""

    async def delete(self, person: str, chat: str, id: str) -> None:
        """Delete a person's message."""

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        """React as a person with `key`, or remove the reaction if it is set."""

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        """Press an inline button as a person; return the bot's short answer, or an empty text."""

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        """Choose options of a native poll by their ids, in place of earlier ones; none take the vote back."""

    async def start(self, person: str, payload: str = "") -> None:
        """Start a person's private chat with the bot; `payload` comes with the link that led there."""

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        """Return a file of a message and its bytes."""


def tree(text: RichText) -> list[str | Json]:
    """Return the form that text.js reads: strings, and objects with `kind`."""
    return [_node(node) for node in text]


def _node(node: Node) -> str | Json:
    if isinstance(node, Text):
        return node.text
    made: Json = {"kind": node.style.value if isinstance(node, Span) else type(node).__name__.lower()}
    if isinstance(node, Link):
        made["url"] = node.url
    if isinstance(node, Moment):
        made["unix"] = node.unix
    return made | ({"text": node.text} if isinstance(node, Code | Moment | Pre) else {"children": tree(node.children)})
