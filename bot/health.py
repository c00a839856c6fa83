"""Health checks for /doctor: a job, as no transaction may wait for the network."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bot.commands.context import Context, DialogueContext
from bot.jobs.kinds import JobKind, Work
from bot.logs import Aside
from bot.messengers.base import CheckResult, SendError
from bot.model import ChatRef, MessengerName
from bot.text.catalogue import LazyText, _, lines
from bot.voice import name_of
from storage import Job

log = structlog.get_logger()

CHECK_TIMEOUT = 20.0
"""Seconds that a messenger has to respond."""


async def request(ctx: DialogueContext) -> None:
    """Schedule a health check of the dialogue's chats; the report replies to the command."""
    payload = {"chat": ctx.chat.id, "dialogue": ctx.dialogue.id, "reply_to": ctx.message}
    await ctx.store.jobs.schedule(HEALTH_CHECK.name, f"{ctx.chat.id} {ctx.message}", ctx.now, payload)


async def _report(work: Work, job: Job) -> LazyText | None:
    """Return what is right and wrong; None if the dialogue has no chats any more."""
    async with work.database.begin() as store:
        chats = await store.chats.of_dialogue(job.payload["dialogue"])
    rows = []
    for name in dict.fromkeys(chat.ref.messenger for chat in chats):
        rows += [_("*{messenger}*", messenger=name.title()), *map(_row, await check_health(work, name, None))]
        for chat in (chat for chat in chats if chat.ref.messenger is name):
            rows.append(_("*{chat}*", chat=name_of(chat)))
            rows += map(_row, await check_health(work, name, chat.ref))
    return lines(*rows) if rows else None


async def _post(ctx: Context, job: Job, report: LazyText | None) -> None:
    chat = await ctx.store.chats.find(job.payload["chat"])
    if chat and report:
        await ctx.post([chat], report, reply_to=job.payload["reply_to"] or None)


HEALTH_CHECK = JobKind(name="health check", prepare=_report, apply=_post)


async def check_health(work: Work, name: MessengerName, chat: ChatRef | None) -> Sequence[CheckResult]:
    """Return a messenger's results, as `Messenger.check_health`; if it does not respond, one that is not `required`."""
    messenger = work.messengers.get(name)
    try:
        with Aside(log, "health check", but=(SendError, TimeoutError), messenger=name):
            async with asyncio.timeout(CHECK_TIMEOUT):
                if messenger is not None:
                    return await messenger.check_health(chat)
    except (SendError, TimeoutError) as error:
        log.warning("health check", messenger=name, error=str(error))
    return [CheckResult(False, _("does not answer at the moment; messages wait until it does"))]


def _row(result: CheckResult) -> LazyText:
    return _("✅ {text}", text=result.text) if result.ok else _("⚠️ {text}", text=result.text)
