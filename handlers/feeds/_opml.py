"""Lists of feeds as OPML files (https://opml.org/spec2.opml): read when people send one, and written for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import aclosing, suppress
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from bot.commands.context import Context, DialogueContext
from bot.fetching.texts import canonical
from bot.jobs.kinds import JobKind, Work
from bot.messengers.base import PermanentError, TemporaryError
from bot.model import Attachment, File, FileKind
from bot.text.catalogue import LazyText, UserError, _, lines, n_
from handlers.feeds import _adding as adding
from storage import Chat, Dialogue, Feed, Job

LARGEST = 500_000
"""Bytes of a file."""
_NAMES = (".opml", ".xml")


class BadFileError(Exception):
    """A file is no OPML that can be read; `text` tells people why."""

    def __init__(self, text: LazyText) -> None:
        super().__init__(text.message)
        self.text = text


def is_opml(attachment: Attachment) -> bool:
    """Whether an attachment may be a list of feeds."""
    return attachment.name.lower().endswith(_NAMES) or "opml" in attachment.mime


async def ask(ctx: DialogueContext, attachment: Attachment) -> None:
    """Have a list of feeds read. Raises UserError."""
    if not is_opml(attachment):
        raise UserError(_("This file is not a list of feeds. I can read OPML files (`.opml` or `.xml`)."))
    if not attachment.source:
        raise UserError(_("I cannot fetch this file. Please send it to me again, with `/feed` as its caption."))
    card = await ctx.reply(_("I am reading the list …"))
    payload = {"source": attachment.source, "dialogue": ctx.dialogue.id, "chat": ctx.chat.id, "command": ctx.message}
    await ctx.store.jobs.schedule("feed_list", str(card), payload=payload)


async def _prepare(work: Work, job: Job) -> list[str] | LazyText:
    """Return the addresses in the file, or why there are none."""
    source = str(job.payload["source"])
    messenger = next((each for name, each in work.messengers.items() if source.startswith(f"{name}:")), None)
    if messenger is None:
        raise TemporaryError("the messenger that has the file is not available")
    data = b""
    try:
        async with aclosing(messenger.fetch(source)) as chunks:
            async for chunk in chunks:
                data += chunk
                if len(data) > LARGEST:
                    return _("This file is too large for a list of feeds.")
        return await asyncio.to_thread(read_opml, data)
    except PermanentError:
        return _("I cannot fetch this file. Please send it to me again, with `/feed` as its caption.")
    except BadFileError as error:
        return error.text


async def _apply(ctx: Context, job: Job, found: list[str] | LazyText) -> None:
    """Queue each feed of the list like one that was added by its address."""
    card = int(job.key)
    if isinstance(found, LazyText):
        await ctx.update(card, found)
        return
    dialogue = await ctx.store.dialogues.get(job.payload["dialogue"])
    chat = await ctx.store.chats.get(job.payload["chat"])
    good = await _new_ones(ctx, dialogue, found)
    rows = [n_("The list has {n} feed.", "The list has {n} feeds.", len(found))]
    if skipped := len(found) - len(good):
        rows.append(
            n_(
                "{n} of them is left out: it is here already, is no web address, or would be one too many.",
                "{n} of them are left out: they are here already, are no web addresses, or would be too many.",
                skipped,
            )
        )
    await ctx.update(card, lines(*rows))
    if not good:
        return
    result = await ctx.post([chat], n_("I am looking at {n} feed …", "I am looking at {n} feeds …", len(good)))
    author = await _author(ctx, chat, job.payload["command"])
    home = chat.id if chat.dialogue_id == dialogue.id else None
    for url in good:
        await adding.queue(ctx, dialogue, url, card_id=result, added_by=author, chat_id=home)


async def _new_ones(ctx: Context, dialogue: Dialogue, found: Iterable[str]) -> list[str]:
    """Return the addresses that can be added, at most as many as the dialogue has room for."""
    feeds = await ctx.store.feeds.of_dialogue(dialogue.id)
    known = {canonical(each.url) for each in feeds}
    good: list[str] = []
    for each in found:
        with suppress(UserError):
            url = adding.address(each)
            if len(feeds) + len(good) < adding.MOST_FEEDS and canonical(url) not in known:
                known.add(canonical(url))
                good.append(url)
    return good


async def _author(ctx: Context, chat: Chat, command: str) -> str | None:
    """Return the account of whoever sent the list."""
    stored = await ctx.store.messages.find(chat, command)
    person = await ctx.store.people.get(stored.person_id) if stored and stored.person_id else None
    return str(person.accounts[0]) if person else None


def read_opml(data: bytes) -> list[str]:
    """Return the addresses of the feeds in a file, each once. Raises BadFileError.

    Declarations of types and entities are refused: they can make a small file endless, and read other files (trust:
    case 50).
    """
    found: dict[str, None] = {}
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        for key, value in attributes.items():
            if name.lower() == "outline" and key.lower() == "xmlurl" and value.strip():
                found[value.strip()] = None

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_declarations
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise BadFileError(_("I cannot read this file: it is not a list of feeds (OPML).")) from None
    if not found:
        raise BadFileError(_("There is no feed in this file."))
    return list(found)


def _no_declarations(*_declared: object) -> None:
    raise BadFileError(_("This file contains declarations that no list of feeds needs, so I do not read it."))


async def export(ctx: DialogueContext) -> None:
    """Answer with the feeds of the dialogue as a file."""
    feeds = [each for each in await ctx.store.feeds.of_dialogue(ctx.dialogue.id) if each.running]
    if not feeds:
        raise UserError(_("There are no feeds yet. `/feed ADDRESS` adds one."))
    data = write_opml(ctx.dialogue.name, feeds).encode()
    source, size = await ctx.store.files.add(data, ctx.now)
    file = File(kind=FileKind.DOCUMENT, source=source, name="feeds.opml", mime="text/x-opml", size=size)
    await ctx.reply(n_("The list of {n} feed", "The list of {n} feeds", len(feeds)), files=[file])


def write_opml(title: str, feeds: Iterable[Feed]) -> str:
    """Return a list of feeds as OPML 2.0."""
    outlines = "".join(
        f'    <outline type="rss" text={quoteattr(each.title)} xmlUrl={quoteattr(each.url)}'
        f"{f' htmlUrl={quoteattr(each.site)}' if each.site else ''}/>\n"
        for each in feeds
    )
    head = f"  <head><title>{escape(title)}</title></head>\n"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">\n{head}  <body>\n{outlines}  </body>\n</opml>\n'
    )


LISTS = JobKind(name="feed_list", prepare=_prepare, apply=_apply)
