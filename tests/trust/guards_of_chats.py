"""The guards of chats and buttons, each taken away as in `guards`."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from telegram import ChatMemberUpdated, User

import handlers.pairing
from bot.commands import dispatch
from bot.commands.context import CommandContext
from bot.delivery.pauses import Pauses
from bot.intake import membership, presses
from bot.intake.membership import Memberships
from bot.messengers.base import CheckResult, Messenger
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.messengers.telegram import conversion, health
from bot.messengers.telegram.presence import is_inside
from bot.model import (
    ChatRef,
    Membership,
    Presence,
    Press,
    Reaction,
)
from bot.rights import Rights
from bot.signer import Signer
from bot.text.catalogue import UserError, _
from storage import Chat, City, Person, Store, tables
from storage.chats.repository import Chats
from storage.codes.repository import Pairings
from storage.deliveries.repository import Deliveries
from storage.intake import ProcessedEvents as Seen
from tests.trust.guards import both, instead, nothing, soon_nothing, soon_yes, yes

# Where the bot is


def left_chats_at_home(patch: pytest.MonkeyPatch) -> None:
    """Forget that a chat was left."""
    leave = Deliveries.leave

    async def left(self: Deliveries, chat: Chat, at: datetime) -> None:
        await leave(self, chat, at)
        this = tables.chats.c.id == chat.id
        await self._connection.execute(sa.update(tables.chats).where(this).values(blocked_reason=""))

    patch.setattr(Deliveries, "leave", left)


def same_title_same_chat(patch: pytest.MonkeyPatch) -> None:
    """Treat a supergroup with the name of a group as its successor."""
    change = Memberships.changed

    async def changed(  # noqa: PLR0917 - same signature as the guarded one
        self: Memberships, store: Store, messenger: Messenger, event: Membership, person: Person | None, now: datetime
    ) -> None:
        chats = await store.chats.paired(messenger.name)
        twin = next((each for each in chats if each.city and each.city.name == event.title), None)
        if twin and event.presence is Presence.JOINED:
            await store.chats.move(twin.ref, event.chat, now)
        await change(self, store, messenger, event, person, now)

    patch.setattr(Memberships, "changed", changed)


async def _over_everything(self: Chats, old: ChatRef, new: ChatRef, _at: datetime) -> bool:
    chat, there = await self.by_ref(old), await self.by_ref(new)
    if chat and there:
        await self._set(there, dialogue_id=chat.dialogue_id, city_id=chat.city and chat.city.id)
        await self._set(chat, dialogue_id=None, city_id=None)
    elif chat:
        await self._set(chat, native_id=new.id)
    return chat is not None


def _in_or_out(update: ChatMemberUpdated, _me: User) -> Presence | None:
    before, now = is_inside(update.old_chat_member), is_inside(update.new_chat_member)
    if before == now:
        return None
    return Presence.JOINED if now else Presence.GONE


everybody_welcome = instead(Rights, "coordinates", soon_yes)
coordinators_not_told = instead(Memberships, "_tell", soon_nothing)
everything_told = instead(membership, "MOST_TOLD", 10**9)
left_after_an_hour = instead(membership, "GRACE", timedelta(hours=1))
nobody_turned_away = instead(Memberships, "turn_away", soon_nothing)
moves_not_followed = instead(Chats, "move", soon_nothing)
moves_over_everything = instead(Chats, "move", _over_everything)
tombstones_of_everybody = instead(Room, "may", yes)
guest_mode_not_looked_at = instead(health, "_guests", lambda _me: CheckResult(True, _("logged in")))
others_not_told = instead(Pauses, "tell_others", soon_nothing)
chats_never_paused = instead(Chats, "block", soon_nothing)
only_in_or_out = instead(conversion, "presence", _in_or_out)
power_not_looked_at = instead(EventReader, "power", nothing)


# Encryption


async def _anybody_answers(ctx: CommandContext) -> tuple[City, str]:
    waiting = await ctx.store.pairings.of(ctx.chat, ctx.now - handlers.pairing.CONFIRM_WITHIN)
    if waiting is None:
        raise UserError(_("There is nothing to confirm here. Begin with `/pair CITY`."))
    return await ctx.store.cities.named(waiting.city.name) or waiting.city, waiting.digest


encryption_not_noted = instead(Memberships, "record_encryption", staticmethod(soon_nothing))
encryption_not_noticed = instead(Memberships, "encrypted", soon_nothing)
everybodys_yes = instead(handlers.pairing, "_asked", _anybody_answers)
patience_without_end = instead(handlers.pairing, "CONFIRM_WITHIN", timedelta(days=10_000))
questions_kept = instead(Pairings, "drop", soon_nothing)


# Buttons


def _whatever_comes(_said: object, event: Press | Reaction) -> str | None:
    return event.action if isinstance(event, Press) else event.key


def _unsealed(_self: Signer, _message_id: int, sealed: str) -> str:
    return sealed.partition("~")[0]


def seals_of_any_message(patch: pytest.MonkeyPatch) -> None:
    """Sign a button's action without the message it belongs to."""
    tag = Signer._tag
    patch.setattr(Signer, "_tag", lambda self, _message_id, action: tag(self, 0, action))


buttons_not_looked_up = both(
    instead(dispatch, "signed_action", _whatever_comes), instead(presses, "signed_action", _whatever_comes)
)
seals_not_checked = instead(Signer, "verify", _unsealed)
events_taken_again = instead(Seen, "mark_processed", soon_yes)
