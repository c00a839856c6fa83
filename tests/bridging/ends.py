"""Both ends of a dialogue as their people use and see them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.sandbox.matrix_client import HumanMatrix, RawEvent
from bot.sandbox.telegram import Json, SentFile
from tests.system.harness import Pair, SystemWorld

POLL = "org.matrix.msc3381.poll.start"
LIMIT = 60
"""Seconds to wait for what should be seen."""
_LOOK = 0.05
_EMOJI = "\ufe0f"
"""Follows a character that is to be shown as an emoji, on Matrix."""
_OLD = {"m.relates_to", "format", "formatted_body"}
_FILES = ("photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker")
_THINGS = ("venue", "location", "contact", "dice", "poll")


@dataclass(frozen=True)
class Seen:
    """A message as clients show it. `kind` is the messenger's own word, `reactions` are those of the bot."""

    id: str
    kind: str
    text: str
    by_bot: bool
    reply_to: str = ""
    quote: str = ""
    thread: str = ""
    edited: bool = False
    reactions: frozenset[str] = frozenset()
    content: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)


class End(Protocol):
    """A chat on one messenger, and the person who writes there."""

    name: str

    def messages(self) -> list[Seen]:
        """Return what is in the chat now, oldest first."""

    def pins(self) -> set[str]:
        """Return the ids of the pinned messages."""

    def link(self, id: str) -> str:
        """Return the link to a message that clients copy."""

    async def say(self, text: str, *, reply_to: str = "") -> str:
        """Send a text, and return its id."""

    async def edit(self, id: str, text: str) -> None:
        """Edit a text or caption."""

    async def delete(self, id: str) -> None:
        """Delete a message for everybody, as the messenger's people do it."""

    async def react(self, id: str, key: str) -> str:
        """React; return the id by which the reaction is taken back."""

    async def take_back(self, id: str, reaction: str) -> None:
        """Take a reaction back."""

    async def pin(self, id: str, *, pinned: bool) -> None:
        """Pin a message, or unpin it."""


async def shown(look: Callable[[], list[Seen]], what: str) -> list[Seen]:
    """Wait until `look` finds something, and return it. Raises AssertionError."""
    found: list[Seen] = []

    def is_there() -> bool:
        found[:] = look()
        return bool(found)

    await until(is_there, what)
    return found


