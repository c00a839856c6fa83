"""Where a new message goes: into which chat and topic, and to what it replies."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.sandbox.telegram.actors import ChatActor, GroupActor, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.entities import units
from bot.sandbox.telegram.errors import ApiError, Json, bad_request, not_played

_REPLY = frozenset(
    {"message_id", "allow_sending_without_reply", "chat_id", "quote", "quote_entities", "quote_position"}
)
_IN_QUOTES = frozenset({"bold", "italic", "underline", "strikethrough", "spoiler", "custom_emoji", "date_time"})
_LONGEST_QUOTE = 1024


@dataclass(frozen=True)
class Destination:
    """Where a call puts its messages."""

    call: Call
    chat: ChatActor
    reply_to: int | None
    thread: int | None
    quote: Json

    def post(self, content: Json) -> Record:
        """Post a message of the bot's."""
        content = content | self.quote
        return self.call.world.post(self.chat, self.call.bot, content, reply_to=self.reply_to, thread=self.thread)


def place(call: Call, *needed: tuple[str, str]) -> Destination:
    """Return where the call's message goes.

    `needed` are permissions, each with what errors call the messages. Raise ApiError.
    """
    chat = call.chat()
    for permission, plural in needed:
        if isinstance(chat, GroupActor) and not chat.may(call.bot, permission):
            raise bad_request(f"not enough rights to send {plural} to the chat")
    reply_to = _reply_to(call, chat)
    target = Destination(call, chat, reply_to, _thread(call, chat), _quote(call, chat, reply_to))
    if isinstance(chat, GroupActor):
        _refuse_closed(target, chat)
        _refuse_hasty(call, chat)
    return target


def _refuse_closed(target: Destination, chat: GroupActor) -> None:
    call = target.call
    if not chat.open_to(call.bot, call.world.topic(chat, target.reply_to, target.thread)):
        raise bad_request("TOPIC_CLOSED")


def _refuse_hasty(call: Call, chat: GroupActor) -> None:
    """Refuse what slow mode forbids a bot that is no administrator."""
    if wait := chat.wait(call.bot, call.world.clock()):
        raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)


def _thread(call: Call, chat: ChatActor) -> int | None:
    thread: int | None = call.params.get("message_thread_id")
    if not thread:
        return None
    record = chat.records.get(thread)
    if (
        not (isinstance(chat, GroupActor) and chat.forum)
        or record is None
        or "forum_topic_created" not in record.message
    ):
        raise bad_request("message thread not found")
    return thread


def _reply_to(call: Call, chat: ChatActor) -> int | None:
    reply = call.params.get("reply_parameters")
    if reply is None:
        return None
    if strange := reply.keys() - _REPLY:
        raise not_played(f"reply_parameters with {', '.join(sorted(strange))}")
    if reply.get("chat_id", chat.id) != chat.id:
        raise not_played("replies into another chat")
    if reply["message_id"] in chat.records:
        return int(reply["message_id"])
    if not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None


def _quote(call: Call, chat: ChatActor, reply_to: int | None) -> Json:
    """Return the field for the quoted part of the message replied to, empty for none; raise ApiError."""
    reply = call.params.get("reply_parameters", {})
    if not reply.get("quote") or reply_to is None:
        return {}
    text, entities = call.formatted(reply["quote"], reply.get("quote_entities", []))
    message = chat.records[reply_to].message
    whole = message.get("text") or message.get("caption") or ""
    marks = message.get("entities") or message.get("caption_entities") or []
    places = [place for place in _found(text, whole) if _kept(entities, 0, text) == _kept(marks, place, text)]
    if not 1 <= units(text) <= _LONGEST_QUOTE or not places:
        raise bad_request("QUOTE_TEXT_INVALID")
    place = min(places, key=lambda at: abs(at - reply.get("quote_position", 0)))
    shown = _kept(entities, 0, text)
    return {"quote": {"text": text, "position": place} | ({"entities": shown} if shown else {})}


def _found(text: str, whole: str) -> list[int]:
    """Return where a text begins within another one, in UTF-16 code units."""
    return [units(whole[: match.start()]) for match in re.finditer(f"(?={re.escape(text)})", whole)]


def _kept(entities: list[Json], start: int, text: str) -> list[Json]:
    """Return the formatting that quotes keep, of the part that begins at `start`, moved to its beginning."""
    cut = []
    for entity in entities:
        begin = max(entity["offset"] - start, 0)
        end = min(entity["offset"] + entity["length"] - start, units(text))
        if entity["type"] in _IN_QUOTES and begin < end:
            cut.append(entity | {"offset": begin, "length": end - begin})
    return cut
