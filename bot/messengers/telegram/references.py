"""Who wrote and where: references and senders from the objects of the Bot API."""

from __future__ import annotations

from telegram import Chat, MaybeInaccessibleMessage, Message, User

from bot.messengers.telegram.ids import message_id
from bot.model import Account, ChatRef, MessageRef, MessengerName, Sender


def chat_ref(chat: Chat, topic: int | None = None) -> ChatRef:
    """Return the reference of a chat or of one of its topics."""
    return ChatRef(MessengerName.TELEGRAM, number(chat.id), number(topic) if topic else "")


def number(id: object) -> str:
    """Return an id as text. Raises ValueError for anything but a number, since the library does not validate ids."""
    if not isinstance(id, int) or isinstance(id, bool) or abs(id) >= 2**63:
        raise ValueError("an id that is no number")
    return str(id)


def message_at(chat: ChatRef, id: int, me: int) -> MessageRef:
    """Return the reference of a message, given the number that Telegram gave it."""
    return MessageRef(chat, message_id(chat, int(number(id)), me))


def message_ref(message: MaybeInaccessibleMessage, me: int) -> MessageRef:
    """Return the reference of a message. In groups without topics a thread is a chain of replies, not a topic."""
    topic = None
    if isinstance(message, Message) and message.is_topic_message:
        topic = message.message_thread_id
    return message_at(chat_ref(message.chat, topic), message.message_id, me)


def sender_of(message: Message) -> Sender:
    """Return the sender of a message. Someone who writes on behalf of a chat has no account."""
    if message.sender_chat:
        name = message.author_signature or title(message.sender_chat)
        return Sender(None, name, chat=chat_ref(message.sender_chat))
    if message.from_user is None:
        return Sender(None, "")
    return user_sender(message.from_user)


def via(message: Message) -> str:
    """Return the username of the inline bot that the message was sent with, or an empty string."""
    return f"@{message.via_bot.username}" if message.via_bot else ""


def user_sender(user: User) -> Sender:
    """Return a user as a sender."""
    return Sender(
        Account(MessengerName.TELEGRAM, number(user.id)),
        " ".join(filter(None, (user.first_name, user.last_name))),  # both may be empty (deleted accounts)
        user.username or "",
        user.language_code or "",
        user.is_bot,
    )


def title(chat: Chat) -> str:
    """Return the name of a chat."""
    return chat.title or chat.full_name or chat.username or ""


def is_private(chat: Chat) -> bool:
    """Whether this is a private chat with the bot."""
    return chat.type == Chat.PRIVATE
