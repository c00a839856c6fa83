"""Conversion of Bot API updates to events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    ExternalReplyInfo,
    MaybeInaccessibleMessage,
    MessageEntity,
    MessageOrigin,
    MessageOriginChannel,
    MessageOriginChat,
    MessageOriginHiddenUser,
    MessageOriginUser,
    MessageReactionUpdated,
    ReactionType,
    ReactionTypeEmoji,
    Update,
    User,
)
from telegram import Message as TelegramMessage

from bot.messengers.telegram.attachments import attachment
from bot.messengers.telegram.ids import message_id
from bot.messengers.telegram.presence import presence
from bot.model import (
    Account,
    ChatRef,
    Edit,
    Event,
    Membership,
    Message,
    MessageRef,
    MessengerName,
    Migration,
    Press,
    Reaction,
    Reply,
    RichText,
    Sender,
    Text,
    plain,
    rich,
)
from bot.text.excerpts import beginning
from bot.text.telegram import Entity, parse

KINDS = ("message", "edited_message", "callback_query", "message_reaction", "my_chat_member")
"""The allowed updates."""
_ME = re.compile(r"/me +[^\s]")


def events(update: Update, me: User, now: datetime) -> Iterator[Event]:
    """Yield the events in an update; none for the bot's own actions and for mere service messages.

    `me` is the result of getMe, `now` the time for events that Telegram does not date. Event ids are update ids.
    """
    id = str(update.update_id)
    if update.message:
        yield from _message(id, update.message, me.id)
    elif update.edited_message:
        yield from _edit(id, update.edited_message, me.id)
    elif update.callback_query:
        yield from _press(id, update.callback_query, me.id, now)
    elif update.message_reaction:
        yield from _reactions(id, update.message_reaction, me.id)
    elif update.my_chat_member:
        yield from _membership(id, update.my_chat_member, me)


def _message(id: str, message: TelegramMessage, me: int) -> Iterator[Event]:
    if message.migrate_to_chat_id:
        yield _migration(message.chat.id, message.migrate_to_chat_id, message.date)
    elif message.migrate_from_chat_id:
        yield _migration(message.migrate_from_chat_id, message.chat.id, message.date)
    text, attached = _text(message), attachment(message)
    if _is(message.from_user, me) or not (text or attached):
        return
    yield Message(
        id=id,
        ref=_ref(message, me),
        sender=_sender(message),
        at=message.date,
        text=text,
        reply=_reply(message, me),
        attachment=attached,
        private=_private(message.chat),
        forwarded=message.forward_origin is not None or bool(message.is_automatic_forward),
        origin=_forwarded_from(message),
        via=_via(message),
    )


def _edit(id: str, message: TelegramMessage, me: int) -> Iterator[Event]:
    attached = attachment(message)
    text = _text(message)
    moving = attached is not None and attached.kind in {"location", "poll"}  # updated all the time, never its text
    if _is(message.from_user, me) or moving or not (text or attached):
        return
    at = message.edit_date or message.date
    yield Edit(
        id=id,
        ref=_ref(message, me),
        sender=_sender(message),
        at=at,
        text=text,
        reply=_reply(message, me),
        attachment=attached,
        origin=_forwarded_from(message),
        via=_via(message),
    )


def _press(id: str, query: CallbackQuery, me: int, now: datetime) -> Iterator[Event]:
    if query.message is None or query.data is None:
        return
    yield Press(
        id=id,
        ref=_ref(query.message, me),
        sender=_user(query.from_user),
        at=now,
        action=query.data,
        query=query.id,
        private=_private(query.message.chat),
    )


def _reactions(id: str, update: MessageReactionUpdated, me: int) -> Iterator[Event]:
    """Yield one event for each reaction added or removed. Custom emoji have no meaning elsewhere and are skipped."""
    if update.user:
        sender = _user(update.user)
    elif update.actor_chat:
        sender = Sender(None, _title(update.actor_chat))
    else:
        return
    old, new = _signs(update.old_reaction), _signs(update.new_reaction)
    changes = [(key, True) for key in old if key not in new] + [(key, False) for key in new if key not in old]
    for number, (key, removed) in enumerate(changes):
        yield Reaction(
            id=f"{id}.{number}" if len(changes) > 1 else id,
            ref=_at(_chat(update.chat), update.message_id, me),
            sender=sender,
            at=update.date,
            key=key,
            removed=removed,
            private=_private(update.chat),
        )


def _membership(id: str, update: ChatMemberUpdated, me: User) -> Iterator[Event]:
    became = presence(update, me)
    if became is None:
        return
    yield Membership(
        id=id,
        chat=_chat(update.chat),
        sender=_user(update.from_user),
        at=update.date,
        presence=became,
        title=update.chat.title or "",
        private=_private(update.chat),
        channel=update.chat.type == Chat.CHANNEL,
    )


def _migration(old: int, new: int, at: datetime) -> Migration:
    """Return the event for a migration; its two service messages produce the same id."""
    chat, to = (ChatRef(MessengerName.TELEGRAM, _number(id)) for id in (old, new))
    return Migration(id=f"migration {old} {new}", chat=chat, to=to, at=at)


# Who and where


def _chat(chat: Chat, topic: int | None = None) -> ChatRef:
    return ChatRef(MessengerName.TELEGRAM, _number(chat.id), _number(topic) if topic else "")


def _number(id: object) -> str:
    """Return an id as text. Raises ValueError for anything but a number, since the library does not validate ids."""
    if not isinstance(id, int) or isinstance(id, bool) or abs(id) >= 2**63:
        raise ValueError("an id that is no number")
    return str(id)


def _at(chat: ChatRef, number: int, me: int) -> MessageRef:
    return MessageRef(chat, message_id(chat, int(_number(number)), me))


def _ref(message: MaybeInaccessibleMessage, me: int) -> MessageRef:
    """Return the reference of a message. In groups without topics a thread is a chain of replies, not a topic."""
    topic = None
    if isinstance(message, TelegramMessage) and message.is_topic_message:
        topic = message.message_thread_id
    return _at(_chat(message.chat, topic), message.message_id, me)


def _sender(message: TelegramMessage) -> Sender:
    """Return the sender of a message. Someone who writes on behalf of a chat has no account."""
    if message.sender_chat:
        name = message.author_signature or _title(message.sender_chat)
        return Sender(None, name, chat=_chat(message.sender_chat))
    if message.from_user is None:
        return Sender(None, "")
    return _user(message.from_user)


def _via(message: TelegramMessage) -> str:
    """Return the username of the inline bot that the message was sent with, or an empty string."""
    return f"@{message.via_bot.username}" if message.via_bot else ""


def _user(user: User) -> Sender:
    return Sender(
        Account(MessengerName.TELEGRAM, _number(user.id)),
        " ".join(filter(None, (user.first_name, user.last_name))),  # both may be empty (deleted accounts)
        user.username or "",
        user.language_code or "",
        user.is_bot,
    )


def _title(chat: Chat) -> str:
    return chat.title or chat.full_name or chat.username or ""


def _private(chat: Chat) -> bool:
    return chat.type == Chat.PRIVATE


def _is(user: User | None, id: int) -> bool:
    return user is not None and user.id == id


def _signs(reactions: Sequence[ReactionType]) -> list[str]:
    return [reaction.emoji for reaction in reactions if isinstance(reaction, ReactionTypeEmoji)]


# Text


def _text(message: TelegramMessage) -> RichText:
    if message.text is not None:
        return _emote(_parsed(message.text, message.entities))
    return _parsed(message.caption or "", message.caption_entities)


def _emote(text: RichText) -> RichText:
    """Convert `/me waves` to an emote, as other messengers do; `/me` alone stays a command."""
    first = text[0] if text else None
    if not isinstance(first, Text) or not _ME.match(plain(text)):
        return text
    return rich("* " + first.text.removeprefix("/me").lstrip(" "), *text[1:])


def _parsed(text: str, entities: Sequence[MessageEntity] | None) -> RichText:
    return parse(text, [_entity(entity) for entity in entities or ()])


def _entity(entity: MessageEntity) -> Entity:
    return Entity(
        entity.type,
        entity.offset,
        entity.length,
        url=entity.url or "",
        language=entity.language or "",
        user_id=_number(entity.user.id) if entity.user else "",
        unix_time=int(entity.unix_time.timestamp()) if entity.unix_time else None,
    )


def _reply(message: TelegramMessage, me: int) -> Reply | None:
    """Return what a message replies to. In a topic, non-replies formally reply to the topic's service message."""
    if message.external_reply:
        return _external(message, message.external_reply, me)
    target = message.reply_to_message
    if target is None or target.forum_topic_created:
        return None
    author = _sender(target)
    excerpt = beginning(_text(target))
    return Reply(
        _ref(target, me),
        author.name,
        excerpt,
        author.account,
        attachment(target),
        marked=_marked(message),
        sender_chat=author.chat,
    )


