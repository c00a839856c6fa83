"""The latest states of live locations and polls that their copies wait for (`bot.relay.live`), and polls that end."""

from __future__ import annotations

from datetime import datetime

from bot.commands.context import Context
from bot.jobs.kinds import JobKind
from bot.messengers.base import Messenger
from bot.model import Edit, MessageRef, PollClosed, Sender
from bot.relay import Relay
from bot.relay.live import EVERY, LIVE
from storage import Job, Store, StoredMessage, load_post


async def _change_copies(ctx: Context, job: Job, _prepared: None) -> None:
    stored = await ctx.store.messages.kept(int(job.key))
    if not job.payload or stored is None or stored.deleted_at or not await _crosses(ctx, stored):
        return
    for id, packed in job.payload.items():
        chat = await ctx.store.chats.find(int(id))
        if chat and chat.dialogue_id == stored.dialogue_id:
            await ctx.voice.change(ctx.store, chat, stored.id, load_post(packed), ctx.now)
    await ctx.store.jobs.schedule(LIVE, job.key, ctx.now + EVERY)


async def _crosses(ctx: Context, stored: StoredMessage) -> bool:
    """Whether what somebody has written still goes elsewhere: they may be muted by now, or their chat may have left."""
    chat = await ctx.store.chats.find(stored.chat_id or 0)
    if chat is None or chat.dialogue_id != stored.dialogue_id:
        return False
    person = await ctx.store.people.get(stored.person_id) if stored.person_id else None
    return not (person and (await ctx.rights.admit(ctx.store, chat, person, stored.dialogue_id)).muted)


async def show_end(store: Store, relay: Relay, messenger: Messenger, event: PollClosed, now: datetime) -> None:
    """Show in every copy of a poll that people have made how it has ended."""
    for stored in await store.messages.asking(messenger.name, event.poll):
        chat = await store.chats.find(stored.chat_id or 0)
        if chat is None or stored.native_id is None:
            continue
        person = await store.people.get(stored.person_id) if stored.person_id else None
        account = next((each for each in person.accounts if each.messenger is messenger.name), None) if person else None
        sender = Sender(account, person.name if person else chat.title)
        ref = MessageRef(chat.ref, stored.native_id)
        edit = Edit(id=event.id, ref=ref, sender=sender, at=event.at, text=(), attachment=event.attachment)
        await relay.edit(store, chat, person, edit, now)


CHANGES = JobKind(name=LIVE, apply=_change_copies)
