"""Where a new message goes: into which chat and topic, and to what it replies."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.telegram.actors import ChatActor, GroupActor, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import ApiError, Json, bad_request, not_played


@dataclass(frozen=True)
class Destination:
    """Where a call puts its messages."""

    call: Call
    chat: ChatActor
    reply_to: int | None
    thread: int | None

    def post(self, content: Json) -> Record:
        """Post a message of the bot's."""
        return self.call.world.post(self.chat, self.call.bot, content, reply_to=self.reply_to, thread=self.thread)


def place(call: Call, *needed: tuple[str, str]) -> Destination:
    """Return where the call's message goes.

    `needed` are permissions, each with what errors call the messages. Raise ApiError.
    """
    chat = call.chat()
    for permission, plural in needed:
        if isinstance(chat, GroupActor) and not chat.may(call.bot, permission):
            raise bad_request(f"not enough rights to send {plural} to the chat")
    target = Destination(call, chat, _reply_to(call, chat), _thread(call, chat))
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
    if strange := reply.keys() - {"message_id", "allow_sending_without_reply", "chat_id"}:
        raise not_played(f"reply_parameters with {', '.join(sorted(strange))}")
    if reply.get("chat_id", chat.id) != chat.id:
        raise not_played("replies into another chat")
    if reply["message_id"] in chat.records:
        return int(reply["message_id"])
    if not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return None
