"""The left side: the emulated Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from mimetypes import guess_type

from bot.model import RichText, rich
from bot.sandbox.page.sides import GROUP, Change, Human, Json, Unwilling, View, ViewFile, ViewPoll
from bot.sandbox.telegram import EmulatedTelegram
from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, PersonActor
from bot.sandbox.telegram.files import StoredFile
from bot.sandbox.telegram.media import CONTENT
from bot.text import telegram

_ANSWER_LIMIT = 10  # seconds


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

    async def say(self, person: str, chat: str, text: RichText, reply_to: str) -> None:
        """Send a message."""
        content, entities = _content(text)
        target = int(reply_to) if reply_to else None
        with _refused():
            self._server.say(self._chats[chat], self._persons[person], content, entities=entities, reply_to=target)

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a message."""
        content, entities = _content(text)
        with _refused():
            self._server.edit(self._chats[chat], self._persons[person], int(id), content, entities)

    async def delete(self, person: str, chat: str, id: str) -> None:
        """Delete a message."""
        with _refused():
            self._server.delete(self._chats[chat], self._persons[person], int(id))

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        """React, or remove the reaction."""
        view = self._views(chat).get(id)
        mine = view is not None and person in view.reactions.get(key, ())
        with _refused():
            self._server.react(self._chats[chat], self._persons[person], int(id), "" if mine else key)

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
        return _file(stored), stored.data

    def _views(self, chat: str) -> dict[str, View]:
        messages = self._server.messages(self._chats[chat])
        return {str(each["message_id"]): self._view(each) for each in messages if each.keys() & CONTENT}

    def _view(self, message: Json) -> View:
        if "poll" in message:
            return replace(_view(message), text=rich(message["poll"]["question"]), poll=self._poll(message["poll"]))
        files = () if "text" in message else (_file(self._server.received(message)),)
        return replace(_view(message), files=files)

    def _poll(self, poll: Json) -> ViewPoll:
        """Return a poll with its voters, also of an anonymous one: everybody sees their own vote in any."""
        votes = self._server.world.polls[poll["id"]].votes
        options = [
            (str(number), option["text"], tuple(str(voter) for voter, chosen in votes.items() if number in chosen))
            for number, option in enumerate(poll["options"])
        ]
        return ViewPoll(tuple(options), poll["allows_multiple_answers"], poll["is_closed"])


def _content(text: RichText) -> tuple[str, list[Json]]:
    content, entities = telegram.render(text)
    return content, [_json(entity) for entity in entities]


def _json(entity: telegram.Entity) -> Json:
    return {name: value for name, value in asdict(entity).items() if value or name == "offset"}


def _entity(entity: Json) -> telegram.Entity:
    return telegram.Entity(
        entity["type"],
        entity["offset"],
        entity["length"],
        url=entity.get("url", ""),
        language=entity.get("language", ""),
        user_id=str(entity.get("user", {}).get("id", "")),
        unix_time=entity.get("unix_time"),
    )


def _file(stored: StoredFile) -> ViewFile:
    """Return a file as a client shows it: a picture sent as such has no name, but an ending that tells its type."""
    return ViewFile(stored.id, stored.name, stored.size, guess_type(stored.name)[0] or "")


def _view(message: Json) -> View:
    sender = message["from"]
    text, entities = message.get("text") or message.get("caption", ""), _entities(message)
    reactions: dict[str, tuple[str, ...]] = {}
    for reaction in message["reactions"]:
        reactions[reaction["emoji"]] = (*reactions.get(reaction["emoji"], ()), str(reaction["from"]["id"]))
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return View(
        id=str(message["message_id"]),
        sender=str(sender["id"]),
        name=f"{sender['first_name']} {sender.get('last_name', '')}".strip(),
        bot=sender["is_bot"],
        at=message["date"] * 1000,
        text=telegram.parse(text, entities),
        reply_to=str(message.get("reply_to_message", {}).get("message_id", "")),
        edited="edit_date" in message,
        buttons=tuple(tuple((b["text"], b["callback_data"]) for b in row if "callback_data" in b) for row in rows),
        reactions=reactions,
    )


def _entities(message: Json) -> list[telegram.Entity]:
    return [_entity(entity) for entity in message.get("entities") or message.get("caption_entities") or []]


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise Unwilling(str(error)) from None
