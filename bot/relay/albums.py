"""The author of an album, whom only one of its items names."""

from __future__ import annotations

from datetime import datetime

from bot.model import Post
from bot.relay.attribution import Attribution
from bot.rights import Rights
from bot.voice import Voice
from storage import Chat, Share, Store, StoredMessage


class AlbumAuthors:
    """Keeps the author of an album visible when the item that names them is deleted."""

    def __init__(self, voice: Voice, rights: Rights, authors: Attribution) -> None:
        """Post through `voice`, and show authors as `authors` does, with what they are by `rights`."""
        self._voice = voice
        self._rights = rights
        self._authors = authors

    async def pass_on(self, store: Store, other: Chat, stored: StoredMessage, now: datetime, share: Share) -> None:
        """Name the author of an album in its next item in another chat, if a deleted message did so there.

        That item has no words of its own (see `bot.albums.together`), unless an edit has given it some: then it names
        its author already, and is left alone. Who wrote in the name of a chat is not known any more.
        """
        heir = await store.messages.inherit_album(other, stored.id)
        if heir is None or stored.chat_id is None or stored.person_id is None:
            return
        chat, person = await store.chats.get(stored.chat_id), await store.people.get(stored.person_id)
        grant = await self._rights.admit(store, chat, person, stored.dialogue_id)
        speaker = await self._authors.speaker(store, chat, person, grant, person.name)
        author = await self._authors.author(store, speaker, other, None)
        await self._voice.change(store, other, heir, Post((), author), now, share=share)
