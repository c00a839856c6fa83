"""People, bots, chats and the messages in them, each with its object of the Bot API."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from math import ceil
from typing import TypeAlias

from bot.sandbox.telegram.emoji import REACTIONS
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.media import CONTENT
from bot.sandbox.telegram.rights import PERMISSIONS, RIGHTS
from bot.sandbox.telegram.updates import Updates

ANONYMOUS_ADMIN: Json = {"id": 1087968824, "is_bot": True, "first_name": "GroupActor", "username": "GroupAnonymousBot"}
CHANNEL_BOT: Json = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
"""Stands for a chat where a user is expected, such as in votes."""
GENERAL = 1
"""The thread id of a forum's general topic, which messages in it do not carry."""
_IN = frozenset({"creator", "administrator", "member"})


@dataclass(eq=False)
class PersonActor:
    """A human with an account."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = "de"
    blocked: set[int] = field(default_factory=set)
    """Ids of the bots that the person blocked."""

    @property
    def name(self) -> str:
        """The name that others see."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def user(self) -> Json:
        """The User object."""
        optional = {name: getattr(self, name) for name in ("last_name", "username", "language_code")}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name} | {
            k: v for k, v in optional.items() if v
        }


@dataclass(eq=False)
class BotActor:
    """A bot account. With `privacy` it sees only part of the messages in groups where it is no admin.

    `joinable`, `guest_queries`: BotFather's settings for groups and guest queries.
    """

    id: int
    username: str
    name: str
    token: str
    updates: Updates
    privacy: bool = True
    joinable: bool = True
    guest_queries: bool = False
    webhook: str = ""
    """Where another program sends the updates."""
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    """By scope (as JSON) and language code."""
    ids: Iterator[int] = field(default_factory=lambda: count(1))
    """Message ids of all its private chats and basic groups."""

    @property
    def user(self) -> Json:
        """The User object."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}

    @property
    def me(self) -> Json:
        """The User object that only getMe returns."""
        return self.user | {
            "can_join_groups": self.joinable,
            "can_read_all_group_messages": not self.privacy,
            "supports_guest_queries": self.guest_queries,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }


Who: TypeAlias = PersonActor | BotActor


@dataclass(eq=False)
class Record:
    """A message in a chat. `message` is replaced, never changed, since updates refer to the old state."""

    message: Json
    author: int
    at: datetime
    reactions: dict[int, str] = field(default_factory=dict)
    """User id to emoji."""

    @property
    def id(self) -> int:
        """The message's id."""
        return int(self.message["message_id"])

    @property
    def service(self) -> bool:
        """Whether it tells what happened instead of what somebody said."""
        return not self.message.keys() & CONTENT


@dataclass(eq=False)
class ChatActor:
    """What private chats and groups have in common."""

    id: int
    ids: Iterator[int]
    records: dict[int, Record] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)
    """Ids of messages."""
    available_reactions: frozenset[str] = REACTIONS

    @property
    def chat(self) -> Json:
        """The Chat object."""
        raise NotImplementedError

    def head(self, record: Record) -> Record:
        """Return the message that holds the reactions: of an album the first one that still exists."""
        album = record.message.get("media_group_id")
        if not album:
            return record
        return next(other for other in self.records.values() if other.message.get("media_group_id") == album)


@dataclass(eq=False)
class Private(ChatActor):
    """A person and a bot alone."""

    person: PersonActor = field(kw_only=True)
    bot: BotActor = field(kw_only=True)
    started: bool = False

    @property
    def chat(self) -> Json:
        """The Chat object."""
        user = self.person.user
        return {"id": self.id, "type": "private"} | {
            k: user[k] for k in ("first_name", "last_name", "username") if k in user
        }


