"""Edits of messages held back as mistyped commands: they run, or are relayed as ordinary text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands.dispatch import CORRECTABLE, Dispatch
from bot.commands.parse import ParsedCommand
from bot.model import Edit, Message, Reply, plain
from bot.relay import Relay
from bot.text.catalogue import _
from bot.text.characters import is_blank
from bot.voice import Voice
from storage import Chat, HeldBack, Person, Store, StoredMessage


class Corrections:
    """The handler for edits of messages that were held back."""

    def __init__(self, voice: Voice, relay: Relay, dispatch: Dispatch) -> None:
        """Post through `voice`, relay ordinary text with `relay`, and run commands with `dispatch`."""
        self._voice = voice
        self._relay = relay
        self._dispatch = dispatch

    async def edited(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Edit,
        *,
        stored: StoredMessage,
        parsed: ParsedCommand | None,
        now: datetime,
    ) -> Message | None:
        """Apply an edit of a held-back message (`stored.held`); `parsed` is the command in its new text, if any.

        Return the message if it is ordinary text, which is passed on now.

        Only so does an edit run a command: of the same author, a mistyped one within CORRECTABLE (trust: case 17), and
        a refused one if `Command.runs_again`.
        """
        held = stored.held
        if held is None or (stored.chat_id, stored.person_id) != (chat.id, person.id) or stored.deleted_at:
            return None
        says_nothing = event.attachment is None and is_blank(plain(event.text))
        if says_nothing or (parsed and not parsed.word):  # an empty word: for another bot
            return None
        if parsed is None or not self._dispatch.knows(parsed, chat):
            if chat.dialogue_id is None:
                return None
            message = _message(event, stored, held)
            if stored.dialogue_id is not None:  # its file has crossed already, and crosses with the text now
                await self._relay.withdraw(store, chat, stored, now)
            await store.messages.release(stored)
            await self._relay.message(store, chat, person, message, now)
            await _record_edit(store, chat, event)
            return message
        if not held.word:  # the command was refused
            await self._again(store, chat, person, event, stored=stored, parsed=parsed, now=now)
            return None
        if self._dispatch.features.has(parsed.word) and max(now - held.at, event.at - stored.sent_at) > CORRECTABLE:
            minutes = CORRECTABLE.seconds // 60
            text = _("An edited command runs only within {n} minutes: please type it again.", n=minutes)
            await self._voice.post(store, [chat], text, now, reply_to=event.ref.id)
        elif parsed.word != held.word:  # Telegram also reports edits that change nothing
            await store.messages.release(stored)
            await self._dispatch.command(store, chat, person, _asked(event, stored, held), parsed=parsed, now=now)
        return None

    async def _again(
        self,
        store: Store,
        chat: Chat,
        person: Person,
        event: Edit,
        *,
        stored: StoredMessage,
        parsed: ParsedCommand,
        now: datetime,
    ) -> None:
        """Run a refused command as it is written now, if it is one that edits run again."""
        command = self._dispatch.features.find(parsed.word)
        if command and command.runs_again:
            await self._dispatch.edited(store, chat, person, event, stored=stored, parsed=parsed, now=now)


async def _record_edit(store: Store, chat: Chat, event: Edit) -> None:
    """Record which edit the message's current text comes from, in case that edit is removed."""
    stored = await store.messages.find(chat, event.ref.id)
    if stored and event.source not in {"", event.ref.id}:
        await store.messages.record_edit(stored, stored.digest or "", event.source)


def _message(event: Edit, stored: StoredMessage, held: HeldBack) -> Message:
    """Return the message as if it had been written like this in the first place."""
    return Message(
        id=event.id,
        ref=event.ref,
        sender=event.sender,
        at=stored.sent_at,
        text=event.text,
        attachment=event.attachment,
        reply=_reply(event, held),
        forwarded=event.origin is not None,
        origin=event.origin,
        via=event.via,
    )


def _asked(event: Edit, stored: StoredMessage, held: HeldBack) -> Message:
    """Like `_message`, for a command: the author it replies to stays as first recorded (never the bot)."""
    message = _message(event, stored, held)
    return replace(message, reply=replace(message.reply, account=held.replied_author)) if message.reply else message


def _reply(event: Edit, held: HeldBack) -> Reply | None:
    """Return what the message replies to; the quoted text comes from the edit, as it is not stored."""
    if held.replied_message is None:
        return None
    told = event.reply
    return (
        told if told and told.to == held.replied_message else Reply(held.replied_message, account=held.replied_author)
    )
