"""What was held back for a mistyped command, and is then edited: it runs, or crosses as ordinary text."""

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
    """Lets edits of messages that were held back take effect."""

    def __init__(self, voice: Voice, relay: Relay, dispatch: Dispatch) -> None:
        """Speak through `voice`; `relay` passes on what is no command, `dispatch` runs what is one."""
        self._voice = voice
        self._relay = relay
        self._dispatch = dispatch

    async def edited(
        self, store: Store, chat: Chat, person: Person, event: Edit, *, said: Said, typed: Typed | None, now: datetime
    ) -> None:
        """Let an edit of what was held back (`said.held`) take effect; `typed`: the command that it makes of it.

        The only case in which an edit runs: the same author, within CORRECTABLE (trust: case 17).
        """
        held = said.held
        if held is None or (said.chat_id, said.person_id) != (chat.id, person.id) or said.deleted_at:
            return
        says_nothing = event.attachment is None and is_blank(plain(event.text))
        if says_nothing or (typed and not typed.word):  # the latter is for another bot
            return
        if typed is None or not self._dispatch.knows(typed, chat):
            if chat.dialogue_id is not None:
                await store.messages.release(said)
                await self._relay.message(store, chat, person, _message(event, said, held), now)
                await _note_edit(store, chat, event)
        elif not held.word:  # a command that was refused: only a mistyped one can be corrected
            return
        elif self._dispatch.router.find(typed.word) and max(now - held.at, event.at - said.said_at) > CORRECTABLE:
            minutes = CORRECTABLE.seconds // 60
            text = _("An edited command runs only within {n} minutes: please type it again.", n=minutes)
            await self._voice.say(store, [chat], text, now, reply_to=event.ref.id)
        elif typed.word != held.word:  # else an edit that changes nothing: Telegram tells of such, too
            await store.messages.release(said)
            await self._dispatch.command(store, chat, person, _asked(event, said, held), typed=typed, now=now)


async def _note_edit(store: Store, chat: Chat, event: Edit) -> None:
    """Note by which edit the message came to say what it says, for the case that the edit is removed."""
    said = await store.messages.find(chat, event.ref.id)
    if said and event.source not in {"", event.ref.id}:
        await store.messages.changed(said, said.digest or "", event.source)


def _message(event: Edit, said: Said, held: HeldBack) -> Message:
    """Return the message as it would have come if it had been written so."""
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
    """As `_message`, for a command: whom it means was settled when it was written (never the bot)."""
    message = _message(event, said, held)
    return replace(message, reply=replace(message.reply, account=held.answered)) if message.reply else message


def _reply(event: Edit, held: HeldBack) -> Reply | None:
    """Return what the message answers; its words, for a quotation, only the edit tells: they are not kept."""
    if held.answers is None:
        return None
    told = event.reply
    return told if told and told.to == held.answers else Reply(held.answers, account=held.answered)
