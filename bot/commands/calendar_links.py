"""Links by which people subscribe to a calendar of all features: made, renewed and revoked.

They are asked for in several commands, and `router` has their buttons.
"""

from __future__ import annotations

import secrets

from bot.commands.context import CommandContext, DialogueContext, Told
from bot.commands.router import Router, Where
from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import fold
from bot.voice import Choice
from storage import Dialogue

WORDS = ("calendar", "kalender")
"""After a command that lists what calendars show: the link."""
_NEW = ("new", "neu")
_REVOKE = ("revoke", "widerrufen")
_BYTES = 24
"""Random bytes of a token: 192 bits, 32 characters."""

router = Router(_("Your data"))


async def typed(ctx: DialogueContext, rest: str) -> None:
    """Send a person the link to their calendar in private; in a chat, coordinators that of the dialogue.

    `rest`, what follows the word, may ask for a new link, or revoke the old one.
    """
    dialogue = None if ctx.private else ctx.dialogue
    await _check(ctx, dialogue)
    word = fold(rest.strip())
    if word in _REVOKE:
        await _revoke(ctx, dialogue)
    elif not word or word in _NEW:
        await _show(ctx, dialogue, new=bool(word))
    else:
        raise UserError(_("After `calendar` you can write `new` or `revoke`."))


@router.button("calendar", where=Where.PRIVATE)
async def pressed(ctx: CommandContext) -> None:
    """Renew or revoke a link."""
    action, _colon, id = ctx.args.partition(":")
    dialogue = next((each for each in ctx.dialogues if str(each.id) == id), None)
    if id and dialogue is None:
        raise UserError(_("You no longer take part in this dialogue."))
    await _check(ctx, dialogue)
    if action == "revoke":
        await _revoke(ctx, dialogue)
    else:
        await _show(ctx, dialogue, new=True)


async def _check(ctx: CommandContext, dialogue: Dialogue | None) -> None:
    """Raise UserError if there are no calendars, or if the person may not have that of a dialogue."""
    if not ctx.web_address:
        raise UserError(
            _(
                "Nobody can subscribe to a calendar here: the operator has not switched it on"
                " (`INTERCITY_WEB_LISTEN`). The calendar files of the roundtables can be used nevertheless."
            )
        )
    if dialogue is None:
        return
    if ctx.person.id not in {each.id for each in await ctx.rights.coordinators(ctx.store, dialogue.id)}:
        raise UserError(
            _(
                "The calendar of the whole dialogue is for coordinators. In private I give you your own: {address}",
                address=ctx.addresses("").get(ctx.chat.ref.messenger, ""),
            )
        )


async def _show(ctx: CommandContext, dialogue: Dialogue | None, *, new: bool) -> None:
    id = dialogue.id if dialogue else None
    known = None if new else await ctx.store.calendar_links.of(ctx.person.id, id)
    if known:
        text = _(
            "You have a link to this calendar since {when}. I cannot show it again, only replace it by a new one.",
            when=known.made_at,
        )
    else:
        token = secrets.token_urlsafe(_BYTES)
        await ctx.store.calendar_links.make(ctx.signer.digest(f"calendar {token}"), ctx.person.id, id, ctx.now)
        text = _link(ctx, dialogue, token)
    await _tell(ctx, text, *_buttons(id))


async def _revoke(ctx: CommandContext, dialogue: Dialogue | None) -> None:
    if not await ctx.store.calendar_links.revoke(ctx.person.id, dialogue.id if dialogue else None):
        raise UserError(_("You have no link to this calendar."))
    await ctx.reply(_("The link no longer works. Please remove the calendar in your calendar app, too."))


async def _tell(ctx: CommandContext, text: LazyText, *buttons: Choice) -> None:
    """Send a link in private, as it is for nobody else."""
    if ctx.private:
        await ctx.reply(text, *buttons)
        return
    if await ctx.tell(ctx.person.id, text, *buttons) is Told.NOT:
        address = ctx.addresses("").get(ctx.chat.ref.messenger, "")
        raise UserError(_("Please open a private chat with me first: {address}", address=address))
    await ctx.reply(_("I have written to you in private."))


def _buttons(id: int | None) -> tuple[Choice, Choice]:
    of = "" if id is None else str(id)
    return Choice(_("new link"), "🔄", f"calendar:new:{of}"), Choice(_("revoke the link"), "🗑️", f"calendar:revoke:{of}")


def _link(ctx: CommandContext, dialogue: Dialogue | None, token: str) -> LazyText:
    https = f"{ctx.web_address}/calendar/{token}.ics"
    head = (
        _("📅 *The roundtables and action points of {dialogue} in your calendar*", dialogue=dialogue.name)
        if dialogue
        else _("📅 *Your roundtables and action points in your calendar*")
    )
    return lines(
        head,
        _("Copy this address into your calendar app, where you can subscribe to a calendar by its address:"),
        _("`{address}`", address=https),
        _("Or open this one on your device: `{address}`", address=f"webcal://{https.partition('://')[2]}"),
        _("The link works without a password: please do not pass it on. I show it only now, and you can revoke it."),
    )