@dataclass(eq=False)
class Member:
    """A membership of a group; its status is creator, administrator, member, restricted, left or kicked."""

    who: Who
    status: str
    rights: frozenset[str] = RIGHTS
    """Rights of an administrator, or the permissions that someone restricted has left."""
    away: bool = False
    """Someone restricted has left: they come back restricted."""

    @property
    def inside(self) -> bool:
        """Whether they are in the group."""
        return self.status in _IN or (self.status == "restricted" and not self.away)

    @property
    def gone(self) -> Member:
        """The membership once they have left."""
        return replace(self, away=True) if self.status == "restricted" else Member(self.who, "left")

    @property
    def back(self) -> Member:
        """The membership once they are in the group."""
        return replace(self, away=False) if self.status == "restricted" else Member(self.who, "member")

    @property
    def admin(self) -> bool:
        """Whether they have an administrator's rights."""
        return self.status in {"creator", "administrator"}

    @property
    def member(self) -> Json:
        """The ChatMember object."""
        base: Json = {"status": self.status, "user": self.who.user}
        if self.status == "creator":
            return base | {"is_anonymous": False}
        if self.status == "administrator":
            return base | {"can_be_edited": False, "is_anonymous": False} | _told(RIGHTS, self.rights)
        if self.status == "restricted":
            return base | {"is_member": not self.away, "until_date": 0} | _told(PERMISSIONS, self.rights)
        return base | ({"until_date": 0} if self.status == "kicked" else {})


@dataclass(eq=False)
class GroupActor(ChatActor):
    """A basic group or a supergroup; a forum is a supergroup with topics. A channel is much like one of them."""

    title: str = field(kw_only=True)
    supergroup: bool = field(kw_only=True)
    forum: bool = False
    channel: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    permissions: frozenset[str] = PERMISSIONS
    """What ordinary members may do."""
    slow_mode: int = 0
    """Seconds between two messages of somebody who is no administrator."""
    closed: set[int] = field(default_factory=set)
    """Thread ids of closed topics; 1 is the general one."""
    moved_to: GroupActor | None = None

    @property
    def kind(self) -> str:
        """The type of chat, `group`, `supergroup` or `channel`."""
        if self.channel:
            return "channel"
        return "supergroup" if self.supergroup else "group"

    @property
    def chat(self) -> Json:
        """The Chat object."""
        base: Json = {"id": self.id, "type": self.kind, "title": self.title}
        return base | ({"is_forum": True} if self.forum else {})

    @property
    def people(self) -> list[PersonActor]:
        """The humans who are in the group."""
        return [m.who for m in self.members.values() if m.inside and isinstance(m.who, PersonActor)]

    @property
    def bots(self) -> list[BotActor]:
        """The bots that are in the group."""
        return [m.who for m in self.members.values() if m.inside and isinstance(m.who, BotActor)]

    def member(self, who: Who) -> Member:
        """Return the membership of `who`."""
        return self.members.get(who.id) or Member(who, "left")

    def wait(self, who: Who, now: datetime) -> int:
        """Return for how many seconds slow mode still keeps `who` from writing."""
        if not self.slow_mode or self.member(who).admin:
            return 0
        said = (record.at for record in self.records.values() if record.author == who.id and not record.service)
        passed = (now - max(said, default=now - timedelta(seconds=self.slow_mode))).total_seconds()
        return max(0, ceil(self.slow_mode - passed))

    def open_to(self, who: Who, thread: int | None) -> bool:
        """Whether `who` may write in a topic; None is the general one."""
        return (thread or GENERAL) not in self.closed or (self.member(who).admin and self.may(who, "can_manage_topics"))

    def may(self, who: Who, right: str) -> bool:
        """Whether `who` has `right`, one of RIGHTS or PERMISSIONS."""
        member = self.member(who)
        if member.status == "creator":
            return True
        if member.status == "administrator":
            return right in member.rights or right not in RIGHTS
        left = self.permissions & member.rights if member.status == "restricted" else self.permissions
        return member.inside and right in left


def _told(names: frozenset[str], true: frozenset[str]) -> Json:
    return {name: name in true for name in sorted(names)}
