"""Service messages about who comes and goes, and about how a group looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from telegram import Message, User

from bot.messengers.telegram.references import chat_ref, sender_of, user_sender
from bot.model import ChatChange, ChatChangeKind, Sender


def changes(id: str, message: Message, me: int) -> Iterator[ChatChange]:
    """Yield what a service message says; nothing of bots, and nothing that the bot itself has done."""
    kind, people, title = _read(message)
    if kind and not (message.from_user and message.from_user.id == me):
        yield ChatChange(
            id=id,
            chat=chat_ref(message.chat),
            sender=sender_of(message),
            at=message.date,
            kind=kind,
            people=people,
            title=title,
        )


def _read(message: Message) -> tuple[ChatChangeKind | None, tuple[Sender, ...], str]:
    if people := _people(message.new_chat_members):
        return ChatChangeKind.JOINED, people, ""
    if message.left_chat_member and (people := _people([message.left_chat_member])):
        by_themselves = message.from_user is not None and message.from_user.id == message.left_chat_member.id
        return ChatChangeKind.LEFT if by_themselves else ChatChangeKind.REMOVED, people, ""
    if message.new_chat_title:
        return ChatChangeKind.TITLE, (), message.new_chat_title
    if message.new_chat_photo or message.delete_chat_photo:
        return ChatChangeKind.PHOTO, (), ""
    return None, (), ""


def _people(users: Iterable[User]) -> tuple[Sender, ...]:
    return tuple(user_sender(each) for each in users if not each.is_bot)
