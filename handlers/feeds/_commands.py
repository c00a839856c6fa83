"""The commands: `/feed` adds a feed, shows or changes one; `/feeds` lists them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.commands.arguments import Arguments, parse_arguments
from bot.commands.context import DialogueContext
from bot.commands.parse import ParsedCommand
from bot.commands.router import Router
from bot.model import Role
from bot.text.addresses import looks_like_address
from bot.text.catalogue import UserError, _, lines
from bot.text.characters import fold
from bot.text.excerpts import shortened
from handlers.feeds import _adding as adding
from handlers.feeds import _lists as lists
from handlers.feeds import _opml as opml
from handlers.feeds import _posts as posts
from handlers.feeds._settings import KEYS, described, read_settings
from storage import Feed, FeedState

router = Router(_("News"))

RESUMED = 3
"""Items that are posted of those which were published during a pause."""


def _fits(typed: ParsedCommand) -> bool:
    first = typed.args.split(maxsplit=1)[0] if typed.args else ""
    return first.isdecimal() or looks_like_address(first)


@router.command(
    "feed",
    summary=_(
        "follows a news feed; `/feed NUMBER` shows one, `remove`, `pause`, `resume` and `now` after it change it"
    ),
    usage=_("ADDRESS | to: CITY | only: WORD | not: WORD | approve: yes | digest: 08:00"),
    example=_("`/feed https://example.org/news`"),
    role=Role.COORDINATOR,
    in_dialogue=True,
    takes=_fits,
    takes_file=True,
)
async def feed(ctx: DialogueContext) -> None:
    """Add a feed or a list of feeds, or show or change the one with a number."""
    arguments = parse_arguments(ctx.args, KEYS, inline=True)
    first, _space, rest = arguments.line.partition(" ")
    attachment = ctx.attachment or (ctx.reply_to.attachment if ctx.reply_to else None)
    if first.isdecimal():
        await _one(ctx, await _numbered(ctx, first), rest.strip(), arguments)
    elif attachment and not first:
        await opml.ask(ctx, attachment)
    elif first:
        if rest.strip():
            text = _("I do not understand “{text}” after the address.", text=shortened(rest))
            raise UserError(text, usage=True)
        await adding.add(ctx, first, read_settings(arguments, ctx.dialogue.cities))
    else:
        raise UserError(_("Please give the address of a feed, or of a page that has one."), usage=True)


@router.command("feeds", summary=_("lists the news feeds and how they are"), role=Role.COORDINATOR, in_dialogue=True)
async def feeds(ctx: DialogueContext) -> None:
    """List the feeds, also as a file."""
    if fold(ctx.args) == "opml":
        await opml.export(ctx)
    else:
        await ctx.reply(await lists.overview(ctx))


async def _numbered(ctx: DialogueContext, number: str) -> Feed:
    found = await ctx.store.feeds.numbered(ctx.dialogue.id, int(number)) if len(number) < 6 else None
    held = found and await ctx.store.feeds.hold(found.id)
    if held is None:
        raise UserError(_("There is no feed {number}. `/feeds` lists them.", number=shortened(number)))
    return held


async def _one(ctx: DialogueContext, feed: Feed, word: str, arguments: Arguments) -> None:
    values = read_settings(arguments, ctx.dialogue.cities)
    if word and fold(word) not in _WORDS:
        raise UserError(_("I do not know what “{word}” means for a feed.", word=shortened(word)), usage=True)
    if values:
        await _change(ctx, feed, values)
    if word:
        await _WORDS[fold(word)](ctx, feed)
    elif not values:
        await ctx.reply(await lists.details(ctx, feed))


async def _change(ctx: DialogueContext, feed: Feed, values: dict[str, object]) -> None:
    if "allowance" in values:
        raise UserError(_("`newest:` is only for a feed that is added."))
    changed = await ctx.store.feeds.set(feed, **values)
    await posts.plan(ctx, changed)
    head = _("Feed {number}, {feed}, has been changed:", number=str(changed.number), feed=changed.title)
    await ctx.reply(lines(head, *described(changed, ctx.dialogue.cities)))


async def _remove(ctx: DialogueContext, feed: Feed) -> None:
    await ctx.store.feeds.remove(feed)
    for kind in ("feed", "feed_posts"):
        await ctx.store.jobs.cancel(kind, str(feed.id))
    await ctx.reply(
        _("Feed {number}, {feed}, is removed. What it has brought stays.", number=str(feed.number), feed=feed.title)
    )


async def _pause(ctx: DialogueContext, feed: Feed) -> None:
    if feed.state is FeedState.PAUSED:
        raise UserError(_("Feed {number} is paused already.", number=str(feed.number)))
    await ctx.store.feeds.set(feed, state=FeedState.PAUSED, next_at=None)
    await ctx.store.jobs.cancel("feed", str(feed.id))
    await ctx.reply(
        _(
            "Feed {number}, {feed}, is paused. `/feed {number} resume` goes on.",
            number=str(feed.number),
            feed=feed.title,
        )
    )


async def _resume(ctx: DialogueContext, feed: Feed) -> None:
    if feed.state is not FeedState.PAUSED:
        raise UserError(_("Feed {number} is not paused.", number=str(feed.number)))
    fresh = {"failures": 0, "failing_since": None, "told_at": None, "problem": "", "status": 0}
    await ctx.store.feeds.set(feed, state=FeedState.ACTIVE, allowance=RESUMED, **fresh)
    text = _(
        "Feed {number}, {feed}, goes on. Of what was published meanwhile I post at most the {most} newest items.",
        number=str(feed.number),
        feed=feed.title,
        most=RESUMED,
    )
    await ctx.reply(text)
    await ctx.store.jobs.schedule("feed", str(feed.id))


async def _now(ctx: DialogueContext, feed: Feed) -> None:
    if feed.state is FeedState.PAUSED:
        raise UserError(_("Feed {number} is paused; `/feed {number} resume` goes on.", number=str(feed.number)))
    card = await ctx.reply(_("I am looking at {url} …", url=feed.url))
    await ctx.store.jobs.schedule("feed", str(feed.id), payload={"card": card})


_WORDS: Mapping[str, Callable[[DialogueContext, Feed], Awaitable[None]]] = {
    **dict.fromkeys(("remove", "delete", "entfernen", "loeschen"), _remove),
    **dict.fromkeys(("pause", "pausieren", "anhalten"), _pause),
    **dict.fromkeys(("resume", "continue", "fortsetzen", "weiter"), _resume),
    **dict.fromkeys(("now", "jetzt"), _now),
}
