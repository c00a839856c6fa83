"""What a copy of a message shows: its text, what it replies to, and what was attached."""

from __future__ import annotations

from bot.model import Edit, Message, Post, Quote, Reply, RichText, Span, Style, bold, plain, rich
from bot.relay.attribution import Attribution, Speaker
from bot.relay.media import files_of, label
from bot.relay.mentions import translate_mentions, with_usernames, without_mentions
from bot.relay.moments import in_words
from bot.relay.permalinks import Permalinks
from bot.relay.things import bare_location
from bot.text.catalogue import LazyText, _, render
from bot.text.characters import is_blank
from bot.text.direction import attribution
from bot.text.names import guard
from bot.voice import Voice
from storage import Chat, Store


class CopyRenderer:
    """Renders a message for the readers of another chat."""

    def __init__(self, voice: Voice, authors: Attribution, permalinks: Permalinks) -> None:
        """Render in the readers' languages, known to `voice`, with authors as `authors` shows them."""
        self._voice = voice
        self._authors = authors
        self._permalinks = permalinks

    async def post(
        self, store: Store, chat: Chat, other: Chat, event: Message | Edit, speaker: Speaker, *, known: bool
    ) -> Post:
        """Return the copy of a message for another chat; `known`: that chat has the message it replies to."""
        carried = files_of(event.attachment, self._voice.can(chat), self._voice.can(other))
        text = await self._text(store, other, event, carried.line)
        text = await self._permalinks.translated(store, chat, other, text)
        text = await with_usernames(store, chat, other, text)
        answered = event.reply or event.thread
        quotation = await self._quotation(store, chat, other, answered, known=known) if answered else ()
        text = (*without_mentions(quotation), *text)
        if not self._voice.can(other).localises:
            text = in_words(text, await self._voice.locale_context(store, other))
        author = await self._authors.author(store, speaker, other, event.origin)
        album = event.album if isinstance(event, Message) else ""
        location = None if quotation else bare_location(event)
        post = Post(text, author, files=carried.files, album=album, location=location)
        return await translate_mentions(store, other, post)

    async def _text(self, store: Store, other: Chat, event: Message | Edit, line: LazyText | None) -> RichText:
        """Return the text; `line` stands for an attachment that does not cross."""
        locale_context = await self._voice.locale_context(store, other)
        text = guard(event.text)
        if not event.readable:
            return render(_("🔒 This message could not be decrypted yet."), locale_context)
        if isinstance(event, Edit) and event.attachment is None and is_blank(plain(text)):
            return render(_("[removed]"), locale_context)  # whoever leaves nothing takes back what was there
        if line:
            text = rich(*render(line, locale_context), *(rich("\n", *text) if text else ()))
        if event.via:
            text = rich(*text, "\n", *render(_("(via {bot})", bot=event.via), locale_context))
        return text

    async def _quotation(self, store: Store, chat: Chat, other: Chat, reply: Reply, *, known: bool) -> RichText:
        """Return the quotation before a reply; if the replied-to message is `known` there, only the marked part."""
        locale_context = await self._voice.locale_context(store, other)
        if known:
            return (Quote(guard(reply.marked)),) if reply.marked else ()
        shown = render(label(reply.attachment), locale_context) if reply.attachment else ()
        words = guard(reply.marked or reply.excerpt)
        if words or shown:
            author = await self._authors.quoted(store, chat, reply)
            if author is None:
                return ()
            head = bold(attribution(await self._authors.author(store, author, other, None)) + ":")
            return (Quote((head, *rich(*((" ", *shown) if shown else ()), *(("\n", *words) if words else ())))),)
        if reply.claimed:
            note = render(_("quoted by the writer, not verified:"), locale_context)
            return (Quote(rich(Span(Style.ITALIC, note), "\n", *guard(reply.claimed))),)
        return ()
