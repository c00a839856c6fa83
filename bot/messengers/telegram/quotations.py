"""What messages reply to, and whose words they forward."""

from __future__ import annotations

from telegram import (
    ExternalReplyInfo,
    Message,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
)

from bot.messengers.telegram.attachments import attachment, file_replied_to
from bot.messengers.telegram.references import chat_ref, message_at, message_ref, sender_of, title, user_sender
from bot.messengers.telegram.texts import parsed, text_of
from bot.model import MessageRef, Reply, RichText, Sender
from bot.text.excerpts import beginning
from bot.text.merging import section_at


def reply_of(message: Message, me: int) -> Reply | None:
    """Return what a message replies to. In a topic, non-replies formally reply to the topic's service message."""
    if message.external_reply:
        return _external(message, message.external_reply, me)
    target = message.reply_to_message
    if target is None or target.forum_topic_created or _begins_topic(message, target):
        return None
    author = sender_of(target)
    excerpt = beginning(text_of(target))
    return Reply(
        message_ref(target, me),
        author.name,
        excerpt,
        author.account,
        attachment(target),
        marked=_marked(message),
        sender_chat=author.chat,
        section=_section(message, target, me),
    )


def forwarded_from(message: Message) -> str | None:
    """Return the name of a forward's claimed origin; for chats and channels their title."""
    origin = message.forward_origin
    if origin is None or message.is_automatic_forward:
        return None
    match origin:
        case MessageOriginChat():
            return title(origin.sender_chat)
        case MessageOriginChannel():
            return title(origin.chat)
    return _origin(origin).name


def _external(message: Message, target: ExternalReplyInfo, me: int) -> Reply:
    """Return the reply to a message in another chat or topic, whose id may be unknown."""
    chat = chat_ref(target.chat or message.chat)
    to = message_at(chat, target.message_id, me) if target.chat and target.message_id else MessageRef(chat, "")
    author = _origin(target.origin)
    file = file_replied_to(target)
    return Reply(to, author.name, account=author.account, attachment=file, marked=_marked(message))


def _begins_topic(message: Message, target: Message) -> bool:
    return bool(message.is_topic_message) and target.message_id == message.message_thread_id


def _marked(message: Message) -> RichText:
    """Return the part of the replied message that the author quoted; Telegram verifies it against that message."""
    return parsed(message.quote.text, message.quote.entities) if message.quote else ()


def _section(message: Message, target: Message, me: int) -> int | None:
    """Return the section of the bot's message in which the author selected something."""
    if message.quote is None or target.from_user is None or target.from_user.id != me:
        return None
    return section_at(target.text or target.caption or "", message.quote.position)


def _origin(origin: MessageOrigin) -> Sender:
    """Return the author of a message in another chat, as far as their privacy settings reveal it."""
    match origin:
        case MessageOriginUser():
            return user_sender(origin.sender_user)
        case MessageOriginHiddenUser():
            return Sender(None, origin.sender_user_name)
        case MessageOriginChat():
            return Sender(None, origin.author_signature or title(origin.sender_chat))
        case MessageOriginChannel():
            return Sender(None, origin.author_signature or title(origin.chat))
    return Sender(None, "")
