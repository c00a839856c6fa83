"""Checks that everything announced in a paired chat works; while it does not, people are told what is missing.

Messengers do not report everything: nobody hears that a bot's privacy mode was switched on, that only admins may write
in a group, or that it has become a forum. So each chat is checked as long as it takes part in a dialogue.

A job for each chat, with the chat's id as its key; its payload is a `Notice`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.commands.context import Context
from bot.health import check_health
from bot.jobs.kinds import JobKind, Work, on
from bot.messengers.base import CheckResult
from bot.model import MessengerName
from bot.text.catalogue import LazyText, LocaleContext, _, lines
from bot.voice import name_of, words
from storage import Chat, Job, Store

AGAIN, LATER = timedelta(minutes=2), timedelta(hours=1)
"""Time until the next check: at first, and after the reminder. Reported changes are checked at once."""
WATCH = timedelta(hours=6)
"""Time until the next check of a chat that lacks nothing."""
REMINDED = timedelta(days=1)
"""Time after which people are reminded, if nothing has changed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What the people of a chat were told is lacking (empty: nothing yet), since when, and whether a second time."""

    told: str = ""
    told_at: datetime | None = None
    reminded: bool = False

    @classmethod
    def load(cls, payload: Any) -> Notice:  # noqa: ANN401 - JSON
        """Read the payload of a job."""
        at = payload["told_at"]
        return cls(payload["told"], datetime.fromisoformat(at) if at else None, payload["reminded"])

    def dump(self) -> dict[str, object]:
        """Return the payload of a job."""
        at = self.told_at.isoformat() if self.told_at else None
        return {"told": self.told, "told_at": at, "reminded": self.reminded}

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is time for the reminder."""
        return self.told_at is not None and now - self.told_at >= REMINDED and not self.reminded


def kind(messenger: MessengerName) -> JobKind:
    """Return the kind of the checks on one messenger."""
    return JobKind(name=on("readiness", messenger), prepare=_look, apply=_conclude)


async def watch(store: Store, chat: Chat, now: datetime) -> None:
    """Start checking a chat."""
    await store.jobs.schedule(on("readiness", chat.ref.messenger), str(chat.id), now, Notice().dump())


async def hasten(store: Store, chat: Chat) -> None:
    """Check a chat now, if it is watched: something has changed there."""
    await store.jobs.hasten(on("readiness", chat.ref.messenger), str(chat.id))


async def _look(work: Work, job: Job) -> list[CheckResult]:
    """Return the results that count."""
    async with work.database.begin() as store:
        chat = await store.chats.find(int(job.key))
    if chat is None or chat.dialogue_id is None:
        return []
    return [each for each in await check_health(work, chat.ref.messenger, chat.ref) if each.required]


async def _conclude(ctx: Context, job: Job, required: Sequence[CheckResult]) -> None:
    notice, chat = Notice.load(job.payload), await ctx.store.chats.find(int(job.key))
    lacking = [each for each in required if not each.ok]
    told = "\n".join(words(each.text, LocaleContext()) for each in lacking)
    if chat is None or chat.dialogue_id is None:  # unpaired meanwhile
        return
    if required and not lacking:
        if notice.told:
            await ctx.post(await ctx.store.chats.of_dialogue(chat.dialogue_id), _right(chat))
        await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + WATCH, Notice().dump())
    elif lacking and (told != notice.told or notice.is_overdue(ctx.now)):
        again = told == notice.told
        notice = Notice(told, notice.told_at if again else ctx.now, reminded=again)
        await ctx.store.jobs.schedule(job.kind, job.key, ctx.now + AGAIN, notice.dump())
        await _tell(ctx, chat, lacking)
    else:
        due = ctx.now + (LATER if notice.reminded else AGAIN)
        await ctx.store.jobs.schedule(job.kind, job.key, due, job.payload)


async def _tell(ctx: Context, chat: Chat, lacking: Sequence[CheckResult]) -> None:
    """Explain to the chat how to fix it, and warn the others that they may not get everything."""
    text = lines(
        _("⚠️ *Something is missing in this chat, so not everything works as announced:*"),
        *(each.text for each in lacking),
        _("I will keep checking, and tell you here when everything is right. `/doctor` checks at once."),
    )
    await ctx.post([chat], text)
    others = [each for each in await ctx.store.chats.of_dialogue(chat.dialogue_id or 0) if each.id != chat.id]
    text = _(
        "⚠️ The chat of {chat} is not fully set up, so some messages from there may not reach you. The people there"
        " know how to put it right; I will tell you here when it is.",
        chat=name_of(chat),
    )
    await ctx.post(others, text)


def _right(chat: Chat) -> LazyText:
    return _("✅ Nothing is missing any more in the chat of {chat}: everything works as announced.", chat=name_of(chat))
