"""Muting of channels and groups in whose name people write (trust: case 105)."""

from __future__ import annotations

from bot.commands.checks import own_city
from bot.commands.context import DialogueContext
from bot.model import ChatRef
from bot.text.catalogue import UserError, _
from bot.text.names import clean_name


def answers_a_chat(ctx: DialogueContext) -> bool:
    """Whether a command replies to a message written in the name of a chat, and names nobody else."""
    return not ctx.args and ctx.reply_to is not None and ctx.reply_to.sender_chat is not None


async def mute_chat(ctx: DialogueContext) -> None:
    """Stop relaying what is written in the name of a chat."""
    dialogue_id, chat, name = _which(ctx)
    if not await ctx.store.mutes.add(dialogue_id, chat, ctx.now):
        raise UserError(_("{name} is already muted.", name=name))
    await ctx.store.audit.record(ctx.now, "mute", by=ctx.account, dialogue=ctx.dialogue, subject=str(chat))
    await ctx.announce(
        ctx.dialogue,
        _("🔇 {who} was muted by {by}: nothing they write is passed on.", who=f"{name} ({chat})", by=ctx.person.name),
    )


async def unmute_chat(ctx: DialogueContext) -> None:
    """Resume relaying what is written in the name of a chat."""
    dialogue_id, chat, name = _which(ctx)
    if not await ctx.store.mutes.remove(dialogue_id, chat):
        raise UserError(_("{name} is not muted.", name=name))
    await ctx.store.audit.record(ctx.now, "unmute", by=ctx.account, dialogue=ctx.dialogue, subject=str(chat))
    await ctx.announce(
        ctx.dialogue,
        _(
            "🔊 {who} was unmuted by {by}: what they write is passed on again.",
            who=f"{name} ({chat})",
            by=ctx.person.name,
        ),
    )


def _which(ctx: DialogueContext) -> tuple[int, ChatRef, str]:
    """Return dialogue, author chat and its name for the replied-to message. Raises UserError."""
    reply = ctx.reply_to
    if reply is None or reply.sender_chat is None or ctx.chat.dialogue_id is None or ctx.chat.city is None:
        raise UserError(_("Please name the person, or reply to one of their messages."), usage=True)
    own_city(ctx)
    return ctx.chat.dialogue_id, reply.sender_chat, clean_name(reply.author, str(reply.sender_chat))
