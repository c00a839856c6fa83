"""Links to messages: in a copy they lead to what the reader's chat has of the same message."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.messengers.base import Messenger
from bot.model import Link, MessageRef, MessengerName, Quote, Reply, RichText, Span, Text
from bot.relay.replies import find_replied, is_of
from bot.text.flat import Run, changed
from bot.text.tree import flatten, nest
from storage import Chat, Store, StoredMessage

MOST = 10
"""Links of a message that are looked up."""

_ADDRESS = re.compile(
    r"(?<![\w/.])(?:(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)/|https?://(?:matrix\.to|app\.element\.io)/"
    r"|tg://|matrix:(?:roomid|r)/)[^\s<>\"']{1,1000}",
    re.IGNORECASE,
)
_END = ".,;:!?)]}»“”’"


class Permalinks:
    """Translates links to messages of a dialogue; any other link is left alone."""

    def __init__(self, messengers: Mapping[MessengerName, Messenger]) -> None:
        """Read and write addresses as `messengers` do."""
        self._messengers = messengers

    async def translated(self, store: Store, chat: Chat, other: Chat, text: RichText) -> RichText:
        """Return a text written in `chat` with links that lead to messages in `other`, as far as it has them."""
        known: dict[str, str] = {}
        for url in list(dict.fromkeys(_addresses(text)))[:MOST]:
            if address := await self._there(store, chat, other, url):
                known[url] = address
        return nest(changed(flatten(text), lambda runs: _relinked(runs, known))) if known else text

    async def _there(self, store: Store, chat: Chat, other: Chat, url: str) -> str:
        """Return the address in `other` of the message that a URL leads to; empty if it has none there."""
        messengers = self._messengers.values()
        ref = next((found for each in messengers if (found := each.linked(url))), None)
        stored = await find_replied(store, chat, chat.dialogue_id, Reply(ref)) if ref else None
        if stored is None or stored.deleted_at is not None or not is_of(stored, chat.dialogue_id):
            return ""
        id = await _native_id(store, other, stored)
        messenger = self._messengers.get(other.ref.messenger)
        return messenger.link_to(MessageRef(other.ref, id)) if messenger and id else ""


async def _native_id(store: Store, chat: Chat, stored: StoredMessage) -> str:
    if stored.chat_id == chat.id:
        return stored.native_id or ""
    return next((each.native_id for each in await store.messages.copies(stored.id) if each.chat_id == chat.id), "")


def _addresses(text: RichText) -> Iterator[str]:
    for node in text:
        match node:
            case Link():
                yield node.url
            case Text():
                yield from (match[0].rstrip(_END) for match in _ADDRESS.finditer(node.text))
            case Span() | Quote():
                yield from _addresses(node.children)


def _relinked(runs: Sequence[Run], known: Mapping[str, str]) -> Iterator[Run]:
    for text, look in runs:
        if isinstance(look.target, str) and look.target in known:
            shown = known[look.target] if text.strip() in {look.target, look.target.partition("://")[2]} else text
            yield Run(shown, look._replace(target=known[look.target]))
        elif look.target is None and not look.code and look.moment is None:
            yield Run(_ADDRESS.sub(lambda match: _readdressed(match[0], known), text), look)
        else:
            yield Run(text, look)


def _readdressed(match: str, known: Mapping[str, str]) -> str:
    url = match.rstrip(_END)
    return known.get(url, url) + match[len(url) :]
