"""From a room's events to ours. Content is what strangers wrote: any JSON type may stand anywhere (trust: case 80)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messengers.matrix.raw import Raw, as_dict, clean, size
from bot.messengers.matrix.rooms import Room
from bot.model import (
    Account,
    Attachment,
    ChatRef,
    Deletion,
    Edit,
    Event,
    Link,
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
    rich,
)
from bot.text.html import parse

_MEDIA = {"m.image": "photo", "m.video": "video", "m.audio": "audio", "m.file": "file", "m.location": "location"}
_VOICE = ("org.matrix.msc3245.voice", "org.matrix.msc3245.voice.v2", "m.voice")
_FALLBACK = re.compile(r"\A(?:> [^\n]*(?:\n|\Z)|>(?:\n|\Z))+\n?")
_FALLBACK_AUTHOR = re.compile(r"\A(?:\* )?<(@[^>\s]+)> ?")
_HTML_FALLBACK = re.compile(r"\A\s*<mx-reply>.*?</mx-reply>", re.DOTALL | re.IGNORECASE)
_GEO = re.compile(r"\Ageo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:[,;].*)?\Z", re.DOTALL)
_EARLIEST = datetime(2014, 9, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)


class Malformed(ValueError):
    """The event is not what its type promises; it is skipped."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the events of one room. `now` is the present moment."""

    room: Room
    me: str
    now: datetime

    def read(self, event: Raw) -> Event | None:
        """Give our event, or None where it is none of ours. Raises Malformed, and nothing else.

        An `Edit` is given whoever sent it: the caller compares the author (trust: case 90).
        """
        type = event.get("type")
        if type == "m.room.member" and event.get("state_key") == self.me:
            return self.membership(event)
        if event.get("sender") == self.me or as_dict(event.get("unsigned")).get("redacted_because") is not None:
            return None
        read: Event | None = None
        match type:
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
        """Stand in for a message that could not be decrypted."""
        return Message(readable=False, text=(), private=self.room.private, **self._head(event))

    def membership(self, event: Raw, id: str = "") -> Membership | None:
        """Read a change of our own standing; None where there is none (a new display name)."""
        content, before = _content(event), as_dict(as_dict(event.get("unsigned")).get("prev_content"))
        now, then = content.get("membership"), before.get("membership")
        presence = {"invite": Presence.INVITED, "join": Presence.JOINED, "leave": Presence.GONE, "ban": Presence.GONE}
        if not isinstance(now, str) or now not in presence or now == then:
            return None
        return Membership(
            id=id or _id(event),
            chat=self._chat,
            sender=self._sender({"sender": self._inviter(event)} if now == "join" else event),
            at=self._at(event),
            presence=presence[now],
            title=self.room.title,
            private=self.room.private if now == "join" else content.get("is_direct") is True,
        )

    def _inviter(self, event: Raw) -> object:
        """Give who brought us in: our own joining only follows an invitation."""
        unsigned = as_dict(event.get("unsigned"))
        invited = as_dict(unsigned.get("prev_content")).get("membership") == "invite"
        return (invited and unsigned.get("prev_sender")) or self.room.inviter or event.get("sender")

    def _message(self, event: Raw) -> Message | Edit | None:
        content = _content(event)
        relation = as_dict(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            return self._edit(event, content, relation)
        if _msgtype(content) == "m.key.verification.request":
            return None
        return Message(
            text=self._text(event, content),
            reply=self._reply(content, relation),
            attachment=_attachment(content),
            private=self.room.private,
            **self._head(event, is_bot=_msgtype(content) == "m.notice"),
        )

    def _edit(self, event: Raw, content: Raw, relation: Raw) -> Edit:
        new = content.get("m.new_content")
        if not isinstance(new, dict):
            raise Malformed("an edit without a new content")
        head = self._head(event, is_bot=_msgtype(new) == "m.notice")
        return Edit(text=self._text(event, new), **head | {"ref": self._ref(relation.get("event_id"))})

    def _sticker(self, event: Raw) -> Message:
        content = _content(event)
        reply = self._reply(content, as_dict(content.get("m.relates_to")))
        sticker = Attachment("sticker", _name(content.get("body")), _size(content))
        return Message(text=(), attachment=sticker, reply=reply, private=self.room.private, **self._head(event))

    def _poll(self, event: Raw) -> Message:
        content = _content(event)
        poll = as_dict(content.get("m.poll") or content.get("org.matrix.msc3381.poll.start"))
        answers = poll.get("answers")
        lines = [_words(answer) for answer in answers] if isinstance(answers, list) else []
        text = rich("\n".join(f"- {line}" for line in lines[:50] if line))
        reply = self._reply(content, as_dict(content.get("m.relates_to")))
        attachment = Attachment("poll", _words(poll.get("question"))[:500])
        return Message(text=text, attachment=attachment, reply=reply, private=self.room.private, **self._head(event))

    def _reaction(self, event: Raw) -> Reaction:
        relation = as_dict(_content(event).get("m.relates_to"))
        key = relation.get("key")
        if relation.get("rel_type") != "m.annotation" or not isinstance(key, str) or not key:
            raise Malformed("a reaction without a sign")
        head = self._head(event) | {"ref": self._ref(relation.get("event_id"))}
        return Reaction(key=clean(key)[:100], private=self.room.private, **head)

    def _redaction(self, event: Raw) -> Deletion:
        """Read what was removed: from version 11 on it stands in the content, before beside it."""
        target = as_dict(event.get("content")).get("redacts", event.get("redacts"))
        return Deletion(**self._head(event) | {"ref": self._ref(target)})

    def _tombstone(self, event: Raw) -> Migration | None:
        to = self.room.tombstone({**event, "content": _content(event)}) if event.get("state_key") == "" else None
        if to is None:
            return None
        return Migration(id=_id(event), chat=self._chat, to=ChatRef(MessengerName.MATRIX, to), at=self._at(event))

    def _text(self, event: Raw, content: Raw) -> RichText:
        """Give what was said; of a file its caption, which is there only beside a file name of its own."""
        body, msgtype = content.get("body"), _msgtype(content)
        if msgtype == "m.location":
            return _place(content)
        if not isinstance(body, str):
            raise Malformed("a message without a body")
        if msgtype in _MEDIA and content.get("filename", body) == body:
            return ()
        text = _formatted(content) or rich(clean(_without_fallback(body, content)))
        return rich(f"* {self._sender(event).name} ", *text) if msgtype == "m.emote" else text

    def _reply(self, content: Raw, relation: Raw) -> Reply | None:
        to = as_dict(relation.get("m.in_reply_to")).get("event_id")
        in_thread = relation.get("rel_type") == "m.thread" and relation.get("is_falling_back") is True
        if not isinstance(to, str) or not to or in_thread:
            return None
        author, excerpt = _quoted(content)
        return Reply(self._ref(to), author and self.room.name_of(author), excerpt)

    def _head(self, event: Raw, *, is_bot: bool = False) -> dict[str, Any]:
        id = _id(event)
        return {"id": id, "ref": self._ref(id), "sender": self._sender(event, is_bot=is_bot), "at": self._at(event)}

    def _sender(self, event: Raw, *, is_bot: bool = False) -> Sender:
        id = event.get("sender")
        if not isinstance(id, str) or not id.startswith("@") or ":" not in id:
            raise Malformed("an event without a sender")
        return Sender(Account(MessengerName.MATRIX, id), self.room.name_of(id), is_bot=is_bot)

    def _at(self, event: Raw) -> datetime:
        """Read when it was sent: what a foreign server claims, kept within what can be."""
        claimed = size(event.get("origin_server_ts"))
        if claimed is None:
            return self.now
        latest = self.now + _AHEAD
        if claimed / 1000 > latest.timestamp():
            return self.now
        return max(_EARLIEST, datetime.fromtimestamp(claimed / 1000, UTC))

    def _ref(self, id: object) -> MessageRef:
        if not isinstance(id, str) or not id:
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


def _msgtype(content: Raw) -> str:
    msgtype = content.get("msgtype")
    return msgtype if isinstance(msgtype, str) else ""


def _id(event: Raw) -> str:
    id = event.get("event_id")
    if not isinstance(id, str) or not id:
        raise Malformed("an event without an id")
    return id


def _formatted(content: Raw) -> RichText:
    html = content.get("formatted_body")
    if content.get("format") != "org.matrix.custom.html" or not isinstance(html, str):
        return ()
    return parse(clean(_HTML_FALLBACK.sub("", html)))


def _without_fallback(body: str, content: Raw) -> str:
    """Take the quotation that old clients put before an answer out of the body."""
    replies = "m.in_reply_to" in as_dict(content.get("m.relates_to"))
    return _FALLBACK.sub("", body, count=1) if replies else body


def _quoted(content: Raw) -> tuple[str, RichText]:
    """Give author (MXID) and words of the quotation, as far as the body has one."""
    body = content.get("body")
    found = _FALLBACK.match(body) if isinstance(body, str) else None
    if not found:
        return "", ()
    lines = clean(found[0]).rstrip("\n").split("\n")
    quoted = "\n".join(line[2:] for line in lines)
    author = _FALLBACK_AUTHOR.match(quoted)
    return (author[1], rich(quoted[author.end() :])) if author else ("", rich(quoted))


def _attachment(content: Raw) -> Attachment | None:
    kind = _MEDIA.get(_msgtype(content))
    if kind is None:
        return None
    if kind == "location":
        return Attachment(kind)
    if kind == "audio" and any(key in content for key in _VOICE):
        kind = "voice"
    return Attachment(kind, _name(content.get("filename")) or _name(content.get("body")), _size(content))


def _name(value: object) -> str:
    return " ".join(clean(value).split())[:255] if isinstance(value, str) else ""


def _size(content: Raw) -> int | None:
    return size(as_dict(content.get("info")).get("size"))


def _place(content: Raw) -> RichText:
    body, geo = content.get("body"), content.get("geo_uri")
    label = _name(body) or "📍"
    found = _GEO.match(geo) if isinstance(geo, str) else None
    if not found:
        return rich(label)
    latitude, longitude = found.groups()
    url = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=16/{latitude}/{longitude}"
    return rich(Link(url, rich(label)))


def _words(value: object) -> str:
    """Give the text of a question or an answer: a string, or a list of `{"body": …}`, under any of its names."""
    named = as_dict(value)
    for key in ("m.text", "org.matrix.msc1767.text", "body"):
        text = named.get(key)
        first = text[0] if isinstance(text, list) and text else text
        if name := _name(as_dict(first).get("body") if isinstance(first, dict) else first):
            return name
    return ""
