"""Messages are posted, changed and deleted; bots get updates about them, people see everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count

from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, Member, PersonActor, Private, Record, Who
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.files import Files
from bot.sandbox.telegram.media import CONTENT

_NOT_EMBEDDED = frozenset({"reply_to_message", "reply_markup"})


class Timeline:
    """The chats of one server, and everything that was seen in them."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin empty; `clock` returns aware datetimes."""
        self.clock = clock
        self.people: dict[int, PersonActor] = {}
        self.bots: dict[int, BotActor] = {}
        self.groups: dict[int, GroupActor] = {}
        self.privates: dict[tuple[int, int], Private] = {}
        self.files = Files()
        self.queries: dict[str, asyncio.Future[Json]] = {}
        self.history: list[Json] = []
        self._watchers: set[asyncio.Queue[Json]] = set()
        self._numbers = count(4001)

    def number(self) -> int:
        """Return a number that nobody has yet."""
        return next(self._numbers)

    @property
    def now(self) -> int:
        """The Unix time in seconds."""
        return int(self.clock().timestamp())

    # What people see

    def emit(self, kind: str, chat: ChatActor, **more: object) -> None:
        """Report an event to those who watch, and record it in the history."""
        event: Json = {"kind": kind, "chat": chat.id, **more}
        self.history.append(event)
        for queue in self._watchers:
            queue.put_nowait(event)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[Json]]:
        """Return a queue of everything that happens from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    # Messages

    def post(
        self, chat: ChatActor, author: Who, content: Json, *, reply_to: int | None = None, thread: int | None = None
    ) -> Record:
        """Post a message in a chat; `content` may override `from`."""
        head: Json = {"message_id": next(chat.ids), "from": author.user, "chat": chat.chat, "date": self.now}
        message = head | self._place(chat, reply_to, thread) | content
        record = Record(message, author.id, self.clock())
        chat.records[record.id] = record
        self._tell_bots("message", chat, author, message)
        self.emit("message", chat, message=message)
        return record

    def change(
        self, chat: ChatActor, record: Record, author: Who, content: Json, *, drop: tuple[str, ...] = ()
    ) -> None:
        """Change a message: add `content`, leave out the fields `drop`."""
        kept = {name: value for name, value in record.message.items() if name not in drop}
        record.message = kept | content | {"edit_date": self.now}
        self._tell_bots("edited_message", chat, author, record.message)
        self.emit("edit", chat, message=record.message)

    def remove(self, chat: ChatActor, record: Record) -> None:
        """Delete a message, pinned or not; no bot hears of it."""
        del chat.records[record.id]
        chat.pinned.discard(record.id)
        for other in chat.records.values():
            if other.message.get("pinned_message", {}).get("message_id") == record.id:
                gone = {"chat": chat.chat, "message_id": record.id, "date": 0}
                other.message = other.message | {"pinned_message": gone}
        self.emit("delete", chat, message=record.message)

    def as_seen(self, record: Record) -> Json:
        """Return the message with its reactions: `[{"emoji": …, "from": User}]`."""
        everyone: dict[int, Who] = {**self.people, **self.bots}
        reactions = [{"emoji": emoji, "from": everyone[id].user} for id, emoji in record.reactions.items()]
        return record.message | {"reactions": reactions}

    # Who hears what

    def hearing(self, chat: ChatActor) -> Iterator[BotActor]:
        """Yield the bots that are in a chat."""
        if isinstance(chat, Private):
            yield chat.bot
        elif isinstance(chat, GroupActor):
            yield from chat.bots

    def _tell_bots(self, kind: str, chat: ChatActor, author: Who, message: Json) -> None:
        if isinstance(author, BotActor) and "pinned_message" not in message:
            return  # bots hear neither of other bots' messages nor of their own, but for pins
        if isinstance(chat, GroupActor) and chat.channel:
            kind = kind.replace("message", "channel_post")
        for bot in self.hearing(chat):
            if isinstance(chat, Private) or (isinstance(chat, GroupActor) and _sees(bot, chat.member(bot), message)):
                bot.updates.add(kind, message)

    def topic(self, chat: ChatActor, reply_to: int | None, thread: int | None) -> int | None:
        """Return the topic of a forum in which a message lands, None for the general one and in other chats."""
        if not (isinstance(chat, GroupActor) and chat.forum):
            return None
        target = chat.records.get(reply_to or 0)
        return thread or (target.message.get("message_thread_id") if target else None)

    def _place(self, chat: ChatActor, reply_to: int | None, thread: int | None) -> Json:
        """Return the fields that tell where in the chat a message belongs.

        In a topic a message that is no reply replies to the topic's first message; in a supergroup
        without topics a reply carries the id of the thread's first message.
        """
        forum = isinstance(chat, GroupActor) and chat.forum
        target = chat.records.get(reply_to or thread or 0)
        if forum:
            thread = self.topic(chat, reply_to, thread)
        elif target and isinstance(chat, GroupActor) and chat.supergroup:
            thread = target.message.get("message_thread_id", target.id)
        place: Json = {"message_thread_id": thread} if thread else {}
        if thread and forum:
            place["is_topic_message"] = True
        if target:
            place["reply_to_message"] = {k: v for k, v in target.message.items() if k not in _NOT_EMBEDDED}
        return place


def _sees(bot: BotActor, member: Member, message: Json) -> bool:
    """Whether a bot in a group gets a message: admins get all, with privacy mode only what is meant for it.

    In a topic of a forum, privacy mode makes no difference to a bot that is no admin.
    """
    hidden = bot.privacy or "is_topic_message" in message
    if member.admin or not hidden or not message.keys() & CONTENT:
        return True
    if message.get("reply_to_message", {}).get("from", {}).get("id") == bot.id:
        return True
    text = message.get("text") or message.get("caption") or ""
    entities = message.get("entities") or message.get("caption_entities") or []
    words = [(e["type"], _cut(text, e["offset"], e["length"]).lower()) for e in entities]
    me = "@" + bot.username.lower()
    return any(
        (type == "mention" and word == me) or (type == "bot_command" and ("@" not in word or word.endswith(me)))
        for type, word in words
    )


def _cut(text: str, offset: int, length: int) -> str:
    data = text.encode("utf-16-le")
    return data[2 * offset : 2 * (offset + length)].decode("utf-16-le")