def _external(message: TelegramMessage, target: ExternalReplyInfo, me: int) -> Reply:
    """Return the reply to a message in another chat or topic, whose id may be unknown."""
    chat = _chat(target.chat or message.chat)
    to = _at(chat, target.message_id, me) if target.chat and target.message_id else MessageRef(chat, "")
    author = _origin(target.origin)
    return Reply(to, author.name, _marked(message), author.account)


def _marked(message: TelegramMessage) -> RichText:
    """Return the part of the replied message that the author quoted; Telegram verifies it against that message."""
    return _parsed(message.quote.text, message.quote.entities) if message.quote else ()


def _forwarded_from(message: TelegramMessage) -> str | None:
    """Return the name of a forward's claimed origin; for chats and channels their title."""
    origin = message.forward_origin
    if origin is None or message.is_automatic_forward:
        return None
    match origin:
        case MessageOriginChat():
            return _title(origin.sender_chat)
        case MessageOriginChannel():
            return _title(origin.chat)
    return _origin(origin).name


def _origin(origin: MessageOrigin) -> Sender:
    """Return the author of a message in another chat, as far as their privacy settings reveal it."""
    match origin:
        case MessageOriginUser():
            return _user(origin.sender_user)
        case MessageOriginHiddenUser():
            return Sender(None, origin.sender_user_name)
        case MessageOriginChat():
            return Sender(None, origin.author_signature or _title(origin.sender_chat))
        case MessageOriginChannel():
            return Sender(None, origin.author_signature or _title(origin.chat))
    return Sender(None, "")
