"""Messages as they are now, after an edit was removed: we keep no old text, so the messenger is asked, by a job."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.commands.context import Context
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import Messenger, PermanentError
from bot.model import ChatRef, Edit, MessageRef
from bot.text.foreign import harmless
from storage import Job, Store


async def ask(store: Store, messenger: Messenger, ref: MessageRef, now: datetime) -> None:
    """Schedule that a message is asked for."""
    payload = {"chat": str(ref.chat), "message": ref.id}
    await store.jobs.schedule(on("present", messenger.name), f"{ref.chat} {ref.id}", now, payload)


def kind(messenger: Messenger, edit: Callable[[Store, Messenger, Edit, datetime], Awaitable[None]]) -> JobKind:
    """Return the kind of these jobs on one messenger; `edit` applies the answer like an edit."""

    async def prepare(_work: Work, job: Job) -> Edit | None:
        try:
            return await messenger.present(MessageRef(ChatRef.parse(job.payload["chat"]), job.payload["message"]))
        except PermanentError:
            return None

    async def apply(ctx: Context, _job: Job, present: Edit | None) -> None:
        if present:
            await edit(ctx.store, messenger, harmless(present), ctx.now)

    return JobKind(name=on("present", messenger.name), prepare=prepare, apply=apply)
