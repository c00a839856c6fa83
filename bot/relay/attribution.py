"""Who is shown as the author of relayed content."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import Author, Reply, Role
from bot.rights import Grant, Rights
from bot.text.catalogue import LazyText, _
from bot.text.lookalikes import skeleton
from bot.text.names import clean_name
from bot.voice import Voice, words
from storage import Chat, Person, Store

ROLE_NAMES = {
    Role.GUEST: _("guest"),
    Role.STAFF: _("staff"),
    Role.MAYOR: _("mayor"),
    Role.COORDINATOR: _("coordinator"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """The author of relayed content: cleaned name, city, and a title that is a role or a warning."""

    name: str
    city: str
    title: LazyText | None
    key: str


class Attribution:
    """Finds out how authors are shown: name, city, and role or warning."""

    def __init__(self, voice: Voice, rights: Rights) -> None:
        """Look up roles in `rights`, and the readers' languages through `voice`."""
        self._voice = voice
        self._rights = rights

    async def speaker(self, store: Store, chat: Chat, person: Person | None, grant: Grant | None, name: str) -> Speaker:
        """Return the speaker in a chat of a dialogue: officials with their role, lookalikes with their account."""
        city = chat.city.name if chat.city else ""
        if person is None or grant is None:
            shown = clean_name(name, "?")
            return Speaker(shown, city, await self._warning(store, chat, None, shown), f"intercity-chat-{chat.id}")
        shown = clean_name(name, person.accounts[0].short)
        key = f"intercity-{person.id}"
        city = grant.city.name if grant.city else city
        if grant.role.is_official:
            return Speaker(shown, city, ROLE_NAMES[grant.role], key)
        warning = await self._warning(store, chat, person, shown)
        return Speaker(shown, city, warning, key)

    async def quoted(self, store: Store, chat: Chat, reply: Reply) -> Speaker | None:
        """Return the author of the quoted text; None if they are muted and it must not be relayed.

        The same goes for a muted chat in whose name it was written (trust: case 105).
        """
        if reply.sender_chat and await store.mutes.has(chat.dialogue_id or 0, reply.sender_chat):
            return None
        person = await store.people.by_account(reply.account) if reply.account else None
        appointment = await store.roles.of(chat.dialogue_id or 0, person.id) if person else None
        if appointment and appointment.muted:
            return None
        name = clean_name(reply.author, reply.account.short if reply.account else "?")
        is_here = bool(reply.account and reply.to.id and reply.to.chat == chat.ref)
        city = appointment.city.name if appointment else (chat.city.name if chat.city and is_here else "")
        official = appointment if appointment and appointment.role.is_official else None
        title = ROLE_NAMES[official.role] if official else await self._warning(store, chat, person, name)
        return Speaker(name, city, title or (None if city else _("⚠️ not verified")), "")

    async def author(self, store: Store, speaker: Speaker, other: Chat, origin: str | None) -> Author:
        """Return the attribution in the reader's language; `origin`: as in `Message`."""
        locale_context = await self._voice.locale_context(store, other)
        title = words(speaker.title, locale_context) if speaker.title else ""
        if origin is None:
            return Author(speaker.name, speaker.city, title, speaker.key)
        # A separate profile: clients show all messages of a profile under the name of the first.
        forwards = words(_forwards(origin), locale_context)
        return Author(speaker.name, speaker.city, title, f"{speaker.key}-forwards", forwards)

    async def _warning(self, store: Store, chat: Chat, person: Person | None, name: str) -> LazyText | None:
        """Return a warning for a name, also a channel's, that could pass for an official's (trust: cases 1, 5, 9)."""
        looks, own = skeleton(name), person and person.id
        officials = await self._rights.officials(store, chat.dialogue_id or 0)
        if not any(skeleton(each.name) == looks and each.person_id != own for each in officials):
            return None
        return _("⚠️ not verified, {account}", account=str(person.accounts[0])) if person else _("⚠️ not verified")


def _forwards(origin: str) -> LazyText:
    """Return the label of a forward. Its origin is what the forwarder's client reports: never more than a claim."""
    name = clean_name(origin, "")
    return _("forwards {origin} (not verified)", origin=name) if name else _("forwards a message of unknown origin")
