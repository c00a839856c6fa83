"""Conversion of what all Matrix events have in common, and of changes to a room's state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messengers.matrix.raw import Raw, as_dict, is_state, size
from bot.messengers.matrix.rooms import Room
from bot.model import (
    Account,
    ChatChange,
    ChatChangeKind,
    ChatRef,
    Encryption,
    Membership,
    MessageRef,
    MessengerName,
    Migration,
    PinChange,
    Presence,
    Sender,
    is_id,
)

_EARLIEST = datetime(2014, 9, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
_INSIDE = ("join", "invite")
PINNED = "m.room.pinned_events"
MOST_PINS = 20
"""How many changes of pins are read from one event."""
_FEW = 10
"""Maximum members of a room that may just have stopped being private."""


class Malformed(ValueError):
    """The event does not conform to its type and is skipped."""


@dataclass(frozen=True, slots=True)
class StateReader:
    """Reads the state events of one room. `now` is the current time."""

    room: Room
    me: str
    now: datetime

    def membership(self, event: Raw, id: str = "") -> Membership | None:
        """Convert a change of our own membership; None if it did not change (as for a new display name)."""
        content, before = content_of(event), as_dict(as_dict(event.get("unsigned")).get("prev_content"))
        now, then = content.get("membership"), before.get("membership")
        presence = {"invite": Presence.INVITED, "join": Presence.JOINED, "leave": Presence.GONE, "ban": Presence.GONE}
        if not isinstance(now, str) or now not in presence or now == then:
            return None
        sender = self._sender({"sender": self._inviter(event)} if now == "join" else event)
        private = self.room.private if now == "join" else content.get("is_direct") is True
        by_inviter = sender.account is not None and sender.account.id == self.room.inviter
        zone = self.room.zone if now == "join" and private and by_inviter else ""
        return Membership(
            id=id or id_of(event),
            chat=self._chat,
            # Before we join, the room's state is only what the inviter's server claims.
            sender=replace(sender, admin=None) if now == "invite" else replace(sender, zone=zone),
            at=self._at(event),
            presence=presence[now],
            title=self.room.title,
            private=private,
            hides_history=now == "join" and not self.room.shows_history,
        )

    def company(self, event: Raw) -> Membership | None:
        """Convert the arrival or invitation of somebody else; None in a room of more than a few members."""
        before = as_dict(as_dict(event.get("unsigned")).get("prev_content")).get("membership")
        came = content_of(event).get("membership") in _INSIDE and before not in _INSIDE
        if not came or self.room.private or self.room.size > _FEW:
            return None
        return Membership(
            id=id_of(event),
            chat=self._chat,
            sender=self._sender(event),
            at=self._at(event),
            presence=Presence.ACCOMPANIED,
            title=self.room.title,
        )

    def _inviter(self, event: Raw) -> object:
        """Return who invited us: our own join only follows an invitation."""
        unsigned = as_dict(event.get("unsigned"))
        invited = as_dict(unsigned.get("prev_content")).get("membership") == "invite"
        return (invited and unsigned.get("prev_sender")) or self.room.inviter or event.get("sender")

    def tombstone(self, event: Raw) -> Migration | None:
        """Convert a room upgrade; None if its sender was not entitled to it."""
        to = self.room.tombstone({**event, "content": content_of(event)}) if event.get("state_key") == "" else None
        if to is None:
            return None
        return Migration(id=id_of(event), chat=self._chat, to=ChatRef(MessengerName.MATRIX, to), at=self._at(event))

    def power(self, event: Raw) -> Membership | None:
        """Convert new power levels; None unless they revoke or restore our right to write."""
        if not is_state(event) or event["state_key"] != "":
            return None
        before = as_dict(event.get("unsigned")).get("prev_content")
        could, can = (self.room.may_write(self.me, as_dict(levels)) for levels in (before, event["content"]))
        if could == can:
            return None
        return Membership(
            id=id_of(event),
            chat=self._chat,
            sender=self._sender(event),
            at=self._at(event),
            presence=Presence.JOINED if can else Presence.RESTRICTED,
            title=self.room.title,
            private=self.room.private,
        )

    def encryption(self, event: Raw) -> Encryption | None:
        """Convert the enabling of encryption; None if it was already enabled."""
        again = {"prev_content", "replaces_state"} & as_dict(event.get("unsigned")).keys()
        if again or not is_state(event) or event["state_key"] != "":
            return None
        return Encryption(id=id_of(event), chat=self._chat, sender=self._sender(event), at=self._at(event))

    def pins(self, event: Raw) -> tuple[PinChange, ...]:
        """Convert a new list of pinned messages, by somebody else, to its first changes; none for any other event."""
        if event.get("type") != PINNED or not is_state(event) or event["state_key"] or event["sender"] == self.me:
            return ()
        now, before = _listed(event["content"]), _listed(as_dict(event.get("unsigned")).get("prev_content"))
        changes = [(id, False) for id in before if id not in now] + [(id, True) for id in now if id not in before]
        return tuple(
            PinChange(pinned=pinned, **self._head(event) | {"id": f"{id_of(event)}.{place}", "ref": self._ref(id)})
            for place, (id, pinned) in enumerate(changes[:MOST_PINS])
        )

    def chat_change(
        self, event: Raw, kind: ChatChangeKind, *, people: tuple[Sender, ...] = (), title: str = ""
    ) -> ChatChange:
        """Return a change of the room, which may come with a `Membership` and has an id of its own."""
        at, id = self._at(event), f"{id_of(event)}:change"
        return ChatChange(
            id=id, chat=self._chat, sender=self._sender(event), at=at, kind=kind, people=people, title=title
        )

    def _head(self, event: Raw, *, is_bot: bool = False) -> dict[str, Any]:
        id = id_of(event)
        return {"id": id, "ref": self._ref(id), "sender": self._sender(event, is_bot=is_bot), "at": self._at(event)}

    def _sender(self, event: Raw, *, is_bot: bool = False) -> Sender:
        id = event.get("sender")
        if not is_id(id) or not id.startswith("@") or ":" not in id:
            raise Malformed("an event without a sender")
        account = Account(MessengerName.MATRIX, id)
        return Sender(account, self.room.name_of(id), is_bot=is_bot, admin=self.room.has_admin(id))

    def _at(self, event: Raw) -> datetime:
        """Return when an event was sent: the time that a foreign server claims, limited to what is plausible."""
        claimed = size(event.get("origin_server_ts"))
        if claimed is None:
            return self.now
        latest = self.now + _AHEAD
        if claimed / 1000 > latest.timestamp():
            return self.now
        return max(_EARLIEST, datetime.fromtimestamp(claimed / 1000, UTC))

    def _ref(self, id: object) -> MessageRef:
        if not is_id(id):
            raise Malformed("a relation to nothing")
        return MessageRef(self._chat, id)

    @property
    def _chat(self) -> ChatRef:
        return ChatRef(MessengerName.MATRIX, self.room.id)


def _listed(content: object) -> list[str]:
    """Return the ids of the pinned messages, each once."""
    listed = as_dict(content).get("pinned")
    return list(dict.fromkeys(filter(is_id, listed))) if isinstance(listed, list) else []


def content_of(event: Raw) -> Raw:
    """Return the content of an event. Raises Malformed."""
    content = event.get("content")
    if not isinstance(content, dict):
        raise Malformed("an event without content")
    return content


def id_of(event: Raw) -> str:
    """Return the id of an event. Raises Malformed."""
    id = event.get("event_id")
    if not is_id(id):
        raise Malformed("an event without an id")
    return id
