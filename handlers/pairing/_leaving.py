"""Unpairing: a chat leaves its dialogue."""

from __future__ import annotations

from bot.commands.checks import own_city
from bot.commands.context import DialogueContext
from bot.commands.router import Router, Where
from bot.model import Role
from bot.text.catalogue import UserError, _
from bot.voice import Choice
from storage import Purpose

router = Router(_("Connected chats"))


@router.command(
    "unpair",
    "entkoppeln",
    summary=_("takes this chat out of the dialogue; after that nothing is passed on"),
    role=Role.COORDINATOR,
    where=Where.GROUP,
    in_dialogue=True,
)
async def unpair(ctx: DialogueContext) -> None:
    """Ask for confirmation that this chat should leave its dialogue."""
    own_city(ctx)
    text = _(
        "Take this chat out of {dialogue}? After that nothing is passed on; what has already been passed on stays in"
        " the other chats.",
        dialogue=ctx.dialogue.name,
    )
    await ctx.reply(text, Choice(_("yes, take it out"), "✅", "unpair:yes"), Choice(_("no"), "❌", "unpair:no"))


@router.button("unpair", role=Role.COORDINATOR, in_dialogue=True)
async def leave(ctx: DialogueContext) -> None:
    """Take this chat out of its dialogue, and tell the others."""
    own_city(ctx)
    answer, _colon, asked_for = ctx.args.partition(":")
    if asked_for not in {"", str(ctx.dialogue.id)}:  # cards of earlier versions named the dialogue in the button
        raise UserError(_("This question has already been answered, or is too old."))
    if answer != "yes":
        await ctx.reply(_("Nothing was changed: messages are passed on as before."))
        return
    await ctx.store.deliveries.cancel_all(ctx.chat, ctx.now)
    await ctx.store.chats.unpair(ctx.chat)
    await ctx.store.codes.void(Purpose.PAIR, ctx.chat, ctx.now)
    await ctx.store.audit.record(ctx.now, "unpair", by=ctx.account, dialogue=ctx.dialogue, subject=str(ctx.chat.ref))
    city = ctx.city.name if ctx.city else ""
    await ctx.reply(
        _(
            "This chat has left {dialogue}. Nothing is passed on any more. `/pair CODE {city}` lets it join again.",
            dialogue=ctx.dialogue.name,
            city=city,
        )
    )
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    text = _(
        "🔌 {name} has taken a chat of {city} out of this dialogue: nothing said here reaches it any more.",
        name=ctx.person.name,
        city=city,
    )
    await ctx.post(chats, text)
