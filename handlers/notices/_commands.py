"""/notices, and the job that tells the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from bot.commands.checks import own_city
from bot.commands.context import Context, DialogueContext
from bot.commands.router import Router, Where
from bot.features import Feature
from bot.jobs.kinds import JobKind
from bot.model import ChatChange, ChatChangeKind, Role, Sender
from bot.text.catalogue import UserError, _, lines
from bot.text.characters import fold
from bot.text.lookalikes import skeleton
from bot.text.names import clean_name
from handlers.notices._lines import notice_lines
from storage import Chat, Job

TELL = "notices"
"""The kind of jobs that tell what has changed in a chat, by its id; one without changes only ends the minute."""
SOON, EVERY = timedelta(seconds=3), timedelta(minutes=1)
"""How long a first change waits for more, and how often there is a line at most."""
_WORDS = {"on": True, "an": True, "ein": True, "off": False, "aus": False}

router = Router(_("People and roles"))


@router.command(
    "notices",
    "hinweise",
    summary=_("tells the other cities who joins or leaves this chat, or stops that"),
    usage=_("on|off"),
    example=_("`/notices on`"),
    role=Role.COORDINATOR,
    where=Where.GROUP,
    in_dialogue=True,
    takes=lambda typed: fold(typed.args) in _WORDS,
)
async def notices(ctx: DialogueContext) -> None:
    """Switch the notices of a chat on or off, or say whether they are on."""
    wanted = _WORDS.get(fold(ctx.args)) if ctx.args else ctx.chat.notices
    if wanted is None:
        raise UserError(_("Please write `/notices on` or `/notices off`."), usage=True)
    if ctx.args:
        own_city(ctx)
        await ctx.store.chats.set_notices(ctx.chat, wanted)
        action = "notices on" if wanted else "notices off"
        await ctx.store.audit.record(ctx.now, action, by=ctx.account, dialogue=ctx.dialogue, subject=str(ctx.chat.ref))
    if wanted:
        text = _(
            "The other cities are told when people join or leave this chat, and when its name or picture changes."
            " `/notices off` ends that."
        )
    else:
        text = _("The other cities are not told who joins or leaves this chat. `/notices on` changes that.")
    await ctx.reply(text)


async def on_chat_change(ctx: Context, chat: Chat, event: ChatChange) -> None:
    """Record a change, to be told soon, with all that follow within a minute of the last line."""
    if not chat.notices:
        return
    people = [each for sender in event.people if (each := await _named(ctx, chat, sender))]
    if event.people and not people:
        return
    key = str(chat.id)
    due = await ctx.store.jobs.due(TELL, key) or ctx.now + SOON
    before = await ctx.store.jobs.take(TELL, key) or {}
    await ctx.store.jobs.schedule(TELL, key, due, _with(before, event, people))


async def _named(ctx: Context, chat: Chat, sender: Sender) -> dict[str, Any] | None:
    """Return the name of somebody, and whether it looks like an official's; None if they are muted."""
    person = await ctx.store.people.by_account(sender.account) if sender.account else None
    appointment = await ctx.store.roles.of(chat.dialogue_id or 0, person.id) if person else None
    if appointment and appointment.muted:
        return None
    name = clean_name(sender.name, sender.account.short if sender.account else "?")
    officials = await ctx.rights.officials(ctx.store, chat.dialogue_id or 0)
    alike = any(
        skeleton(each.name) == skeleton(name) and each.person_id != (person and person.id) for each in officials
    )
    return {"name": name, "alike": alike}


def _with(before: Mapping[str, Any], event: ChatChange, people: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what is to be told once another change has been added."""
    match event.kind:
        case ChatChangeKind.TITLE:
            return {**before, "title": event.title}
        case ChatChangeKind.PHOTO:
            return {**before, "photo": True}
    return {**before, event.kind: [*before.get(event.kind, []), *people]}


async def _tell(ctx: Context, job: Job, _prepared: None) -> None:
    chat = await ctx.store.chats.find(int(job.key))
    if not job.payload or chat is None or chat.dialogue_id is None or not chat.notices:
        return
    others = [each for each in await ctx.store.chats.of_dialogue(chat.dialogue_id) if each.id != chat.id]
    await ctx.post(
        others, lines(*notice_lines(chat, job.payload)), dialogue=await ctx.store.dialogues.get(chat.dialogue_id)
    )
    await ctx.store.jobs.schedule(TELL, job.key, ctx.now + EVERY)


feature = Feature(
    name="notices", routers=(router,), jobs=(JobKind(name=TELL, apply=_tell),), on_chat_change=on_chat_change
)
