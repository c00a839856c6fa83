"""The bot's own posts, each in the language and time zone of the chat that it goes to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import escape
from typing import NamedTuple

from bot.messengers.capabilities import Capabilities
from bot.model import Account, Button, MessengerName, Post, RichText, plain
from bot.signer import Signer
from bot.text.catalogue import LazyText, LocaleContext, _, render
from bot.text.direction import attribution, turns, under
from bot.text.languages import zone_of
from bot.text.sizes import fitting, json_size, size
from bot.text.split import split
from bot.text.telegram import length
from storage import BOT, Chat, Person, Share, Store

HEADER = 8
"""Most UTF-16 units that an adapter may put around an attribution."""

ISOLATES = 2
"""UTF-16 units that an adapter puts around each line of a text whose direction differs from its attribution's."""


class Choice(NamedTuple):
    """A button under a post of the bot. `made_for`: who alone may press it; None: whoever the action allows."""

    label: LazyText
    emoji: str
    action: str
    made_for: Person | None = None


class Voice:
    """A renderer of texts that queues them as deliveries within the caller's transaction."""

    def __init__(self, capabilities: Mapping[MessengerName, Capabilities], signer: Signer) -> None:
        """Respect each messenger's `capabilities`, and sign buttons with `signer`."""
        self._capabilities = capabilities
        self._signer = signer

    async def post(
        self,
        store: Store,
        chats: Iterable[Chat],
        text: LazyText,
        now: datetime,
        *,
        reply_to: int | str | None = None,
        buttons: tuple[Choice, ...] = (),
        mentions: tuple[Account, ...] = (),
        key: str | None = None,
        share: Share = BOT,
        dialogue_id: int | None = None,
        feature: str = "",
    ) -> int:
        """Queue a post of the bot for each chat, and return the message's id.

        `mentions`: who is notified. `dialogue_id`, `feature`: as in `Messages.add`; `reply_to`, `key`, `share`: as in
        `Deliveries.send`.
        """
        id = await store.messages.add(sent_at=now, dialogue_id=dialogue_id, feature=feature)
        sealed = [(each.label, each.emoji, self._signer.sign(id, self._action(each))) for each in buttons]
        if sealed:
            await store.messages.set_buttons(id, {emoji: action for _label, emoji, action in sealed})
        for chat in chats:
            locale_context = await self.locale_context(store, chat)
            drawn = tuple(Button(words(label, locale_context), emoji, action) for label, emoji, action in sealed)
            parts = await self.parts(chat, Post(render(text, locale_context), buttons=drawn, mentions=mentions))
            for number, post in enumerate(parts):
                await store.deliveries.send(chat, id, post, now, part=number, reply_to=reply_to, key=key, share=share)
        return id

    def _action(self, choice: Choice) -> str:
        """Return a button's action, behind the mark of whom it was made for: `@MARK:ACTION`."""
        person = choice.made_for
        return f"@{self._signer.mark(person.accounts[0])}:{choice.action}" if person else choice.action

    async def locale_context(self, store: Store, chat: Chat) -> LocaleContext:
        """Return the language and zone to use in a chat: the person's own in private, otherwise the chat's."""
        person = await store.people.get(chat.person_id) if chat.person_id else None
        locale = (person and (person.locale or person.guessed_locale)) or chat.locale
        zone = (person and (person.zone or person.guessed_zone)) or chat.zone
        prefix = self._capabilities[chat.ref.messenger].command_prefix
        return LocaleContext(locale or "en_GB", zone or (zone_of(locale) if locale else "UTC"), prefix)

    def answers_presses(self, chat: Chat) -> bool:
        """Whether someone who presses a button there can be answered privately."""
        return self._capabilities[chat.ref.messenger].answers_presses

    def private_can_grow(self, chat: Chat) -> bool:
        """Whether a private chat there is an ordinary room, which more people can join."""
        return self._capabilities[chat.ref.messenger].private_can_grow

    async def parts(self, chat: Chat, post: Post) -> list[Post]:
        """Split a post into as many as the chat's messenger needs; buttons go under the last.

        Yields to other tasks after each part, as a long text may have many.
        """
        limit = self._capabilities[chat.ref.messenger].text_length
        header = length(attribution(post.author)) + HEADER if post.author else 0
        texts: list[RichText] = []
        for text in split(post.text, limit - header, ISOLATES if post.author and turns(post.author, post.text) else 0):
            for part in self._fitting(chat, post, text):
                texts.append(part)
                await asyncio.sleep(0)
        last = len(texts) - 1
        return [_part(post, text, last=number == last) for number, text in enumerate(texts)]

    def _fitting(self, chat: Chat, post: Post, text: RichText) -> Iterable[RichText]:
        """Split a part further if it is short enough but takes too many bytes once encoded."""
        limit = self._capabilities[chat.ref.messenger].text_bytes
        if limit is None:
            return (text,)
        author, room = post.author, max(limit - _beside(post), limit // 4)
        return fitting(text, room, lambda part: size(under(author, part) if author else part))


def _beside(post: Post) -> int:
    """Return the bytes needed beside the text: attribution and labels in plain and HTML form, and mentions."""
    name = attribution(post.author) if post.author else ""
    shown = [name, *(f" · {button.emoji} {button.label}" for button in post.buttons)]
    return json_size(*shown, *map(escape, shown), name, *map(str, post.mentions))


def _part(post: Post, text: RichText, *, last: bool) -> Post:
    return Post(text, post.author, post.buttons if last else (), post.mentions if last else ())


def name_of(chat: Chat) -> LazyText:
    """Return a chat's name for people: `Köln (Telegram)`."""
    city = chat.city.name if chat.city else chat.title
    return _("{city} ({messenger})", city=city, messenger=chat.ref.messenger.title())


def words(text: LazyText, locale_context: LocaleContext) -> str:
    """Render a text as a plain string, without styles."""
    return plain(render(text, locale_context))
