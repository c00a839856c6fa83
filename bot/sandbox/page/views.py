"""Messages as a chat shows them, in the form that message.js reads."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from mimetypes import guess_type
from typing import Any, TypeAlias

from bot.model import Code, Link, Moment, Node, Pre, Quote, RichText, Span, Text
from bot.model.richtext import plain
from bot.sandbox.page import typed

Json: TypeAlias = dict[str, Any]
_PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_FILMS = frozenset({"video/mp4", "video/webm"})
_SOUNDS = frozenset({"audio/ogg", "audio/mpeg", "audio/mp4", "audio/webm", "audio/wav", "audio/x-wav"})


@dataclass(frozen=True, slots=True)
class ViewFile:
    """A file of a message; `id` is the messenger's, `size` in bytes, `duration` in seconds."""

    id: str
    name: str
    size: int
    mime: str = ""
    alt: str = ""
    """What it shows, for people who cannot see it; of a sticker its emoji."""
    kind: str = "document"
    """Photo, video, animation, video_note, audio, voice, sticker or document."""
    duration: float = 0
    waveform: tuple[int, ...] = ()
    """How loud a voice message is, from 0 to 1024."""
    spoiler: bool = False
    """Whether it is covered until somebody taps on it."""
    thumbnail: str = ""
    """The id of a preview."""

    @property
    def shown(self) -> str:
        """How the page shows it: picture, film, sound or, as a link, nothing."""
        if self.kind != "document" or not self.name:
            for how, types in (("picture", _PICTURES), ("film", _FILMS), ("sound", _SOUNDS)):
                if self.mime in types:
                    return how
        return ""

    @property
    def readable(self) -> bool:
        """Whether the browser can show it as a page of its own."""
        return guess_type(self.name)[0] == "text/html"

    def json(self) -> Json:
        """Return the form that media.js reads."""
        return asdict(self) | {"shown": self.shown, "picture": self.shown == "picture", "readable": self.readable}


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


@dataclass(frozen=True, slots=True)
class ViewPlace:
    """A place in degrees; `live`: it may still move."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""
    live: bool = False


@dataclass(frozen=True, slots=True)
class ViewContact:
    """Somebody's name and telephone number."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class ViewDice:
    """A throw."""

    emoji: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A message as a chat shows it. `at`: milliseconds since 1970, UTC."""

    id: str
    sender: str
    name: str
    bot: bool
    at: int
    text: RichText
    tree: tuple[str | Json, ...] | None = None
    """What is shown of the text, if that is more than `text` can say: lists, tables, headings."""
    reply_to: str = ""
    quote: str = ""
    """The part of the message replied to that was selected."""
    thread: str = ""
    """The root of its thread."""
    forwarded: str = ""
    """Who wrote it."""
    album: str = ""
    """The same for the items of one album."""
    edited: bool = False
    deleted: bool = False
    pinned: bool = False
    buttons: tuple[tuple[tuple[str, str], ...], ...] = ()
    """Rows of (label, data)."""
    reactions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Emoji → ids of those who reacted with it."""
    files: tuple[ViewFile, ...] = ()
    poll: ViewPoll | None = None
    """The text is its question."""
    card: ViewPlace | ViewContact | ViewDice | None = None

    def json(self) -> Json:
        """Return the form that message.js reads."""
        names = ("id", "sender", "name", "bot", "at", "thread", "forwarded", "album", "edited", "deleted", "pinned")
        return {name: getattr(self, name) for name in names} | {
            "text": tree(self.text) if self.tree is None else list(self.tree),
            "plain": plain(self.text),
            "source": typed.write(self.text),
            "reply": {"id": self.reply_to, "quote": self.quote} if self.reply_to else None,
            "buttons": [[{"label": label, "data": data} for label, data in row] for row in self.buttons],
            "reactions": [{"key": key, "by": list(by)} for key, by in self.reactions.items() if by],
            "files": [file.json() for file in self.files],
            "poll": self.poll.json() if self.poll else None,
            "card": {"kind": type(self.card).__name__, **asdict(self.card)} if self.card else None,
        }


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
    if isinstance(node, Quote):
        made["folded"] = node.folded
    return made | ({"text": node.text} if isinstance(node, Code | Moment | Pre) else {"children": tree(node.children)})
