"""Conversion of Bot API updates to events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    MaybeInaccessibleMessage,
    MessageReactionUpdated,
    PollAnswer,
    ReactionType,
    ReactionTypeCustomEmoji,
    ReactionTypeEmoji,
    ReactionTypePaid,
    Update,
    User,
)
from telegram import Message as TelegramMessage

from bot.messengers.telegram.attachments import attachment
from bot.messengers.telegram.changes import changes
from bot.messengers.telegram.custom_emoji import PREFIX
from bot.messengers.telegram.presence import presence
from bot.messengers.telegram.quotations import forwarded_from, reply_of
from bot.messengers.telegram.references import (
    chat_ref,
    is_private,
    message_at,
    message_ref,
    number,
    sender_of,
    title,
    user_sender,
    via,
)
from bot.messengers.telegram.texts import text_of
from bot.messengers.telegram.things import poll_of
from bot.model import (
    ChatRef,
    Edit,
    Event,
    Membership,
    Message,
    MessengerName,
    Migration,
    PinChange,
    PollClosed,
    Presence,
    Press,
    Reaction,
    Sender,
    Vote,
)

UPDATE_TYPES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "poll",
    "poll_answer",
    "my_chat_member",
)
"""The allowed updates."""
PAID = "⭐"


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
    elif update.poll_answer:
        yield _vote(id, update.poll_answer, now)
    elif update.poll and update.poll.is_closed:  # one of people; of the bot's own each vote is reported anyway
        yield PollClosed(id=id, poll=update.poll.id, at=now, attachment=poll_of(update.poll))
    elif update.my_chat_member:
        yield from _membership(id, update.my_chat_member, me)


def _message(id: str, message: TelegramMessage, me: int) -> Iterator[Event]:
    if message.migrate_to_chat_id:
        yield _migration(message.chat.id, message.migrate_to_chat_id, message.date)
    elif message.migrate_from_chat_id:
        yield _migration(message.migrate_from_chat_id, message.chat.id, message.date)
    elif message.forum_topic_reopened or message.general_forum_topic_unhidden:
        yield _reopened(id, message, me)
    elif message.pinned_message:
        yield from _pinned(id, message, message.pinned_message, me)
    yield from changes(id, message, me)
    text, attached = text_of(message), attachment(message)
    if _is(message.from_user, me) or not (text or attached):
        return
    yield Message(
        id=id,
        ref=message_ref(message, me),
        sender=sender_of(message),
        at=message.date,
        text=text,
        reply=reply_of(message, me),
        attachment=attached,
        private=is_private(message.chat),
        forwarded=message.forward_origin is not None or bool(message.is_automatic_forward),
        origin=forwarded_from(message),
        via=via(message),
        album=message.media_group_id or "",
    )


def _pinned(id: str, message: TelegramMessage, pinned: MaybeInaccessibleMessage, me: int) -> Iterator[PinChange]:
    """Yield the pinning of a message, which is in the topic of the service message. Unpinning is not reported."""
    if not _is(message.from_user, me):
        ref = message_at(message_ref(message, me).chat, pinned.message_id, me)
        yield PinChange(id=id, ref=ref, sender=sender_of(message), at=message.date, pinned=True)


def _reopened(id: str, message: TelegramMessage, me: int) -> Membership:
    chat, sender = message_ref(message, me).chat, sender_of(message)
    return Membership(id=id, chat=chat, sender=sender, at=message.date, presence=Presence.REOPENED)


def _edit(id: str, message: TelegramMessage, me: int) -> Iterator[Event]:
    attached = attachment(message)
    text = text_of(message)
    if _is(message.from_user, me) or not (text or attached):
        return
    at = message.edit_date or message.date
    yield Edit(
        id=id,
        ref=message_ref(message, me),
        sender=sender_of(message),
        at=at,
        text=text,
        reply=reply_of(message, me),
        attachment=attached,
        origin=forwarded_from(message),
        via=via(message),
    )


def _press(id: str, query: CallbackQuery, me: int, now: datetime) -> Iterator[Event]:
    if query.message is None or query.data is None:
        return
    yield Press(
        id=id,
        ref=message_ref(query.message, me),
        sender=user_sender(query.from_user),
        at=now,
        action=query.data,
        query=query.id,
        private=is_private(query.message.chat),
    )


def _reactions(id: str, update: MessageReactionUpdated, me: int) -> Iterator[Event]:
    """Yield one event for each reaction added or removed; see `custom_emoji` for the keys of custom emoji."""
    if update.user:
        sender = user_sender(update.user)
    elif update.actor_chat:
        sender = Sender(None, title(update.actor_chat), chat=chat_ref(update.actor_chat))
    else:
        return
    old, new = _signs(update.old_reaction), _signs(update.new_reaction)
    changes = [(key, True) for key in old if key not in new] + [(key, False) for key in new if key not in old]
    for place, (key, removed) in enumerate(changes):
        yield Reaction(
            id=f"{id}.{place}" if len(changes) > 1 else id,
            ref=message_at(chat_ref(update.chat), update.message_id, me),
            sender=sender,
            at=update.date,
            key=key,
            removed=removed,
            private=is_private(update.chat),
        )


def _vote(id: str, answer: PollAnswer, now: datetime) -> Vote:
    """Return the vote in a poll. Who votes on behalf of a chat is nobody, though a user is reported as well."""
    sender = user_sender(answer.user) if answer.user else Sender(None, "")
    if answer.voter_chat:
        sender = Sender(None, title(answer.voter_chat), chat=chat_ref(answer.voter_chat))
    options = tuple(answer.option_ids)
    return Vote(id=id, poll=answer.poll_id, ref=None, sender=sender, at=now, options=options, dated=False)


def _membership(id: str, update: ChatMemberUpdated, me: User) -> Iterator[Event]:
    became = presence(update, me)
    if became is None:
        return
    yield Membership(
        id=id,
        chat=chat_ref(update.chat),
        sender=user_sender(update.from_user),
        at=update.date,
        presence=became,
        title=update.chat.title or "",
        private=is_private(update.chat),
        channel=update.chat.type == Chat.CHANNEL,
    )


def _migration(old: int, new: int, at: datetime) -> Migration:
    """Return the event for a migration; its two service messages produce the same id."""
    chat, to = (ChatRef(MessengerName.TELEGRAM, number(id)) for id in (old, new))
    return Migration(id=f"migration {old} {new}", chat=chat, to=to, at=at)


def _is(user: User | None, id: int) -> bool:
    return user is not None and user.id == id


def _signs(reactions: Sequence[ReactionType]) -> list[str]:
    """Return the keys of reactions; a star stands for what was paid."""
    signs = []
    for each in reactions:
        match each:
            case ReactionTypeEmoji():
                signs.append(each.emoji)
            case ReactionTypeCustomEmoji():
                signs.append(f"{PREFIX}{each.custom_emoji_id}")
            case ReactionTypePaid():
                signs.append(PAID)
    return signs
