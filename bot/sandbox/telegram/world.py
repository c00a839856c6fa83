"""What happens: messages are posted, changed and removed, bots hear of what they may, people see everything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime
from itertools import count

from bot.sandbox.telegram.actors import Bot, Chat, Group, Member, Person, Private, Record, Who
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.files import Files
from bot.sandbox.telegram.media import KINDS

_NOT_EMBEDDED = frozenset({"reply_to_message", "reply_markup"})
_CONTENT = frozenset({"text", "poll", *KINDS})
"""What makes a message one that privacy mode may hide; all others are about the group."""


class World:
    """Everyone and everything on one server."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Begin empty; `clock` gives aware datetimes."""
        self.clock = clock
        self.people: dict[int, Person] = {}
        self.bots: dict[int, Bot] = {}
        self.groups: dict[int, Group] = {}
        self.privates: dict[tuple[int, int], Private] = {}
        self.files = Files()
        self.queries: dict[str, asyncio.Future[Json]] = {}
        self.history: list[Json] = []
        self._watchers: set[asyncio.Queue[Json]] = set()
        self._numbers = count(4001)

    def number(self) -> int:
        """Give a number that nobody has yet."""
        return next(self._numbers)

    @property
    def now(self) -> int:
        """Give the Unix time in seconds."""
        return int(self.clock().timestamp())

    # What people see

    def emit(self, kind: str, chat: Chat, **more: object) -> None:
        """Tell those who watch, and write it into the history."""
        event: Json = {"kind": kind, "chat": chat.id, **more}
        self.history.append(event)
        for queue in self._watchers:
            queue.put_nowait(event)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[Json]]:
        """Give a queue of everything that happens from now on."""
        queue: asyncio.Queue[Json] = asyncio.Queue()
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    # Messages

    def post(
        self, chat: Chat, author: Who, content: Json, *, reply_to: int | None = None, thread: int | None = None
    ) -> Record:
        """Put a message into a chat. `content` may overrule `from`."""
        head: Json = {"message_id": next(chat.ids), "from": author.user, "chat": chat.chat, "date": self.now}
        message = head | self._place(chat, reply_to, thread) | content
        record = Record(message, author.id, self.clock())
        chat.records[record.id] = record
        self._tell_bots("message", chat, author, message)
        self.emit("message", chat, message=message)
        return record

    def change(self, chat: Chat, record: Record, author: Who, content: Json, *, drop: tuple[str, ...] = ()) -> None:
        """Change a message: `content` is put in, the fields `drop` are left out."""
        kept = {name: value for name, value in record.message.items() if name not in drop}
        record.message = kept | content | {"edit_date": self.now}
        self._tell_bots("edited_message", chat, author, record.message)
        self.emit("edit", chat, message=record.message)

    def remove(self, chat: Chat, record: Record) -> None:
        """Take a message away. No bot hears of it."""
        del chat.records[record.id]
        self.emit("delete", chat, message=record.message)

    def react(self, chat: Chat, record: Record, who: Who, emoji: str) -> None:
        """Set or (empty) take back a reaction. Only bots that are admins hear of it, and only of people's."""
        old = record.reactions.pop(who.id, "")
        if emoji:
            record.reactions[who.id] = emoji
        if isinstance(who, Person):
            update = {
                "chat": chat.chat,
                "message_id": record.id,
                "user": who.user,
                "date": self.now,
                "old_reaction": _reactions(old),
                "new_reaction": _reactions(emoji),
            }
            for bot in self._hearing(chat):
                if isinstance(chat, Private) or (isinstance(chat, Group) and chat.member(bot).admin):
                    bot.updates.add("message_reaction", update)
        self.emit("reaction", chat, message=record.message, **{"from": who.user}, emoji=emoji, old=old)

    def as_seen(self, record: Record) -> Json:
        """Give the message with its reactions: `[{"emoji": …, "from": User}]`."""
        everyone: dict[int, Who] = {**self.people, **self.bots}
        reactions = [{"emoji": emoji, "from": everyone[id].user} for id, emoji in record.reactions.items()]
        return record.message | {"reactions": reactions}

    # Membership

    def stand(self, group: Group, new: Member, by: Who) -> None:
        """Change how someone stands to a group; a bot hears of it when it is the one."""
        who = new.who
        old = group.member(who)
        group.members[who.id] = new
        if isinstance(who, Bot) and old.member != new.member:
            update = {
                "chat": group.chat,
                "from": by.user,
                "date": self.now,
                "old_chat_member": old.member,
                "new_chat_member": new.member,
            }
            who.updates.add("my_chat_member", update)
        self.emit("member", group, user=who.user, status=new.status, **{"from": by.user})

    def block(self, chat: Private, *, blocked: bool) -> None:
        """Let the person block the bot, or take that back."""
        statuses = ("member", "kicked") if blocked else ("kicked", "member")
        old, new = (Member(chat.bot, status).member for status in statuses)
        (chat.person.blocked.add if blocked else chat.person.blocked.discard)(chat.bot.id)
        update = {
            "chat": chat.chat,
            "from": chat.person.user,
            "date": self.now,
            "old_chat_member": old,
            "new_chat_member": new,
        }
        chat.bot.updates.add("my_chat_member", update)

    def migrate(self, group: Group, by: Who) -> Group:
        """Let a basic group go on as a supergroup, with ids that begin anew."""
        new = Group(-1_000_000_000_000 - self.number(), count(1), title=group.title, supergroup=True)
        self.groups[new.id] = new
        new.members = group.members
        self.post(group, by, {"migrate_to_chat_id": new.id})
        group.moved_to = new
        self.post(new, by, {"migrate_from_chat_id": group.id})
        self.emit("migrate", group, to=new.id)
        return new

    # Who hears what

    def _hearing(self, chat: Chat) -> Iterator[Bot]:
        if isinstance(chat, Private):
            yield chat.bot
        elif isinstance(chat, Group):
            yield from chat.bots

    def _tell_bots(self, kind: str, chat: Chat, author: Who, message: Json) -> None:
        if isinstance(author, Bot):
            return  # bots hear neither of other bots' messages nor of their own
        if isinstance(chat, Group) and chat.channel:
            kind = kind.replace("message", "channel_post")
        for bot in self._hearing(chat):
            if isinstance(chat, Private) or (isinstance(chat, Group) and _sees(bot, chat.member(bot), message)):
                bot.updates.add(kind, message)

    def _place(self, chat: Chat, reply_to: int | None, thread: int | None) -> Json:
        """Give the fields that say where in the chat a message stands.

        In a topic a message that answers nothing answers the topic's first message; in a supergroup
        without topics an answer carries the id of the thread's first message.
        """
        forum = isinstance(chat, Group) and chat.forum
        target = chat.records.get(reply_to or thread or 0)
        if forum and target and not thread:
            thread = target.message.get("message_thread_id")
        elif not forum and target and isinstance(chat, Group) and chat.supergroup:
            thread = target.message.get("message_thread_id", target.id)
        place: Json = {"message_thread_id": thread} if thread else {}
        if thread and forum:
            place["is_topic_message"] = True
        if target:
            place["reply_to_message"] = {k: v for k, v in target.message.items() if k not in _NOT_EMBEDDED}
        return place


def _reactions(emoji: str) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _sees(bot: Bot, member: Member, message: Json) -> bool:
    """Say whether a bot in a group gets a message: admins all, with privacy mode only what is meant for it.

    In a topic of a forum, privacy mode makes no difference to a bot that is no admin.
    """
    hidden = bot.privacy or "is_topic_message" in message
    if member.admin or not hidden or not message.keys() & _CONTENT:
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
