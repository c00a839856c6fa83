"""Relaying of messages, edits and deletions to the other chats of a dialogue."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import (
    Account,
    Attachment,
    Author,
    Edit,
    Message,
    Post,
    Quote,
    Reply,
    RichText,
    Role,
    Sender,
    Span,
    Style,
    bold,
    plain,
    rich,
)
from bot.rights import Grant, Rights
from bot.signer import Signer
from bot.text.catalogue import LazyText, _, render
from bot.text.characters import is_blank
from bot.text.codec import dump
from bot.text.direction import attribution
from bot.text.lookalikes import skeleton
from bot.text.names import clean_name, guard
from bot.text.tree import mentioned, normalise, redirected
from bot.voice import Voice, words
from storage import BOT, Chat, Person, Share, Store, StoredMessage

TOLD_AGAIN = timedelta(hours=1)
"""How often a muted person is told so."""

ROLE_NAMES = {
    Role.GUEST: _("guest"),
    Role.STAFF: _("staff"),
    Role.MAYOR: _("mayor"),
    Role.COORDINATOR: _("coordinator"),
}

KINDS = {
    "photo": _("Photo"),
    "video": _("Video"),
    "animation": _("Video"),
    "video_note": _("Video"),
    "audio": _("Audio"),
    "voice": _("Voice message"),
    "file": _("File"),
    "sticker": _("Sticker"),
    "location": _("Location"),
    "contact": _("Contact"),
    "poll": _("Poll"),
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """The author of relayed content: cleaned name, city, and a title that is a role or a warning."""

    name: str
    city: str
    title: LazyText | None
    key: str


class Relay:
    """The relay, which queues copies in the transaction in which the message came in."""

    def __init__(self, voice: Voice, rights: Rights, signer: Signer) -> None:
        """Post through `voice`, look up the roles shown in `rights`, and make digests with `signer`."""
        self._voice = voice
        self._rights = rights
        self._signer = signer

    async def message(
        self,
        store: Store,
        chat: Chat,
        person: Person | None,
        event: Message,
        now: datetime,
        *,
        alone: bool = False,
    ) -> None:
        """Queue a copy of a message for every other chat of the dialogue, unless its author is muted.

        `alone`: only its content; it replies to nothing, and cannot be replied to or changed later.
        """
        assert chat.dialogue_id is not None, "only chats of a dialogue are relayed"  # noqa: S101 - a caller's mistake
        grant = await self._rights.grant_of(store, chat, person, chat.dialogue_id) if person else None
        if await _is_muted(store, chat, grant, event.sender):
            await self._tell_muted(store, chat, grant, event, now)
            return
        event = replace(event, reply=None) if alone else event
        target = await find_replied(store, chat, chat.dialogue_id, event.reply) if event.reply else None
        id = await store.messages.add(
            digest=self._digest(chat, event),
            sent_at=event.at,
            dialogue_id=chat.dialogue_id,
            chat=chat,
            native_id=None if alone else event.ref.id,
            person_id=person.id if person else None,
        )
        speaker = await self._speaker(store, chat, person, grant, event.sender.name)
        share = _share(chat, person, grant)
        for other in await _others(store, chat):
            known = target is not None and await _is_present(store, other, target)
            post = await self._post(store, chat, other, event, speaker, known=known)
            for number, part in enumerate(await self._voice.parts(other, post)):
                reply_to = target.id if target and known and number == 0 else None
                await store.deliveries.send(other, id, part, now, part=number, reply_to=reply_to, share=share)

    async def edit(self, store: Store, chat: Chat, person: Person | None, event: Edit, now: datetime) -> None:
        """Queue an edit of every copy; copies that are still queued are changed in place."""
        stored = await store.messages.find(chat, event.ref.id)
        if (
            stored is None
            or not _is_authors(stored, chat, person)
            or stored.deleted_at
            or not is_of(stored, chat.dialogue_id)
        ):
            return
        grant = await self._rights.grant_of(store, chat, person, stored.dialogue_id) if person else None
        digest = self._digest(chat, event)
        same = digest == stored.digest  # Telegram sends such edits on a first reaction or a link preview
        muted = not same and await _is_muted(store, chat, grant, event.sender)
        if muted and not await _has_crossed(store, chat, event):
            await self._tell_muted(store, chat, grant, event, now)
            return
        await store.messages.changed(stored, digest, event.source if event.source != event.ref.id else "")
        if same:
            return
        speaker = await self._speaker(store, chat, person, grant, event.sender.name)
        target = await find_replied(store, chat, chat.dialogue_id, event.reply) if event.reply else None
        share = _share(chat, person, grant)
        for other in await _others(store, chat):
            known = target is not None and await _is_present(store, other, target)
            post = await self._post(store, chat, other, event, speaker, known=known)
            parts = await self._voice.parts(other, post)
            await self._change(store, other, stored, parts, now=now, share=share)

    async def delete(
        self, store: Store, stored: StoredMessage, now: datetime, *, original: bool = False, share: Share = BOT
    ) -> None:
        """Delete every copy of a message; `original`: also the message itself where it was written."""
        await store.messages.delete(stored.id, now)
        chats = await store.chats.of_dialogue(stored.dialogue_id) if stored.dialogue_id else []
        for chat in chats:
            if chat.id != stored.chat_id:
                await store.deliveries.remove(chat, stored.id, now, share=share)
            elif original:
                await store.deliveries.remove_original(chat, stored.id, now, share=share)

    async def _change(
        self, store: Store, chat: Chat, stored: StoredMessage, parts: list[Post], *, now: datetime, share: Share
    ) -> None:
        had = await store.deliveries.parts(chat, stored.id)
        if had == 0:  # this chat never got it
            return
        for number, part in enumerate(parts):
            if number < had:
                await store.deliveries.replace(chat, stored.id, part, now, part=number, share=share)
            else:
                await store.deliveries.lengthen(chat, stored.id, part, now, part=number, share=share)
        await store.deliveries.remove(chat, stored.id, now, beyond=len(parts))

    async def _post(
        self, store: Store, chat: Chat, other: Chat, event: Message | Edit, speaker: Speaker, *, known: bool
    ) -> Post:
        """Return the copy of a message for another chat; `known`: that chat has the message it replies to."""
        text = await self._text(store, other, event)
        if event.reply:
            text = (*await self._quotation(store, chat, other, event.reply, known=known), *text)
        return await _translate_mentions(
            store, other, Post(text, await self._author(store, speaker, other, event.origin))
        )

    async def _text(self, store: Store, other: Chat, event: Message | Edit) -> RichText:
        locale_context = await self._voice.locale_context(store, other)
        text = guard(event.text)
        if not event.readable:
            return render(_("🔒 This message could not be decrypted yet."), locale_context)
        if isinstance(event, Edit) and event.attachment is None and is_blank(plain(text)):
            return render(_("[removed]"), locale_context)  # whoever leaves nothing takes back what was there
        if event.attachment:
            text = rich(*render(_attached(event.attachment), locale_context), *(rich("\n", *text) if text else ()))
        if event.via:
            text = rich(*text, "\n", *render(_("(via {bot})", bot=event.via), locale_context))
        return text

    async def _quotation(self, store: Store, chat: Chat, other: Chat, reply: Reply, *, known: bool) -> RichText:
        """Return the quotation before a reply; if the replied-to message is `known` there, only the marked part."""
        locale_context = await self._voice.locale_context(store, other)
        if known:
            return (Quote(guard(reply.marked)),) if reply.marked else ()
        label = render(_attached(reply.attachment), locale_context) if reply.attachment else ()
        words = guard(reply.marked or reply.excerpt)
        if words or label:
            author = await self._quoted(store, chat, reply)
            if author is None:
                return ()
            head = bold(attribution(await self._author(store, author, other, None)) + ":")
            return (Quote((head, *rich(*((" ", *label) if label else ()), *(("\n", *words) if words else ())))),)
        if reply.claimed:
            note = render(_("quoted by the writer, not verified:"), locale_context)
            return (Quote(rich(Span(Style.ITALIC, note), "\n", *guard(reply.claimed))),)
        return ()

    async def _quoted(self, store: Store, chat: Chat, reply: Reply) -> Speaker | None:
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

    def _digest(self, chat: Chat, event: Message | Edit) -> str:
        """Return a keyed digest of what a message shows, which reveals nothing to a reader of the database."""
        shown = event.attachment and [event.attachment.kind, event.attachment.name]
        words = json.dumps([dump(normalise(event.text)), shown, event.origin, event.via, event.readable])
        return self._signer.fingerprint(f"{chat.id} {event.ref.id} {words}")

    async def _tell_muted(
        self, store: Store, chat: Chat, grant: Grant | None, event: Message | Edit, now: datetime
    ) -> None:
        """Tell a muted person now and then that they are: otherwise they would think that their messages arrive."""
        appointment, name, before = grant and grant.appointment, event.sender.chat, now - TOLD_AGAIN
        by_name = name is not None and await store.mutes.tell(chat.dialogue_id or 0, name, now, before)
        if by_name or (appointment and await store.roles.tell_muted(appointment, now, before)):
            text = _("🔇 A coordinator has muted you: what you write here is not passed on to the other cities.")
            await self._voice.post(store, [chat], text, now, reply_to=event.ref.id)

    async def _speaker(
        self, store: Store, chat: Chat, person: Person | None, grant: Grant | None, name: str
    ) -> Speaker:
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

    async def _warning(self, store: Store, chat: Chat, person: Person | None, name: str) -> LazyText | None:
        """Return a warning for a name, also a channel's, that could pass for an official's (trust: cases 1, 5, 9)."""
        looks, own = skeleton(name), person and person.id
        officials = await self._rights.officials(store, chat.dialogue_id or 0)
        if not any(skeleton(each.name) == looks and each.person_id != own for each in officials):
            return None
        return _("⚠️ not verified, {account}", account=str(person.accounts[0])) if person else _("⚠️ not verified")

    async def _author(self, store: Store, speaker: Speaker, other: Chat, origin: str | None) -> Author:
        """Return the attribution in the reader's language; `origin`: as in `Message`."""
        locale_context = await self._voice.locale_context(store, other)
        title = words(speaker.title, locale_context) if speaker.title else ""
        if origin is None:
            return Author(speaker.name, speaker.city, title, speaker.key)
        # A separate profile: clients show all messages of a profile under the name of the first.
        forwards = words(_forwards(origin), locale_context)
        return Author(speaker.name, speaker.city, title, f"{speaker.key}-forwards", forwards)


