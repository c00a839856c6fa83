"""The methods that write: send, edit, delete, react."""

from __future__ import annotations

from datetime import timedelta

from bot.sandbox.telegram.actors import Chat, Group, Private, Record
from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.errors import Json, bad_request, not_played

_DELETABLE = timedelta(hours=48)
_EMOJI = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 "
    "🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 "
    "😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡 "
)


def send_message(call: Call) -> Json:
    """Play sendMessage."""
    text, keyboard = call.text(), call.keyboard()
    chat = call.chat()
    _refuse_muzzled(call, chat)
    thread, reply_to = _thread(call, chat), _reply_to(call, chat)
    call.pace(chat)
    content = text | keyboard | _preview(call, text)
    record = call.world.post(chat, call.bot, content, reply_to=reply_to, thread=thread)
    return record.message


def edit_message_text(call: Call) -> Json:
    """Play editMessageText. Without a keyboard it takes the old one away."""
    new = call.text() | call.keyboard()
    chat = call.chat()
    call.pace(chat)
    record = _editable(call, chat)
    _refuse_same(record, new, ("text", "entities", "reply_markup"))
    call.world.change(
        chat, record, call.bot, new | _preview(call, new), drop=("entities", "reply_markup", "link_preview_options")
    )
    return record.message


def edit_message_reply_markup(call: Call) -> Json:
    """Play editMessageReplyMarkup."""
    new = call.keyboard()
    chat = call.chat()
    call.pace(chat)
    record = _editable(call, chat)
    _refuse_same(record, new, ("reply_markup",))
    call.world.change(chat, record, call.bot, new, drop=("reply_markup",))
    return record.message


def delete_message(call: Call) -> bool:
    """Play deleteMessage."""
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to delete not found")
    _refuse_undeletable(call, chat, record)
    call.world.remove(chat, record)
    return True


def delete_messages(call: Call) -> bool:
    """Play deleteMessages: those that are not there are passed over."""
    chat, ids = call.chat(), call.params["message_ids"]
    if not 1 <= len(ids) <= 100:
        raise bad_request("there must be from 1 to 100 message identifiers")
    records = [chat.records[id] for id in ids if id in chat.records]
    for record in records:
        _refuse_undeletable(call, chat, record)
    for record in records:
        call.world.remove(chat, record)
    return True


def set_message_reaction(call: Call) -> bool:
    """Play setMessageReaction: a bot sets at most one."""
    chat = call.chat()
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to react not found")
    wanted = call.params.get("reaction", [])
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if wanted and wanted[0]["type"] != "emoji":
        raise not_played("reactions other than emoji")
    if wanted and wanted[0]["emoji"].removesuffix("\ufe0f") not in _EMOJI.split():
        raise bad_request("REACTION_INVALID")
    call.world.react(chat, record, call.bot, wanted[0]["emoji"] if wanted else "")
    return True


def _refuse_muzzled(call: Call, chat: Chat) -> None:
    if isinstance(chat, Group) and not chat.may(call.bot, "can_send_messages"):
        raise bad_request("not enough rights to send text messages to the chat")


def _preview(call: Call, text: Json) -> Json:
    """Give the field that a message with an address keeps."""
    options = call.params.get("link_preview_options")
    linked = any(entity["type"] in {"url", "text_link"} for entity in text.get("entities", []))
    return {"link_preview_options": options} if options and linked else {}


def _thread(call: Call, chat: Chat) -> int | None:
    thread: int | None = call.params.get("message_thread_id")
    if not thread:
        return None
    record = chat.records.get(thread)
    if not (isinstance(chat, Group) and chat.forum) or record is None or "forum_topic_created" not in record.message:
        raise bad_request("message thread not found")
    return thread


def _reply_to(call: Call, chat: Chat) -> int | None:
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


def _editable(call: Call, chat: Chat) -> Record:
    if "message_id" not in call.params:
        raise bad_request("message identifier is not specified")
    record = chat.records.get(call.params["message_id"])
    if record is None:
        raise bad_request("message to edit not found")
    if record.author != call.bot.id or "text" not in record.message:
        raise bad_request("message can't be edited")
    return record


def _refuse_same(record: Record, new: Json, fields: tuple[str, ...]) -> None:
    if all(record.message.get(name) == new.get(name) for name in fields):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )


def _refuse_undeletable(call: Call, chat: Chat, record: Record) -> None:
    own = record.author == call.bot.id
    allowed = (
        own or isinstance(chat, Private) or (isinstance(chat, Group) and chat.may(call.bot, "can_delete_messages"))
    )
    if not allowed or call.world.clock() - record.at >= _DELETABLE:
        raise bad_request("message can't be deleted for everyone")
