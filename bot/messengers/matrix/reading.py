"""Conversion of Matrix events to ours. Content is untrusted: any value may have any type (trust: case 80)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messengers.matrix.content import (
    answered_id,
    attachment_of,
    forward_of,
    msgtype_of,
    poll_of,
    quotation_of,
    replied_id,
    sticker_of,
    text_of,
)
from bot.messengers.matrix.raw import Raw, as_dict, clean, is_state, size
from bot.messengers.matrix.rooms import Room
from bot.model import (
    Account,
    ChatRef,
    Deletion,
    Edit,
    Encryption,
    Event,
    Membership,
    Message,
    MessageRef,
    MessengerName,
    Migration,
    Presence,
    Reaction,
    Reply,
    RichText,
    Sender,
    is_id,
    rich,
)

_EARLIEST = datetime(2014, 9, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)


_INSIDE = ("join", "invite")
_FEW = 10
"""Maximum members of a room that may just have stopped being private."""


class Malformed(ValueError):
    """The event does not conform to its type and is skipped."""


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads the events of one room. `now` is the current time.

    `answered`: as in `content.text_of`, for the message read or edited; None also if it was not looked up.
    """

    room: Room
    me: str
    now: datetime
    answered: str | None = None

    def read(self, event: Raw) -> Event | None:
        """Return the converted event, or None if it is of no interest. Raises Malformed only.

        An `Edit` is returned whoever sent it; the caller compares the author (trust: case 90).
        """
        match event.get("type"):
            case "m.room.member" if event.get("state_key") == self.me:
                return self.membership(event)
            case "m.room.member":
                return self._company(event)
            case "m.room.power_levels":
                return self._power(event)
            case "m.room.encryption":
                return self._encryption(event)
        if event.get("sender") == self.me or as_dict(event.get("unsigned")).get("redacted_because") is not None:
            return None
        return self._said(event)

    def _said(self, event: Raw) -> Event | None:
        read: Event | None = None
        match event.get("type"):
            case "m.room.message":
                read = self._message(event)
            case "m.sticker":
                read = self._sticker(event)
            case "m.reaction":
                read = self._reaction(event)
            case "m.room.redaction":
                read = self._redaction(event)
            case "m.room.tombstone":
                read = self._tombstone(event)
            case "m.poll.start" | "org.matrix.msc3381.poll.start":
                read = self._poll(event)
        return read

    def unreadable(self, event: Raw) -> Message:
        """Return a placeholder for a message that could not be decrypted."""
        return Message(readable=False, text=(), **self._spoken(event, {}))

    def membership(self, event: Raw, id: str = "") -> Membership | None:
        """Convert a change of our own membership; None if it did not change (as for a new display name)."""
        content, before = _content(event), as_dict(as_dict(event.get("unsigned")).get("prev_content"))
        now, then = content.get("membership"), before.get("membership")
        presence = {"invite": Presence.INVITED, "join": Presence.JOINED, "leave": Presence.GONE, "ban": Presence.GONE}
        if not isinstance(now, str) or now not in presence or now == then:
            return None
        sender = self._sender({"sender": self._inviter(event)} if now == "join" else event)
        private = self.room.private if now == "join" else content.get("is_direct") is True
        by_inviter = sender.account is not None and sender.account.id == self.room.inviter
        zone = self.room.zone if now == "join" and private and by_inviter else ""
        return Membership(
            id=id or _id(event),
            chat=self._chat,
            # Before we join, the room's state is only what the inviter's server claims.
            sender=replace(sender, admin=None) if now == "invite" else replace(sender, zone=zone),
            at=self._at(event),
            presence=presence[now],
            title=self.room.title,
            private=private,
            hides_history=now == "join" and not self.room.shows_history,
        )

    def _company(self, event: Raw) -> Membership | None:
        """Convert the arrival or invitation of somebody else; None in a room of more than a few members."""
        before = as_dict(as_dict(event.get("unsigned")).get("prev_content")).get("membership")
        came = _content(event).get("membership") in _INSIDE and before not in _INSIDE
        if not came or self.room.private or self.room.size > _FEW:
            return None
        return Membership(
            id=_id(event),
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

    def _message(self, event: Raw) -> Message | Edit | None:
        content = _content(event)
        relation = as_dict(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            return self._edit(event, content, relation)
        if msgtype_of(content) == "m.key.verification.request":
            return None
        return Message(
            text=self._text(content),
            reply=self._reply(content),
            attachment=attachment_of(content),
            **self._spoken(event, content, is_bot=msgtype_of(content) == "m.notice"),
        )

    def _edit(self, event: Raw, content: Raw, relation: Raw) -> Edit:
        new = content.get("m.new_content")
        if not isinstance(new, dict):
            raise Malformed("an edit without a new content")
        head = self._head(event, is_bot=msgtype_of(new) == "m.notice")
        head |= {"ref": self._ref(relation.get("event_id")), "origin": self._origin(new), "source": head["id"]}
        poll, answers = (None, ()) if event.get("type") == "m.room.message" else poll_of(new)
        return Edit(text=answers if poll else self._text(new), attachment=poll or attachment_of(new), **head)

    def _sticker(self, event: Raw) -> Message:
        content = _content(event)
        sticker = sticker_of(content)
        return Message(text=(), attachment=sticker, reply=self._reply(content), **self._spoken(event, content))

    def _poll(self, event: Raw) -> Message | Edit:
        content = _content(event)
        relation = as_dict(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            return self._edit(event, content, relation)
        poll, answers = poll_of(content)
        return Message(text=answers, attachment=poll, reply=self._reply(content), **self._spoken(event, content))

    def _reaction(self, event: Raw) -> Reaction:
        relation = as_dict(_content(event).get("m.relates_to"))
        key = relation.get("key")
        if relation.get("rel_type") != "m.annotation" or not isinstance(key, str) or not key:
            raise Malformed("a reaction without a sign")
        head = self._head(event) | {"ref": self._ref(relation.get("event_id"))}
        return Reaction(key=clean(key)[:100], private=self.room.private, **head)

    def _redaction(self, event: Raw) -> Deletion:
        """Convert a redaction: its target is in the content from room version 11 on, at the top level before."""
        target = as_dict(event.get("content")).get("redacts", event.get("redacts"))
        return Deletion(**self._head(event) | {"ref": self._ref(target)})

    def _tombstone(self, event: Raw) -> Migration | None:
        to = self.room.tombstone({**event, "content": _content(event)}) if event.get("state_key") == "" else None
        if to is None:
            return None
        return Migration(id=_id(event), chat=self._chat, to=ChatRef(MessengerName.MATRIX, to), at=self._at(event))

    def _power(self, event: Raw) -> Membership | None:
        """Convert new power levels; None unless they revoke or restore our right to write."""
        if not is_state(event) or event["state_key"] != "":
            return None
        before = as_dict(event.get("unsigned")).get("prev_content")
        could, can = (self.room.may_write(self.me, as_dict(levels)) for levels in (before, event["content"]))
        if could == can:
            return None
        return Membership(
            id=_id(event),
            chat=self._chat,
            sender=self._sender(event),
            at=self._at(event),
            presence=Presence.JOINED if can else Presence.RESTRICTED,
            title=self.room.title,
            private=self.room.private,
        )

    def _encryption(self, event: Raw) -> Encryption | None:
        """Convert the enabling of encryption; None if it was already enabled."""
        again = {"prev_content", "replaces_state"} & as_dict(event.get("unsigned")).keys()
        if again or not is_state(event) or event["state_key"] != "":
            return None
        return Encryption(id=_id(event), chat=self._chat, sender=self._sender(event), at=self._at(event))

    def _text(self, content: Raw) -> RichText:
        text = text_of(content, self._answered(content))
        if text is None:
            raise Malformed("a message without a body")
        # The attribution shows the author.
        return rich("* ", *text) if msgtype_of(content) == "m.emote" else text

    def _origin(self, content: Raw) -> str | None:
        """Return the claimed author of a forward, as for `Message.origin`."""
        forward = forward_of(content)
        if forward is None:
            return None
        sender = forward.get("sender")
        return self.room.name_of(sender) if isinstance(sender, str) else ""

    def _reply(self, content: Raw) -> Reply | None:
        to = replied_id(content)
        return Reply(self._ref(to), claimed=quotation_of(content, self._answered(content))) if to else None

    def _answered(self, content: Raw) -> str | None:
        return "" if self.answered is None and answered_id(content) else self.answered

    def _spoken(self, event: Raw, content: Raw, *, is_bot: bool = False) -> dict[str, Any]:
        """Return the fields common to all messages."""
        origin = self._origin(content)
        where = {"private": self.room.private, "encrypted": self.room.encrypted}
        return self._head(event, is_bot=is_bot) | where | {"forwarded": origin is not None, "origin": origin}

    def _head(self, event: Raw, *, is_bot: bool = False) -> dict[str, Any]:
        id = _id(event)
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


def _content(event: Raw) -> Raw:
    content = event.get("content")
    if not isinstance(content, dict):
        raise Malformed("an event without content")
    return content


def as_edit(read: Message | Edit, *, id: str, source: str) -> Edit:
    """Return a message that was read late or again as an edit in its place."""
    return Edit(
        id=id,
        source=source,
        ref=read.ref,
        sender=read.sender,
        at=read.at,
        text=read.text,
        reply=read.reply,
        attachment=read.attachment,
        origin=read.origin,
        readable=read.readable,
    )


def _id(event: Raw) -> str:
    id = event.get("event_id")
    if not is_id(id):
        raise Malformed("an event without an id")
    return id