async def find_replied(store: Store, chat: Chat, dialogue_id: int | None, reply: Reply) -> StoredMessage | None:
    """Return the message that a reply in `chat` refers to, if it belongs to that chat or to the dialogue meant.

    Some messengers allow replies to a message in another chat: that chat counts then (trust: case 102).
    """
    if reply.to.chat == chat.ref:
        return await store.messages.find(chat, reply.to.id)
    for place in await store.chats.places(reply.to.chat):
        if stored := await store.messages.find(place, reply.to.id):
            return stored if place.id == chat.id or is_of(stored, dialogue_id) else None
    return None


def is_of(stored: StoredMessage, dialogue_id: int | None) -> bool:
    """Whether a message belongs to a dialogue: a chat that switched cannot change earlier ones (trust: case 103)."""
    return stored.dialogue_id is not None and stored.dialogue_id == dialogue_id


async def _translate_mentions(store: Store, other: Chat, post: Post) -> Post:
    """Redirect mentions of people with a linked account on the other messenger to it, and notify them there."""
    linked: dict[Account, Account] = {}
    for account in mentioned(post.text):
        person = await store.people.by_account(account)
        theirs = [each for each in person.accounts if each.messenger is other.ref.messenger] if person else []
        if theirs and account not in theirs:
            linked[account] = theirs[0]
    if not linked:
        return post
    return replace(post, text=redirected(post.text, linked), mentions=tuple(sorted(linked.values())))