async def until(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds. Raises AssertionError."""
    try:
        async with asyncio.timeout(LIMIT):
            while not holds():  # noqa: ASYNC110 - two servers have no event in common
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        raise AssertionError(f"not seen within {LIMIT:g} s: {what}") from None


class TelegramEnd:
    """A group on the emulated Telegram."""

    name = "Telegram"

    def __init__(self, world: SystemWorld, pair: Pair) -> None:
        self.world = world
        self.telegram = world.telegram
        self.group = pair.group
        # Somebody for each group: everybody gets only so many answers a minute.
        self.person = world.telegram.person("Anna", "Weber")
        self.telegram.join(self.group, self.person)

    def messages(self) -> list[Seen]:
        return [self._seen(each) for each in self.telegram.messages(self.group)]

    def _seen(self, message: Json) -> Seen:
        kind = next((kind for kind in (*_FILES[2:3], *_FILES, *_THINGS) if kind in message), "text")
        reply = message.get("reply_to_message", {})
        return Seen(
            id=str(message["message_id"]),
            kind=kind if kind != "text" or "text" in message else "service",
            text=message.get("text") or message.get("caption") or "",
            by_bot=self._is_bot(message),
            reply_to=str(reply.get("message_id", "")),
            quote=message.get("quote", {}).get("text", ""),
            thread=str(message.get("message_thread_id", "")),
            edited="edit_date" in message,
            reactions=frozenset(each["emoji"] for each in message["reactions"] if self._is_bot(each)),
            content=message,
        )

    def _is_bot(self, message: Json) -> bool:
        return bool(message.get("from", {}).get("id") == self.world.account.id)

    def pins(self) -> set[str]:
        return {self.id(each) for each in self.telegram.pins(self.group)}

    def link(self, id: str) -> str:
        return f"https://t.me/c/{-self.group.id - 10**12}/{id}"

    async def say(self, text: str, *, reply_to: str = "", **more: Any) -> str:
        answered = int(reply_to) if reply_to else None
        return self.id(self.telegram.say(self.group, self.person, text, reply_to=answered, **more))

    async def attach(self, file: SentFile) -> str:
        return self.id(self.telegram.attach(self.group, self.person, file))

    async def album(self, files: Sequence[SentFile]) -> str:
        return self.id(self.telegram.album(self.group, self.person, files)[0])

    @staticmethod
    def id(message: Json) -> str:
        return str(message["message_id"])

    async def edit(self, id: str, text: str) -> None:
        self.telegram.edit(self.group, self.person, int(id), text)

    async def delete(self, id: str) -> None:
        """Use the command: bots do not hear of deletions."""
        await self.say("/delete", reply_to=id)

    async def react(self, id: str, key: str) -> str:
        self.telegram.react(self.group, self.person, int(id), key)
        return id

    async def take_back(self, id: str, reaction: str) -> None:  # noqa: ARG002 - there is one for each person
        self.telegram.react(self.group, self.person, int(id), "")

    async def pin(self, id: str, *, pinned: bool) -> None:
        act = self.telegram.pin if pinned else self.telegram.unpin
        act(self.group, self.person, int(id))


class MatrixEnd:
    """A room on the real homeserver, put together from its events."""

    name = "Matrix"

    def __init__(self, world: SystemWorld, room: str, person: HumanMatrix) -> None:
        self.world = world
        self.room = room
        self.person = person
        self.events: list[RawEvent] = []

    async def joined(self) -> None:
        """Wait until the bot is in the room."""
        await until(lambda: any(self._is_join(each) for each in self.events), f"the bot in {self.room}")

    def _is_join(self, event: RawEvent) -> bool:
        joined = event["type"] == "m.room.member" and event["content"].get("membership") == "join"
        return bool(joined and event["state_key"] == self.world.bot_id)

    @property
    def encrypted(self) -> bool:
        """Whether the person's client encrypts what it sends."""
        return self.room in self.person.encrypted

    def messages(self) -> list[Seen]:
        gone = {str(_redacted(each)) for each in self.events if each["type"] == "m.room.redaction"}
        made = {each["event_id"]: each for each in self.events if each["event_id"] not in gone and _is_message(each)}
        changed = {_replaced(each): each for each in made.values() if _replaced(each)}
        reacted = self._reacted(gone)
        return [
            self._seen(event, changed.get(id), reacted.get(id, frozenset()))
            for id, event in made.items()
            if not _replaced(event)
        ]

    def _reacted(self, gone: set[str]) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        for each in self.events:
            if each["type"] == "m.reaction" and each["event_id"] not in gone and each["sender"] == self.world.bot_id:
                relation = each["content"].get("m.relates_to", {})
                target = relation.get("event_id", "")
                found[target] = found.get(target, frozenset()) | {relation.get("key", "").rstrip(_EMOJI)}
        return found

    def _seen(self, event: RawEvent, change: RawEvent | None, reactions: frozenset[str]) -> Seen:
        content = (change or event)["content"].get("m.new_content", event["content"]) if change else event["content"]
        relation = event["content"].get("m.relates_to", {})
        falls_back = relation.get("is_falling_back") is True
        return Seen(
            id=event["event_id"],
            kind=_kind(event, content),
            text=str(content.get("body", "")),
            by_bot=event["sender"] == self.world.bot_id,
            reply_to="" if falls_back else relation.get("m.in_reply_to", {}).get("event_id", ""),
            thread=relation.get("event_id", "") if relation.get("rel_type") == "m.thread" else "",
            edited=change is not None,
            reactions=reactions,
            content=content,
        )

    def pins(self) -> set[str]:
        states = [each["content"].get("pinned", []) for each in self.events if each["type"] == "m.room.pinned_events"]
        return set(states[-1]) if states else set()

    def link(self, id: str) -> str:
        return f"https://matrix.to/#/{self.room}/{id}"

    async def say(self, text: str, *, reply_to: str = "", html: str | None = None) -> str:
        return await self.person.say(self.room, text, html=html, reply_to=reply_to or None)

    async def send(self, content: RawEvent, type: str = "m.room.message") -> str:
        return await self.person.send_raw(self.room, type, {"m.mentions": {}} | content)

    async def edit(self, id: str, text: str) -> None:
        event = next(each for each in self.events if each["event_id"] == id)
        new = {key: value for key, value in event["content"].items() if key not in _OLD}
        if event["type"] == POLL:
            new[POLL] = new[POLL] | {"question": {"org.matrix.msc1767.text": text}}
        else:
            new["body"] = text
        relation = {"rel_type": "m.replace", "event_id": id}
        await self.send(new | {"m.new_content": new, "m.relates_to": relation}, event["type"])

    async def delete(self, id: str) -> None:
        await self.person.redact(self.room, id)

    async def react(self, id: str, key: str) -> str:
        return await self.person.react(self.room, id, key)

    async def take_back(self, id: str, reaction: str) -> None:  # noqa: ARG002 - the reaction is an event
        await self.person.redact(self.room, reaction)

    async def pin(self, id: str, *, pinned: bool) -> None:
        listed = self.pins() | {id} if pinned else self.pins() - {id}
        await self.person.send_state(self.room, "m.room.pinned_events", {"pinned": sorted(listed)})


def _redacted(event: RawEvent) -> object:
    return event["content"].get("redacts", event.get("redacts"))


def _replaced(event: RawEvent) -> str:
    relation = event["content"].get("m.relates_to", {})
    return str(relation["event_id"]) if relation.get("rel_type") == "m.replace" else ""


def _is_message(event: RawEvent) -> bool:
    return event["type"] in {"m.room.message", "m.sticker", POLL, "m.poll.start"} and bool(event["content"])


def _kind(event: RawEvent, content: RawEvent) -> str:
    if event["type"] != "m.room.message":
        return {"m.sticker": "m.sticker"}.get(event["type"], "poll")
    if content.get("msgtype") in {"m.text", "m.notice", "m.emote"}:
        return "text"
    if content.get("msgtype") == "m.audio" and "org.matrix.msc3245.voice" in content:
        return "voice"
    return str(content.get("msgtype"))


def by_bot(end: End, but: Sequence[str] = ()) -> Iterator[Seen]:
    """Yield what the bot has written in a chat, but for these messages."""
    return (each for each in end.messages() if each.by_bot and each.id not in but)
