"""The adapter with the emulated server: a bot in a group with Anna, its owner, and Ben."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from bot.messengers.telegram import TelegramMessenger
from bot.messengers.telegram.ids import message_id
from bot.model import Author, Batch, Button, ChatRef, Event, MessengerName, Post, RichText, Send, rich
from bot.sandbox.telegram import BotActor, ChatActor, EmulatedTelegram, GroupActor, PersonActor
from tests.clocks import Clock

ANNA = Author("Anna Weber", "Köln", "mayor")


@dataclass
class TelegramScene:
    server: EmulatedTelegram
    bot: BotActor
    anna: PersonActor
    ben: PersonActor
    group: GroupActor
    messenger: TelegramMessenger
    clock: Clock

    @property
    def chat(self) -> ChatRef:
        return ref(self.group)

    def id(self, number: int, chat: ChatActor | None = None) -> str:
        """Return the adapter's id of a message, in the group unless `chat` is given."""
        return message_id(ref(chat or self.group), number, self.bot.id)

    def talk(self, *words: str) -> list[str]:
        """Send each word as a message from Ben, and return the adapter's ids."""
        return [self.id(self.server.say(self.group, self.ben, word)["message_id"]) for word in words]

    async def events(self, number: int, cursor: str | None = None) -> list[Event]:
        """Return the next `number` events."""
        got: list[Event] = []
        async with asyncio.timeout(5), aclosing(self.messenger.events(cursor)) as batches:
            async for batch in batches:
                got += batch.events
                if len(got) >= number:
                    break
        return got

    async def batch(self, cursor: str | None = None) -> Batch:
        async with asyncio.timeout(5), aclosing(self.messenger.events(cursor)) as batches:
            return await anext(batches)

    async def asked(self) -> None:
        """Poll once, so that the server learns which kinds of update the adapter wants."""
        self.server.say(self.group, self.anna, "first")
        batch = await self.batch()
        assert batch.cursor
        self.server.say(self.group, self.anna, "second")
        await self.batch(batch.cursor)


def ref(chat: ChatActor, topic: int | None = None) -> ChatRef:
    return ChatRef(MessengerName.TELEGRAM, str(chat.id), str(topic or ""))


def send(
    chat: ChatRef,
    text: str | RichText,
    *,
    author: Author | None = None,
    buttons: tuple[Button, ...] = (),
    reply_to: str = "",
    token: str = "t1",  # noqa: S107 - an operation's token, not a secret
) -> Send:
    words = rich(text) if isinstance(text, str) else text
    return Send(chat=chat, post=Post(words, author, buttons), token=token, reply_to=reply_to)


@asynccontextmanager
async def scene(
    *, limits: bool = False, supergroup: bool = True, admin: bool = True, token: str | None = None
) -> AsyncIterator[TelegramScene]:
    clock = Clock()
    async with EmulatedTelegram(clock=clock, limits=limits) as server:
        bot = server.bot(token=token)
        anna, ben = server.person("Anna", "Weber", "anna", language_code="de"), server.person("Ben")
        group = server.group("Köln", [anna, ben], supergroup=supergroup, bot_admin=admin)
        messenger = TelegramMessenger(bot.token, api_url=server.url, clock=clock, read_timeout=1.0)
        await messenger.start()
        try:
            yield TelegramScene(server, bot, anna, ben, group, messenger, clock)
        finally:
            await messenger.close()
        assert server.violations == []
