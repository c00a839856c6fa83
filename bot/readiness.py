"""Checks that everything announced in a paired chat works; until it does, people are told what is missing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from bot.clock import Clock
from bot.messengers.base import CheckResult
from bot.model import ChatRef, MessengerName
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import Voice, name_of, words
from storage import Chat, Database, Store, Unready

AGAIN, LATER = timedelta(minutes=2), timedelta(hours=1)
"""Time until the next check: at first, and after the reminder. Reported changes are checked at once."""
REMINDED = timedelta(days=1)
"""Time after which people are reminded, if nothing has changed."""


class Readiness:
    """The runner of checks that are due; the due times are stored in the database."""

    def __init__(
        self,
        database: Database,
        voice: Voice,
        check_health: Callable[[MessengerName, ChatRef], Awaitable[Sequence[CheckResult]]],
        clock: Clock,
    ) -> None:
        """Create the runner. `check_health`: as of a `Messenger`, but never raises; then nothing is `required`."""
        self._database = database
        self._voice = voice
        self._check_health = check_health
        self._clock = clock

    async def look(self) -> None:
        """Check the chats that are due. Raises StorageError."""
        async with self._database.begin() as store:
            due = await store.readiness.due(self._clock())
        for unready in due:
            ref = unready.chat.ref
            needed = [each for each in await self._check_health(ref.messenger, ref) if each.required]
            async with self._database.begin() as store:
                await self._conclude(store, unready, needed, self._clock())

    async def _conclude(self, store: Store, unready: Unready, needed: Sequence[CheckResult], now: datetime) -> None:
        chat = await store.chats.get(unready.chat.id)  # it may have been unpaired meanwhile
        lacking = [each for each in needed if not each.ok]
        told = "\n".join(words(each.text, LocaleContext()) for each in lacking)
        overdue = unready.told_at is not None and now - unready.told_at >= REMINDED and not unready.reminded
        if chat.dialogue_id is None:
            await store.readiness.done(chat)
        elif needed and not lacking:
            await store.readiness.done(chat)
            if unready.told:
                await self._voice.post(store, await store.chats.of_dialogue(chat.dialogue_id), _right(chat), now)
        elif lacking and (told != unready.told or overdue):
            await store.readiness.tell(unready, told, now, now + AGAIN)
            await self._tell(store, chat, lacking, now)
        else:
            await store.readiness.postpone(unready, now + (LATER if unready.reminded else AGAIN))

    async def _tell(self, store: Store, chat: Chat, lacking: Sequence[CheckResult], now: datetime) -> None:
        """Tell the chat how to fix it, and the others that they may not get everything."""
        text = lines(
            _("⚠️ *Something is still missing in this chat, so not everything works as announced:*"),
            *(each.text for each in lacking),
            _("I will keep checking, and tell you here when everything is right. `/doctor` checks at once."),
        )
        await self._voice.post(store, [chat], text, now)
        others = [each for each in await store.chats.of_dialogue(chat.dialogue_id or 0) if each.id != chat.id]
        text = _(
            "⚠️ In the chat of {chat} I still lack a right or a setting, so some messages from there may not reach"
            " you. The people there know how to put it right; I will tell you here when it is.",
            chat=name_of(chat),
        )
        await self._voice.post(store, others, text, now)


def _right(chat: Chat) -> LazyText:
    return _("✅ Nothing is missing any more in the chat of {chat}: everything works as announced.", chat=name_of(chat))
