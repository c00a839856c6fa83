"""The left side: the emulated Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bot.model import RichText, rich
from bot.sandbox.page.shared import NOWHERE, Aim, Shared, SharedFile, SharedPoll, SharedText
from bot.sandbox.page.sides import GROUP, Change, Human, Unwilling
from bot.sandbox.page.telegram_views import content_of, view_of
from bot.sandbox.page.views import Json, View, ViewContact, ViewDice, ViewFile, ViewPlace, ViewPoll
from bot.sandbox.telegram import EmulatedTelegram, SentFile
from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, PersonActor
from bot.sandbox.telegram.emoji import bare
from bot.sandbox.telegram.media import CONTENT

_ANSWER_LIMIT = 10  # seconds
_LIVE = 3600  # seconds


class TelegramSide:
    """One group, and the private chats of its people with the bot."""

    name = "telegram"
    prefix = "/"
    silent = True

    def __init__(
        self, server: EmulatedTelegram, group: GroupActor, bot: BotActor, people: Mapping[Human, PersonActor]
    ) -> None:
        """Show `group`; `people` are those one may write as."""
        self.title = group.title
        self.bot = Human(str(bot.id), bot.name, "", "")
        self.address = f"https://t.me/{bot.username}"
        self.people = tuple(people)
        self.started: set[str] = set()
        self.encrypted: bool | None = None
        self._server = server
        self._persons = {human.id: person for human, person in people.items()}
        self._chats: dict[str, ChatActor] = {GROUP: group}
        self._chats |= {id: server.private(person, bot) for id, person in self._persons.items()}

    def chats(self) -> dict[str, list[View]]:
        """Return the messages of every chat."""
        return {name: list(self._views(name).values()) for name in self._chats}

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:
        """Return the commands that the bot has set for the person there."""
        commands = self._server.menu(self._chats[chat], self._persons[person])
        return [(command["command"], command["description"]) for command in commands]

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield the messages, then every change."""
        names = {chat.id: name for name, chat in self._chats.items()}
        async with self._server.watch() as events:
            for name, views in self.chats().items():
                for view in views:
                    yield Change(name, view.id, view)
            while True:
                event = await events.get()
                if event["chat"] in names and "message" in event:
                    name, id = names[event["chat"]], str(event["message"]["message_id"])
                    yield Change(name, id, self._views(name).get(id))

    async def say(self, person: str, chat: str, text: RichText, aim: Aim = NOWHERE) -> None:
        """Send a message."""
        content, entities = content_of(text)
        place, someone = self._chats[chat], self._persons[person]
        reply_to = int(aim.to) if aim.to else None
        with _refused():
            self._server.say(place, someone, content, entities=entities, reply_to=reply_to, quote=aim.quote)

    async def share(self, person: str, chat: str, what: Shared, text: RichText = (), aim: Aim = NOWHERE) -> None:
        """Send something else than a text."""
        place, someone, server = self._chats[chat], self._persons[person], self._server
        reply_to = int(aim.to) if aim.to else None
        with _refused():
            match what:
                case SharedText(formatted):
                    await self.say(person, chat, formatted, aim)
                case SharedPoll(question, options):
                    server.ask(place, someone, question, options)
                case ViewPlace(latitude, longitude, "", "", live):
                    period = _LIVE if live else 0
                    server.locate(place, someone, latitude, longitude, live=period, reply_to=reply_to)
                case ViewPlace(latitude, longitude, title, address):
                    server.venue(place, someone, latitude, longitude, title=title, address=address, reply_to=reply_to)
                case ViewContact(name, phone):
                    server.contact(place, someone, phone, *name.split(" ", 1), reply_to=reply_to)
                case ViewDice(emoji):
                    server.dice(place, someone, emoji, reply_to=reply_to)
                case [file]:
                    server.attach(place, someone, _sent(file, text), reply_to=reply_to, quote=aim.quote)
                case files:
                    items = [_sent(file, () if number else text) for number, file in enumerate(files)]
                    server.album(place, someone, items, reply_to=reply_to)

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a message."""
        content, entities = content_of(text)
        with _refused():
            self._server.edit(self._chats[chat], self._persons[person], int(id), content, entities)

    async def delete(self, person: str, chat: str, id: str) -> None:
        """Delete a message."""
        with _refused():
            self._server.delete(self._chats[chat], self._persons[person], int(id))

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        """React, or remove the reaction."""
        view, key = self._views(chat).get(id), bare(key)
        mine = view is not None and person in view.reactions.get(key, ())
        with _refused():
            self._server.react(self._chats[chat], self._persons[person], int(id), "" if mine else key)

    async def pin(self, person: str, chat: str, id: str) -> None:
        """Pin a message, or unpin it."""
        place, number = self._chats[chat], int(id)
        with _refused():
            act = self._server.unpin if number in place.pinned else self._server.pin
            act(place, self._persons[person], number)

    async def encrypt(self) -> None:
        """Refuse: groups have no end-to-end encryption."""
        raise Unwilling("notHere")

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        """Press a button and wait for the bot's answer."""
        with _refused():
            answer = self._server.press(self._chats[chat], self._persons[person], int(id), data)
        try:
            return str((await asyncio.wait_for(answer, _ANSWER_LIMIT)).get("text", ""))
        except TimeoutError:
            raise Unwilling("unanswered") from None

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        """Vote in a poll; the ids of its options are their numbers from 0."""
        with _refused():
            self._server.vote(self._chats[chat], self._persons[person], int(id), *map(int, options))

    async def start(self, person: str, payload: str = "") -> None:
        """Press Start."""
        self.started.add(person)
        with _refused():
            self._server.start(self._persons[person], payload)

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        """Return a file."""
        with _refused():
            stored = self._server.file(id)
        views = (view for chat in self._chats for view in self._views(chat).values())
        shown = next((file for view in views for file in view.files if file.id == id), None)
        return shown or ViewFile(stored.id, "", stored.size, "image/jpeg", kind="photo"), stored.data

    def _views(self, chat: str) -> dict[str, View]:
        messages = self._server.messages(self._chats[chat])
        return {str(each["message_id"]): self._view(chat, each) for each in messages if each.keys() & CONTENT}

    def _view(self, chat: str, message: Json) -> View:
        view = replace(view_of(message), pinned=message["message_id"] in self._chats[chat].pinned)
        if "poll" in message:
            return replace(view, text=rich(message["poll"]["question"]), poll=self._poll(message["poll"]))
        return view

    def _poll(self, poll: Json) -> ViewPoll:
        """Return a poll with its voters, also of an anonymous one: everybody sees their own vote in any."""
        votes = self._server.world.polls[poll["id"]].votes
        options = [
            (str(number), option["text"], tuple(str(voter) for voter, chosen in votes.items() if number in chosen))
            for number, option in enumerate(poll["options"])
        ]
        return ViewPoll(tuple(options), poll["allows_multiple_answers"], poll["is_closed"])


def _sent(file: SharedFile, text: RichText) -> SentFile:
    """Return what the client uploads; a caption goes with kinds that have none as well, so the client drops it."""
    caption, entities = content_of(text if file.kind not in {"sticker", "video_note"} else ())
    named = file.kind in {"document", "audio", "video", "animation", "sticker"}
    return SentFile(
        file.kind,
        file.data,
        file.name if named else "",
        caption=caption,
        entities=entities,
        thumbnail=file.thumbnail,
        spoiler=file.spoiler,
        details={
            "duration": round(file.duration),
            "width": file.width,
            "height": file.height,
            "length": file.width,
            "emoji": file.alt,
        },
    )


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Unwilling(str(error)) from None
