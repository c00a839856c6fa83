"""News by hand: posted to every chat of a dialogue, corrected by editing the command, and their delivery reported."""

from __future__ import annotations

from bot.commands.context import CommandContext, Context, DialogueContext
from bot.commands.router import Router
from bot.features import Feature
from bot.model import Edit, Role, rich
from bot.text.catalogue import UserError, _, n_
from handlers.news import _delivery
from handlers.news._content import NewsContent
from handlers.news._export import NEWS
from storage import NewsItem, StoredMessage, retention

router = Router(_("News"))


@router.command(
    "news",
    "meldung",
    summary=_("posts news to every chat, with what follows the headline and the attached picture or file"),
    usage=_("HEADLINE"),
    example=_("`/news The new bridge is open`"),
    role=Role.COORDINATOR,
    in_dialogue=True,
    takes_file=True,
)
async def news(ctx: DialogueContext) -> None:
    """Post news to every chat of the dialogue, and report in a reply where it has arrived."""
    content = NewsContent.of(ctx)
    city = ctx.city.name if ctx.city else ""
    chats = await ctx.store.chats.of_dialogue(ctx.dialogue.id)
    text = content.post(ctx.person.name, city)
    post_id = await ctx.post(chats, text, files=content.files, dialogue=ctx.dialogue)
    await ctx.relay.note_links(ctx.store, ctx.dialogue.id, rich(ctx.args), ctx.now)
    status_id = await ctx.reply(
        n_(
            "Your news is on its way to {n} chat. To correct it, edit your message.",
            "Your news is on its way to {n} chats. To correct it, edit your message.",
            len(chats),
        )
    )
    id = await ctx.store.news.add(
        ctx.dialogue.id,
        ctx.chat,
        ctx.message,
        post_id=post_id,
        status_id=status_id,
        person_id=ctx.person.id,
        city=city,
        headline=content.headline,
        text=content.text,
        attachment=content.attachment,
        at=ctx.now,
    )
    await _delivery.watch(ctx, id)


async def correct(ctx: CommandContext, _event: Edit) -> None:
    """Correct news in every chat, and mark it, once the command that posted it is edited."""
    if ctx.subject is None or ctx.subject.feature != ctx.feature:
        return  # an edit of an ordinary message
    item = await ctx.store.news.typed_in(ctx.chat, ctx.message)
    if item is None:
        raise UserError(_("This news has been removed. Please write it again, in a new message."))
    content = NewsContent.of(ctx)
    if content.attachment and not item.attachment:
        raise UserError(
            _("A file cannot be added to news later. Please remove the news with `/delete` and post it anew.")
        )
    files = content.files if content.attachment != item.attachment else ()
    await ctx.update(item.post_id, content.post(ctx.person.name, item.city, corrected_at=ctx.now), files=files)
    attachment = content.attachment or item.attachment
    status_id = await _acknowledge(ctx, item)
    await ctx.store.news.correct(item, content.headline, content.text, attachment, status_id=status_id, at=ctx.now)
    await _delivery.watch(ctx, item.id)


async def _acknowledge(ctx: CommandContext, item: NewsItem) -> int:
    """Report that a correction is on its way, in a new reply if the report will not be kept until it has arrived."""
    text = _("Your correction is on its way to every chat.")
    if ctx.now > item.posted_at + retention.KEPT - _delivery.WATCHED:
        return await ctx.reply(text)
    await ctx.update(item.status_id, text)
    return item.status_id


async def remove(ctx: Context, command: StoredMessage) -> None:
    """Remove news everywhere, once the command that posted it is deleted."""
    if command.chat_id is None or command.native_id is None:
        return
    item = await ctx.store.news.typed_in(await ctx.store.chats.get(command.chat_id), command.native_id)
    if item:
        await ctx.relay.delete(ctx.store, await ctx.store.messages.get(item.post_id), ctx.now)
        await ctx.store.news.withdraw(item.post_id)
        await ctx.update(item.status_id, _("Your news has been removed in every chat."))


feature = Feature(
    name="news", routers=(router,), jobs=(_delivery.JOB,), on_edit=correct, on_deletion=remove, exports=(NEWS,)
)
