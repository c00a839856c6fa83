"""Commands about messages: delivery status, deletion, and health checks."""

from __future__ import annotations

from datetime import datetime
from itertools import groupby

from bot import health
from bot.commands.context import DialogueContext
from bot.commands.router import Router, Where
from bot.delivery.failures import reason_of
from bot.features import PUBLISHES, Feature
from bot.model import Role, Send, SendPoll
from bot.relay import is_of
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from bot.text.files import label_of
from bot.voice import name_of
from storage import NO_RIGHTS, Chat, Delivery, State, StoredMessage

router = Router(_("Messages"))
feature = Feature(name="messages", routers=(router,), jobs=(health.HEALTH_CHECK,))


@router.command(
    "status",
    summary=_("shows whether messages arrive; as a reply: one message, on its own: every chat"),
    role=Role.COORDINATOR,
    role_in_reply=Role.GUEST,
    in_dialogue=True,
)
async def status(ctx: DialogueContext) -> None:
    """Show the delivery status of a message, or of every chat of the dialogue."""
    if ctx.is_reply:
        await ctx.reply(await _of_message(ctx, await _meant(ctx)))
    else:
        await ctx.reply(await _of_dialogue(ctx))


async def _meant(ctx: DialogueContext) -> StoredMessage | None:
    """Return the message that the command replies to; of a command that posted news, the news."""
    replied = ctx.replied_message
    if replied is None or replied.native_id is None or replied.chat_id != ctx.chat.id:
        return replied
    news = await ctx.store.news.typed_in(ctx.chat, replied.native_id)
    return await ctx.store.messages.get(news.post_id) if news else replied


async def _of_message(ctx: DialogueContext, stored: StoredMessage | None) -> LazyText:
    if stored is None or (stored.dialogue_id and not is_of(stored, ctx.dialogue.id)):
        raise UserError(_("I have not passed this message on, so I know nothing about it."))
    rows = await ctx.store.deliveries.of_message(stored.id)
    deliveries = [each for each in rows if each.kind in {Send.kind, SendPoll.kind}]
    if not deliveries:
        raise UserError(_("I have not passed this message on: there is no other chat in this dialogue."))
    states = []
    for chat_id, parts in groupby(sorted(deliveries, key=lambda each: each.chat_id), key=lambda each: each.chat_id):
        chat = await ctx.store.chats.get(chat_id)
        worst = min(parts, key=lambda each: _ORDER.index(each.state))
        states.append(
            _("{chat}: {state}", chat=name_of(chat), state=_state(worst, ctx.now, shut_out=bool(chat.blocked_reason)))
        )
    return lines(*states)


_ORDER = (State.FAILED, State.SENDING, State.QUEUED, State.CANCELLED, State.DELIVERED)


def _state(delivery: Delivery, now: datetime, *, shut_out: bool) -> LazyText:
    age = now - delivery.queued_at
    match delivery.state:
        case State.DELIVERED:
            return _("✅ arrived {when}", when=delivery.done_at or delivery.queued_at)
        case State.FAILED:
            return _failed(delivery, shut_out=shut_out)
        case State.QUEUED if shut_out:
            return _("⏸ waits, {age} so far: {reason}", age=age, reason=reason_of(None, shut_out=True))
        case State.CANCELLED:
            return _("withdrawn before it was sent")
        case _ if delivery.error:
            return _("⏳ on its way, {age} so far; the messenger is not accepting it yet, I keep trying", age=age)
        case _:
            return _("⏳ on its way, {age} so far", age=age)


def _failed(delivery: Delivery, *, shut_out: bool) -> LazyText:
    files = delivery.post.files if delivery.post and not shut_out else ()
    reason = reason_of(delivery.reason, shut_out=shut_out, files=files)
    if not files:
        return _("⚠️ could not be delivered: {reason}", reason=reason)
    missing = [label_of(each.kind, each.name, each.size) for each in files]
    return _("⚠️ arrived without {files}: {reason}", files=missing, reason=reason)


async def _of_dialogue(ctx: DialogueContext) -> LazyText:
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    rows = [_("{chat}: {state}", chat=name_of(chat), state=await _health(ctx, chat)) for chat in chats]
    return lines(_("*{dialogue}*", dialogue=ctx.dialogue.name), *rows)


async def _health(ctx: DialogueContext, chat: Chat) -> LazyText:
    if chat.blocked_reason == NO_RIGHTS:
        return _("⚠️ I do not have the rights I need in the chat there: `/doctor` says which.")
    undone = await ctx.store.deliveries.undone(chat)
    if chat.blocked_reason:
        reason = reason_of(None, shut_out=True)
        if not undone.waiting:
            return _("⚠️ {reason}", reason=reason)
        return n_("⏸ {n} message waits: {reason}", "⏸ {n} messages wait: {reason}", undone.waiting, reason=reason)
    if undone.failed:
        return n_("⚠️ {n} delivery failed", "⚠️ {n} deliveries failed", undone.failed)
    # The reply to this very command is not counted, as it is queued only afterwards.
    if undone.oldest:
        age = ctx.now - undone.oldest
        return n_(
            "⏳ {n} message on its way, {age} so far",
            "⏳ {n} messages on their way, the oldest {age} so far",
            undone.waiting,
            age=age,
        )
    last = await ctx.store.deliveries.last_done(chat)
    return _("✅ everything has arrived, last {when}", when=last) if last else _("✅ nothing sent yet")


@router.command(
    "delete",
    "loeschen",
    summary=_("as a reply: removes a message and all its copies"),
    where=Where.GROUP,
    in_dialogue=True,
)
async def delete(ctx: DialogueContext) -> None:
    """Remove a message everywhere, for its author or a coordinator."""
    if not ctx.is_reply:
        raise UserError(_("Please reply with `/delete` to the message that you want to remove."))
    stored = await _meant(ctx)
    if stored is None or stored.dialogue_id is None or (stored.chat_id is None and stored.feature not in PUBLISHES):
        raise UserError(_("I have not passed this message on, so I cannot remove it elsewhere."))
    if not is_of(stored, ctx.dialogue.id):
        raise UserError(_("This message belongs to another dialogue, in which this chat no longer takes part."))
    if stored.person_id != ctx.person.id and not ctx.role.reaches(Role.COORDINATOR):
        raise UserError(_("Only its author or a coordinator may remove a message."))
    if stored.deleted_at is not None:
        raise UserError(_("This message has already been removed."))
    await ctx.relay.delete(ctx.store, stored, ctx.now, original=True, share=ctx.share)
    await ctx.store.news.withdraw(stored.id)
    await ctx.reply(_("Removed in every chat."))


@router.command(
    "doctor",
    summary=_("checks rights, privacy mode, encryption, limits and clock, and says what to do"),
    role=Role.COORDINATOR,
    in_dialogue=True,
)
async def doctor(ctx: DialogueContext) -> None:
    """Request a health check of every chat of the dialogue; the report follows."""
    await health.request(ctx)
