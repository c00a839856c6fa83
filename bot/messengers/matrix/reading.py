"""Conversion of Matrix events to ours. Content is untrusted: any value may have any type (trust: case 80)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.messengers.matrix.content import (
    answered_id,
    attachment_of,
    forward_of,
    msgtype_of,
    quotation_of,
    replied_id,
    text_of,
    thread_root,
)
from bot.messengers.matrix.file_reading import sticker_in
from bot.messengers.matrix.raw import TEXTS, Raw, as_dict, clean, is_state, line, text_in
from bot.messengers.matrix.state import Malformed, StateReader, content_of
from bot.messengers.matrix.things import BEACON_INFOS, STARTS, live_location, poll_of
from bot.model import (
    CUSTOM_EMOJI,
    Attachment,
    Deletion,
    Edit,
    Event,
    Message,
    PollEnd,
    Reaction,
    Reply,
    RichText,
    Vote,
    rich,
)

_CALLS = ("m.call.invite", "m.call.notify", "org.matrix.msc4075.call.notify", "org.matrix.msc4075.rtc.notification")
_SILENT = ("m.key.verification.", "m.call.", "m.room.", "m.poll.", "org.matrix.msc3381.poll.", "m.beacon")
"""What the types of events begin with that say nothing to people, or nothing by themselves."""


@dataclass(frozen=True, slots=True)
class EventReader(StateReader):
    """Reads the events of one room.

    `answered`: as in `content.text_of`, for the message read or edited; None also if it was not looked up.
    """

    answered: str | None = None

    def read(self, event: Raw) -> Event | None:
        """Return the converted event, or None if it is of no interest. Raises Malformed only.

        An `Edit` is returned whoever sent it; the caller compares the author (trust: case 90).
        """
        match event.get("type"):
            case "m.room.member" if event.get("state_key") == self.me:
                return self.membership(event)
            case "m.room.member":
                return self.company(event)
            case "m.room.power_levels":
                return self.power(event)
            case "m.room.encryption":
                return self.encryption(event)
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
                read = self.tombstone(event)
            case type if type in STARTS:
                read = self._poll(event)
            case type if type in BEACON_INFOS:
                read = self._live_location(event)
            case str(type):
                read = self._other(event, type)
        return read

    def follow_up(self, event: Raw, about: str, attachment: Attachment) -> Edit:
        """Return the change of what event `about` began."""
        return Edit(text=(), attachment=attachment, **self._head(event) | {"ref": self._ref(about)})

    def unreadable(self, event: Raw) -> Message:
        """Return a placeholder for a message that could not be decrypted; what it relates to is not encrypted."""
        relation = as_dict(event.get("content")).get("m.relates_to")
        return Message(readable=False, text=(), **self._spoken(event, {"m.relates_to": relation}))

    def vote(self, event: Raw, poll: str, options: tuple[int, ...] | None) -> Vote:
        """Return the vote of an event's sender in the poll that event `poll` began; None: it cannot be decrypted."""
        head = self._head(event) | {"ref": self._ref(poll)}
        return Vote(poll=poll, options=options or (), readable=options is not None, source=head["id"], **head)

    def poll_end(self, event: Raw, poll: str) -> PollEnd:
        """Return the end, by an event's sender, of the poll that event `poll` began."""
        return PollEnd(poll=poll, **self._head(event) | {"ref": self._ref(poll)})

    def _message(self, event: Raw) -> Message | Edit | None:
        content = content_of(event)
        relation = as_dict(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            return self._edit(event, content, relation)
        if msgtype_of(content) == "m.key.verification.request":
            return None
        return Message(
            text=self._text(content),
            attachment=attachment_of(content),
            **self._spoken(event, content, is_bot=msgtype_of(content) == "m.notice"),
        )

    def _edit(self, event: Raw, content: Raw, relation: Raw) -> Edit:
        new = content.get("m.new_content")
        if not isinstance(new, dict):
            raise Malformed("an edit without a new content")
        head = self._head(event, is_bot=msgtype_of(new) == "m.notice")
        head |= {"ref": self._ref(relation.get("event_id")), "origin": self._origin(new), "source": head["id"]}
        if event.get("type") in STARTS:
            return Edit(text=(), attachment=poll_of(new), **head)
        return Edit(text=self._text(new), attachment=attachment_of(new), **head)

    def _sticker(self, event: Raw) -> Message:
        content = content_of(event)
        sticker = sticker_in(content)
        return Message(text=(), attachment=sticker, **self._spoken(event, content))

    def _poll(self, event: Raw) -> Message | Edit:
        content = content_of(event)
        relation = as_dict(content.get("m.relates_to"))
        if relation.get("rel_type") == "m.replace":
            return self._edit(event, content, relation)
        return Message(text=(), attachment=poll_of(content), **self._spoken(event, content))

    def _live_location(self, event: Raw) -> Message | None:
        content = content_of(event)
        if not is_state(event) or content.get("live") is not True:
            return None
        return Message(text=(), attachment=live_location(content, self.now), **self._spoken(event, content))

    def _other(self, event: Raw, type: str) -> Message | None:
        """Convert an event of a type that is not known, if it has words for people; and calls, which have none."""
        content = content_of(event)
        text, is_call = text_in(content, (*TEXTS, "m.caption")), type in _CALLS
        if "state_key" in event or not (is_call or (text and not type.startswith(_SILENT))):
            return None
        attachment = Attachment("call") if is_call else Attachment("other", line(type))
        return Message(text=() if is_call else rich(text), attachment=attachment, **self._spoken(event, content))

    def _reaction(self, event: Raw) -> Reaction:
        relation = as_dict(content_of(event).get("m.relates_to"))
        key = relation.get("key")
        if relation.get("rel_type") != "m.annotation" or not isinstance(key, str) or not key:
            raise Malformed("a reaction without a sign")
        head = self._head(event) | {"ref": self._ref(relation.get("event_id"))}
        return Reaction(key=_sign(content_of(event), clean(key)[:100]), private=self.room.private, **head)

    def _redaction(self, event: Raw) -> Deletion:
        """Convert a redaction: its target is in the content from room version 11 on, at the top level before."""
        target = as_dict(event.get("content")).get("redacts", event.get("redacts"))
        return Deletion(**self._head(event) | {"ref": self._ref(target)})

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

    def _thread(self, content: Raw) -> Reply | None:
        root = thread_root(content)
        return Reply(self._ref(root)) if root else None

    def _answered(self, content: Raw) -> str | None:
        return "" if self.answered is None and answered_id(content) else self.answered

    def _spoken(self, event: Raw, content: Raw, *, is_bot: bool = False) -> dict[str, Any]:
        """Return the fields common to all messages."""
        origin = self._origin(content)
        where = {"private": self.room.private, "encrypted": self.room.encrypted, "thread": self._thread(content)}
        what = {"reply": self._reply(content), "forwarded": origin is not None, "origin": origin}
        return self._head(event, is_bot=is_bot) | where | what


def _sign(content: Raw, key: str) -> str:
    """Return the key of a reaction; for a picture its name, if it has one (MSC4027)."""
    if not key.startswith("mxc://"):
        return key
    names = (content.get(name) for name in ("shortcode", "com.beeper.reaction.shortcode"))
    return next((f":{clean(each).strip(':')[:98]}:" for each in names if isinstance(each, str) and each), CUSTOM_EMOJI)


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
        thread=read.thread,
    )
