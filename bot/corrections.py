"""Edits of messages held back as mistyped commands: they run, or are relayed as ordinary text."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.dispatch import CORRECTABLE, Dispatch
from bot.model import Edit, Message, Reply, plain
from bot.relay import Relay
from bot.router import Typed
from bot.text.catalogue import _
from bot.text.characters import is_blank
from bot.voice import Voice
from storage import Chat, HeldBack, Person, Said, Store


class Corrections:
    """The handler for edits of messages that were held back."""

    def __init__(self, voice: Voice, relay: Relay, dispatch: Dispatch) -> None:
        """Post through `voice`, relay ordinary text with `relay`, and run commands with `dispatch`."""
        self._voice = voice
        self._relay = relay
        self._dispatch = dispatch

    async def edited(
        self, store: Store, chat: Chat, person: Person, event: Edit, *, said: Said, typed: Typed | None, now: datetime
    ) -> None:
        """Apply an edit of a held-back message (`said.held`); `typed` is the command in its new text, if any.

        This is the only case in which an edit runs a command: same author, within CORRECTABLE (trust: case 17).
        """
        held = said.held
        if held is None or (said.chat_id, said.person_id) != (chat.id, person.id) or said.deleted_at:
            return
        says_nothing = event.attachment is None and is_blank(plain(event.text))
        if says_nothing or (typed and not typed.word):  # an empty word: for another bot
            return
        if typed is None or not self._dispatch.knows(typed, chat):
            if chat.dialogue_id is not None:
                await store.messages.release(said)
                await self._relay.message(store, chat, person, _message(event, said, held), now)
                await _note_edit(store, chat, event)
        elif not held.word:  # the command was refused; only a mistyped one can be corrected
            return
        elif self._dispatch.router.find(typed.word) and max(now - held.at, event.at - said.said_at) > CORRECTABLE:
            minutes = CORRECTABLE.seconds // 60
            text = _("An edited command runs only within {n} minutes: please type it again.", n=minutes)
            await self._voice.say(store, [chat], text, now, reply_to=event.ref.id)
        elif typed.word != held.word:  # Telegram also reports edits that change nothing
            await store.messages.release(said)
            await self._dispatch.command(store, chat, person, _asked(event, said, held), typed=typed, now=now)


async def _note_edit(store: Store, chat: Chat, event: Edit) -> None:
    """Record which edit the message's current text comes from, in case that edit is removed."""
    said = await store.messages.find(chat, event.ref.id)
    if said and event.source not in {"", event.ref.id}:
        await store.messages.changed(said, said.digest or "", event.source)


def _message(event: Edit, said: Said, held: HeldBack) -> Message:
    """Return the message as if it had been written like this in the first place."""
    return Message(
        id=event.id,
        ref=event.ref,
        sender=event.sender,
        at=said.said_at,
        text=event.text,
        attachment=event.attachment,
        reply=_reply(event, held),
        forwarded=event.origin is not None,
        origin=event.origin,
        via=event.via,
    )


def _asked(event: Edit, said: Said, held: HeldBack) -> Message:
    """Like `_message`, for a command: the author it replies to stays as first recorded (never the bot)."""
    message = _message(event, said, held)
    return replace(message, reply=replace(message.reply, account=held.answered)) if message.reply else message


def _reply(event: Edit, held: HeldBack) -> Reply | None:
    """Return what the message replies to; the quoted text comes from the edit, as it is not stored."""
    if held.answers is None:
        return None
    told = event.reply
    return told if told and told.to == held.answers else Reply(held.answers, account=held.answered)