def _forwards(origin: str) -> LazyText:
    """Return the label of a forward. Its origin is what the forwarder's client reports: never more than a claim."""
    name = clean_name(origin, "")
    return _("forwards {origin} (not verified)", origin=name) if name else _("forwards a message of unknown origin")


def _attached(attachment: Attachment) -> LazyText:
    kind = KINDS.get(attachment.kind, KINDS["file"])
    if attachment.name:
        return _("[{kind}: {name} – visible only in the original chat]", kind=kind, name=attachment.name)
    return _("[{kind} – visible only in the original chat]", kind=kind)


async def _is_present(store: Store, chat: Chat, stored: StoredMessage) -> bool:
    """Return whether a chat has or will get a message or its copy; also true if deleted, so that it is not quoted."""
    if chat.moved_at and stored.sent_at < chat.moved_at:  # it is in the chat's former place, out of reach
        return stored.deleted_at is not None
    if stored.chat_id == chat.id or stored.deleted_at is not None:
        return True
    return await store.deliveries.parts(chat, stored.id, failed=False) > 0


async def _others(store: Store, chat: Chat) -> list[Chat]:
    if chat.dialogue_id is None:
        return []
    return [other for other in await store.chats.of_dialogue(chat.dialogue_id) if other.id != chat.id]


async def _has_crossed(store: Store, chat: Chat, event: Edit) -> bool:
    """Return whether an edit restores a version that was relayed before, because a later edit was removed."""
    return event.source == event.ref.id or await store.messages.edited_by(chat, event.source) is not None


async def _is_muted(store: Store, chat: Chat, grant: Grant | None, sender: Sender) -> bool:
    """Return whether a person, or the chat in whose name they write, is muted (trust: case 105)."""
    if sender.chat is not None:
        return await store.mutes.has(chat.dialogue_id or 0, sender.chat)
    return grant is not None and grant.muted


def _share(chat: Chat, person: Person | None, grant: Grant | None) -> Share:
    """Return the queue share of a copy; messages in the name of a chat take that chat's."""
    if person is None:
        return Share(-1 - chat.id)
    return Share(person.id, official=grant is not None and grant.role.is_official)


def _is_authors(stored: StoredMessage, chat: Chat, person: Person | None) -> bool:
    return stored.chat_id == chat.id and stored.person_id == (person and person.id)
