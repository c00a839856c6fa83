"""The bot's own membership: invitations, being added, removed or restricted; chats that move or get encrypted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.commands.dispatch import Dispatch
from bot.delivery.pauses import LONGEST, Pauses
from bot.intake.leaving import leave_later
from bot.messengers.base import Messenger
from bot.model import ChatRef, Encryption, Membership, Message, Migration, Presence, Sender
from bot.readiness import hasten
from bot.rights import Rights
from bot.text.catalogue import LazyText, _, lines
from bot.text.names import clean_name
from bot.voice import Voice, name_of
from storage import LEFT, NO_RIGHTS, NOBODY, Chat, Person, Purpose, Store

GRACE = timedelta(seconds=20)
"""How long the bot stays where nobody entitled has invited it: time to name the chat in a shell command."""
MOST_TOLD, TOLD_SPAN = 5, timedelta(hours=1)
"""Most attempts by strangers reported to coordinators per span, so that nobody can flood them (trust: case 82)."""
OUTSIDE = "the bot is not in this chat"
PENDING, MOST_PENDING = "the bot has not joined yet", 3
"""Most direct rooms of one person that the bot may be joining at the same time (trust: case 93)."""
STRANGER = "stranger"
"""Audit action: someone without the right to invite the bot tried to."""
READS_SINCE = "reads since"
"""Audit action: a chat was told since when the bot has been reading there."""
UNREADABLE = "unreadable"
"""Audit action: someone was told that their messages cannot be decrypted."""


class Memberships:
    """The handler for events about the bot's own membership."""

    def __init__(self, voice: Voice, rights: Rights, dispatch: Dispatch) -> None:
        """Post through `voice`, check `rights`, and greet through `dispatch`."""
        self._voice = voice
        self._rights = rights
        self._pauses = Pauses(voice, rights)
        self._dispatch = dispatch

    async def changed(
        self, store: Store, messenger: Messenger, event: Membership, person: Person | None, now: datetime
    ) -> None:
        """Apply a change of the bot's own membership; `person` is who made it, None if nobody in particular."""
        if event.presence in {Presence.GONE, Presence.RESTRICTED}:
            await self._shut(store, event, person, now)
            return
        if event.presence is Presence.REOPENED:
            await self._pauses.reopened(store, event.chat, now)
            return
        if event.presence is Presence.ACCOMPANIED:
            await self.refresh(store, event.chat, private=False, now=now)
            return
        before = await store.chats.by_any_ref(event.chat)
        if before and before.ref != event.chat:
            return  # it is about the chat's id before it moved
        partner = person.id if person and event.private else None
        chat = await store.chats.get_or_create(event.chat, title=event.title, person_id=partner)
        await self._reopen(store, event, now)
        if chat.moved_at and chat.dialogue_id is not None and event.hides_history:
            await self._tell_since(store, chat, event.at, now)
        at_home = before is not None and before.is_at_home
        if not (at_home or await self._is_welcome(store, messenger, event, person)):
            invited = event.presence is Presence.INVITED
            await self.turn_away(store, chat, event.sender, person, now, invited=invited)
        elif event.channel:
            await self._leave_channel(store, chat, person, now)
        elif event.presence is Presence.INVITED:
            await self._accept(store, chat, now)
        elif not at_home:  # otherwise it was there already, and only its rights have changed
            await self._greet(store, messenger, chat, event, person=person, now=now)

    async def refresh(self, store: Store, ref: ChatRef, *, private: bool, now: datetime) -> Chat | None:
        """Return a chat, brought up to date: once others have joined, it is no longer private (trust: case 104)."""
        chat = await store.chats.by_any_ref(ref)
        if chat is None or chat.person_id is None or private:
            return chat
        await self._share(store, chat, chat.person_id, now)
        return await store.chats.by_ref(ref)

    async def _share(self, store: Store, chat: Chat, person_id: int, now: datetime) -> None:
        """Turn a private chat into an ordinary one; the bot stays if its former partner may invite it."""
        partner = await store.people.get(person_id)
        await store.chats.share(chat)
        await store.deliveries.cancel_all(chat, now)
        await store.codes.void(Purpose.LINK, chat, now)
        shared = replace(chat, person_id=None)
        if await self._rights.coordinates(store, partner):
            await self._voice.post(store, [_spoken(shared, partner)], _hello(), now)
        else:
            sender = Sender(partner.accounts[0], partner.name)
            await self.turn_away(store, shared, sender, partner, now, invited=False)

    async def _leave_channel(self, store: Store, chat: Chat, person: Person | None, now: datetime) -> None:
        """Explain there, and to whoever added the bot, that channels are not supported, and leave."""
        await self._voice.post(store, [_spoken(chat, person)], _no_channels(chat), now)
        private = await store.chats.private(person.id) if person else []
        await self._voice.post(store, private[:1], _no_channels(chat), now)
        await store.deliveries.leave(chat, now)
        await store.chats.block(chat, LEFT)

    async def _accept(self, store: Store, chat: Chat, now: datetime) -> None:
        private = await store.chats.private(chat.person_id) if chat.person_id else []
        if sum(each.blocked_reason == PENDING for each in private if each.id != chat.id) >= MOST_PENDING:
            await leave_later(store, chat, now, invited=True)
            return
        if chat.dialogue_id is None:
            await store.chats.block(chat, PENDING)
        await store.deliveries.join(chat, now)

    async def _greet(
        self, store: Store, messenger: Messenger, chat: Chat, event: Membership, *, person: Person | None, now: datetime
    ) -> None:
        if event.private:
            if person and messenger.capabilities.greets:
                await self._dispatch.start(store, chat, person, event.sender, now)
        elif chat.dialogue_id is None:
            await self._voice.post(store, [_spoken(chat, person)], _hello(), now)

    async def turn_away(
        self, store: Store, chat: Chat, sender: Sender, person: Person | None, now: datetime, *, invited: bool
    ) -> None:
        """Leave a chat soon that nobody entitled has invited the bot to, and tell the coordinators (trust: 31, 32).

        `invited`: the bot is only invited and has not joined yet.
        """
        await leave_later(store, chat, now + GRACE, invited=invited)
        if not invited:
            text = _(
                "I work for the dialogues of paired cities and stay only where their coordinators ask me to. Goodbye!"
            )
            await self._voice.post(store, [_spoken(chat, person)], text, now)
        before = await store.audit.all(STRANGER, since=now - TOLD_SPAN)
        await store.audit.record(now, STRANGER, by=sender.account or NOBODY, subject=str(chat.ref))
        if len(before) < MOST_TOLD:
            await self._tell(store, None, _stranger(chat, sender, person), now)

    async def encrypted(self, store: Store, event: Encryption, now: datetime) -> None:
        """Record that encryption was switched on, and warn that relayed content leaves it (trust: case 84)."""
        chat = await store.chats.by_ref(event.chat)
        if chat is None or chat.encrypted:
            return
        await self.record_encryption(store, chat, now)
        if chat.dialogue_id is not None:
            text = _(
                "🔓 This chat is end-to-end encrypted from now on. What is passed on to the other cities still leaves"
                " the encryption: my server and their messengers can read it. If that is not acceptable, `/unpair`"
                " ends it."
            )
            await self._voice.post(store, [chat], text, now)
            await self._tell(store, chat, _("In the chat of {chat}: {text}", chat=name_of(chat), text=text), now)

    async def unreadable(self, store: Store, chat: Chat, event: Message, now: datetime) -> None:
        """Notify the author of an undecryptable message of what to do, once in each chat (trust: case 85)."""
        by, subject = str(event.sender.account or NOBODY), str(chat.ref)
        before = await store.audit.all(UNREADABLE)
        if any((each.account, each.subject) == (by, subject) for each in before):
            return
        await store.audit.record(now, UNREADABLE, by=by, subject=subject)
        text = _(
            "🔒 I could not read this message: it is encrypted, and your app has not given me the key. Please send it"
            " again. If that does not help, sign out of the app, sign in again and then send it."
        )
        await self._voice.post(store, [chat], text, now, reply_to=event.ref.id)

    async def _tell_since(self, store: Store, chat: Chat, at: datetime, now: datetime) -> None:
        """Notify a chat that has moved, once, since when the bot reads there: people may have begun without it."""
        subject = str(chat.ref)
        if any(each.subject == subject for each in await store.audit.all(READS_SINCE)):
            return
        await store.audit.record(now, READS_SINCE, by=NOBODY, subject=subject)
        text = _(
            "I have been able to read this room since {when}. What was written here before that is hidden from me, so"
            " it did not reach the other cities: please send again whatever they should know.",
            when=at,
        )
        await self._voice.post(store, [chat], text, now)

    @staticmethod
    async def record_encryption(store: Store, chat: Chat, now: datetime) -> None:
        """Record that a chat is encrypted, and void its codes and pending pairings (trust: case 83).

        The people who created these were not asked whether content may leave the encryption.
        """
        await store.chats.encrypt(chat)
        await store.pairings.drop(chat)
        await store.codes.void(Purpose.PAIR, chat, now)

    @staticmethod
    async def moved(store: Store, event: Migration) -> None:
        """Move a chat to its new id."""
        await store.chats.move(event.chat, event.to, event.at)

    async def _is_welcome(self, store: Store, messenger: Messenger, event: Membership, person: Person | None) -> bool:
        if event.private or event.sender.account == messenger.account:
            return True  # private; or we joined by ourselves, which was permitted before
        if any(each.dialogue_id for each in await store.chats.of_group(event.chat)):
            return True
        return person is not None and await self._rights.coordinates(store, person)

    async def _shut(self, store: Store, event: Membership, person: Person | None, now: datetime) -> None:
        """Close a chat with all its topics, and tell the others that nothing reaches it (trust: case 36)."""
        gone = event.presence is Presence.GONE
        for chat in await store.chats.of_group(event.chat):
            if chat.leaving and not gone:
                continue
            reason, until = (OUTSIDE, now + LONGEST) if gone else (NO_RIGHTS, None)
            await store.chats.block(chat, reason, until=until)
            await store.codes.void(Purpose.PAIR, chat, now)
            if chat.dialogue_id is not None:
                await self._pauses.tell_others(store, chat, _shut_text(chat, person, gone=gone), now)

    async def _reopen(self, store: Store, event: Membership, now: datetime) -> None:
        for chat in await store.chats.of_group(event.chat):
            await hasten(store, chat)
            if not chat.blocked_reason:
                continue
            await store.chats.open(chat)
            if chat.dialogue_id is not None:
                text = _(
                    "✅ I can read and write in the chat of {chat} again: what waited for it is on its way. What was"
                    " written there in the meantime did not reach me.",
                    chat=name_of(chat),
                )
                await self._pauses.tell_others(store, chat, text, now)
                await self._voice.post(store, [chat], _back(), now)

    async def _tell(self, store: Store, chat: Chat | None, text: LazyText, now: datetime) -> None:
        """Notify the coordinators in private."""
        private = await self._rights.private_chats(store, chat.dialogue_id if chat else None)
        if private:
            await self._voice.post(store, private, text, now)


