"""Relaying of messages, edits and deletions to the other chats of a dialogue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.albums import wait_for_next
from bot.model import Edit, Message, RichText
from bot.relay.albums import AlbumAuthors
from bot.relay.attribution import Attribution
from bot.relay.links import links_in
from bot.relay.live import LIVE, change_copies, poll_in
from bot.relay.media import change_copy, identity, tell_what_is_too_large
from bot.relay.muting import is_muted, tell_muted
from bot.relay.permalinks import Permalinks
from bot.relay.reactions import withdraw_reactions
from bot.relay.rendering import CopyRenderer
from bot.relay.replies import find_replied, is_merged, is_of
from bot.relay.threads import answered_in, thread_of
from bot.rights import Grant, Rights
from bot.signer import Signer
from bot.text.codec import dump
from bot.text.tree import normalise
from bot.voice import Voice
from storage import BOT, DELETED, Chat, Person, Share, Store, StoredMessage


class Relay:
    """The relay, which queues copies in the transaction in which the message came in."""

    def __init__(self, voice: Voice, rights: Rights, signer: Signer, permalinks: Permalinks) -> None:
        """Post through `voice`, look up the roles shown in `rights`, and make digests with `signer`."""
        self._voice = voice
        self._rights = rights
        self._signer = signer
        self._authors = Attribution(voice, rights)
        self._copies = CopyRenderer(voice, self._authors, permalinks)
        self._albums = AlbumAuthors(voice, rights, self._authors)

    async def message(
        self,
        store: Store,
        chat: Chat,
        person: Person | None,
        event: Message,
        now: datetime,
        *,
        alone: bool = False,
        command: StoredMessage | None = None,
    ) -> None:
        """Queue a copy of a message for every other chat of the dialogue, unless its author is muted.

        `alone`: only its content; it replies to nothing, and cannot be replied to or changed later. `command`: it is
        what is attached to one, with which it is deleted.
        """
        assert chat.dialogue_id is not None, "only chats of a dialogue are relayed"  # noqa: S101 - a caller's mistake
        grant = await self._rights.admit(store, chat, person, chat.dialogue_id) if person else None
        if await is_muted(store, chat, grant, event.sender):
            await tell_muted(self._voice, store, chat, grant, event, now=now)
            return
        event = replace(event, reply=None, thread=None) if alone else event
        target = await find_replied(store, chat, chat.dialogue_id, event.reply) if event.reply else None
        thread = await thread_of(store, chat, event.thread, target, event.at)
        id = await (
            store.messages.pass_on(command, chat.dialogue_id)
            if command
            else store.messages.add(
                digest=self.digest(chat, event),
                sent_at=event.at,
                dialogue_id=chat.dialogue_id,
                chat=chat,
                native_id=None if alone else event.ref.id,
                person_id=person.id if person else None,
                thread_id=thread,
                poll_id=poll_in(event),
            )
        )
        await self.note_links(store, chat.dialogue_id, event.text, now)
        speaker = await self._authors.speaker(store, chat, person, grant, event.sender.name)
        share = _share(chat, person, grant)
        others = await _others(store, chat)
        for other in others:
            answered = await answered_in(store, other, event, target, thread)
            clear = answered is not None and not await is_merged(store, other, answered)
            post = await self._copies.post(store, chat, other, event, speaker, known=clear)
            for number, part in await self._voice.parts(other, post):
                reply_to = answered.id if answered and number == 0 else None
                hold = wait_for_next(part, self._voice.can(other), sent_together=self._voice.can(chat).albums)
                await store.deliveries.send(
                    other, id, part, now, part=number, reply_to=reply_to, share=share, hold=hold
                )
        await tell_what_is_too_large(self._voice, store, chat, event, now, others=others)

    async def note_links(self, store: Store, dialogue_id: int, text: RichText, now: datetime) -> None:
        """Remember for a while, by digests, which links people have shown in a dialogue: no feed brings them again."""
        for link in links_in(text):
            await store.shared_links.add(dialogue_id, self._signer.fingerprint(link), now)

    async def edit(self, store: Store, chat: Chat, person: Person | None, event: Edit, now: datetime) -> bool:
        """Queue an edit of every copy; copies that are still queued are changed in place.

        Return whether it was passed on: a change, by its author, of a message of the dialogue.
        """
        stored = await store.messages.find(chat, event.ref.id)
        if (
            stored is None
            or not is_authors(stored, chat, person)
            or stored.deleted_at
            or not is_of(stored, chat.dialogue_id)
        ):
            return False
        grant = await self._rights.admit(store, chat, person, stored.dialogue_id) if person else None
        digest = self.digest(chat, event)
        same = digest == stored.digest  # Telegram sends such edits on a first reaction or a link preview
        muted = not same and await is_muted(store, chat, grant, event.sender)
        if muted and not await _has_crossed(store, chat, event):
            await tell_muted(self._voice, store, chat, grant, event, now=now)
            return False
        await store.messages.record_edit(stored, digest, event.source if event.source != event.ref.id else "")
        if same:
            return False
        speaker = await self._authors.speaker(store, chat, person, grant, event.sender.name)
        target = await find_replied(store, chat, chat.dialogue_id, event.reply) if event.reply else None
        share = _share(chat, person, grant)
        same_file = digest.partition(".")[2] == (stored.digest or "").partition(".")[2]
        others, copies = await _others(store, chat), []
        for other in others:
            answered = await answered_in(store, other, event, target, stored.thread_id, before=stored.id)
            clear = answered is not None and not await is_merged(store, other, answered)
            copies.append((other, await self._copies.post(store, chat, other, event, speaker, known=clear)))
        change = partial(change_copy, self._voice, store, now=now, same_file=same_file, share=share)
        await change_copies(store, stored.id, copies, change, event=event, now=now)
        if not same_file:
            await tell_what_is_too_large(self._voice, store, chat, event, now, others=others)
        return True

    async def delete(
        self, store: Store, stored: StoredMessage, now: datetime, *, original: bool = False, share: Share = BOT
    ) -> None:
        """Delete every copy of a message; `original`: also the message itself where it was written.

        Features hear of what somebody wrote (`Feature.on_deletion`).
        """
        await store.messages.delete(stored.id, now)
        await withdraw_reactions(store, stored.id, now)
        await store.jobs.cancel(LIVE, str(stored.id))
        if stored.chat_id is not None:
            await store.jobs.schedule(DELETED, str(stored.id))
        chats = await store.chats.of_dialogue(stored.dialogue_id) if stored.dialogue_id else []
        for chat in chats:
            if chat.id != stored.chat_id:
                await self._albums.pass_on(store, chat, stored, now, share)
                await store.deliveries.remove(chat, stored.id, now, share=share)
                continue
            await store.deliveries.cancel_marks(chat, stored.id, now)
            if original:
                await store.deliveries.remove_original(chat, stored.id, now, share=share)

    async def withdraw(self, store: Store, chat: Chat, stored: StoredMessage, now: datetime) -> None:
        """Remove the copies of a message, which stays where it was written."""
        for other in await _others(store, chat):
            await store.deliveries.remove(other, stored.id, now)

    def digest(self, chat: Chat, event: Message | Edit) -> str:
        """Return a keyed digest of what a message shows, which reveals nothing to a reader of the database.

        That of an attachment follows the one of the words, after a dot.
        """
        where = f"{chat.id} {event.ref.id}"
        words = json.dumps([dump(normalise(event.text)), event.origin, event.via, event.readable])
        made = self._signer.fingerprint(f"{where} {words}")
        return (
            f"{made}.{self._signer.fingerprint(f'{where} {identity(event.attachment)}')}" if event.attachment else made
        )


async def _others(store: Store, chat: Chat) -> list[Chat]:
    if chat.dialogue_id is None:
        return []
    return [other for other in await store.chats.of_dialogue(chat.dialogue_id) if other.id != chat.id]


async def _has_crossed(store: Store, chat: Chat, event: Edit) -> bool:
    """Return whether an edit restores a version that was relayed before, because a later edit was removed."""
    return event.source == event.ref.id or await store.messages.edited_by(chat, event.source) is not None


def _share(chat: Chat, person: Person | None, grant: Grant | None) -> Share:
    """Return the queue share of a copy; messages in the name of a chat take that chat's."""
    if person is None:
        return Share(-1 - chat.id)
    return Share(person.id, official=grant is not None and grant.role.is_official)


def is_authors(stored: StoredMessage, chat: Chat, person: Person | None) -> bool:
    """Whether a message was written by a person, in a chat."""
    return stored.chat_id == chat.id and stored.person_id == (person and person.id)