def _spoken(chat: Chat, person: Person | None) -> Chat:
    """Return a chat with a locale to speak in: its own, else that of whoever brought the bot there."""
    known = chat.locale or (person and (person.locale or person.guessed_locale))
    return replace(chat, locale=known or None)


def _hello() -> LazyText:
    return lines(
        _("Hello! I am Intercity: I pass messages between the chats of paired cities."),
        _(
            "To begin, a coordinator or an administrator of this chat types `/pair CITY`, for example `/pair Köln`: I"
            " then give you a code for the partner city."
        ),
    )


def _back() -> LazyText:
    return _(
        "I can read and write here again. What was meant for you in the meantime follows now. What was written here did"
        " not reach the other cities: please send again whatever they should know."
    )


def _no_channels(chat: Chat) -> LazyText:
    return _(
        "“{title}” is a channel. I pass messages between groups: in a channel only its administrators can write, so it"
        " cannot be the chat of a city, and I am leaving it. Please add me to a group, and type `/pair CITY` there.",
        title=clean_name(chat.title, "?"),
    )


def _stranger(chat: Chat, sender: Sender, person: Person | None) -> LazyText:
    who = person.name if person else clean_name(sender.name, "?")
    account = str(person.accounts[0]) if person else "?"
    return _(
        "{name} ({account}) wants me in the chat “{title}”, but is not a coordinator; I am not staying there.",
        name=who,
        account=account,
        title=chat.title or str(chat.ref),
    )


def _shut_text(chat: Chat, person: Person | None, *, gone: bool) -> LazyText:
    by = person.name if person else "?"
    if gone:
        return _(
            "⚠️ {name} has removed me from the chat of {chat}: nothing reaches it until I am let in again. What is meant"
            " for it waits, up to a week.",
            name=by,
            chat=name_of(chat),
        )
    return _(
        "⚠️ {name} has taken rights away from me in the chat of {chat}: until I have them back, I cannot read or write"
        " there.",
        name=by,
        chat=name_of(chat),
    )
