"""The right side: rooms on the real homeserver, as the clients of their people see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import aiohttp

from bot.model import RichText, rich
from bot.model.richtext import plain
from bot.sandbox.matrix_client import HumanMatrix, MatrixError, RawEvent
from bot.sandbox.matrix_keys import ENCRYPTED, MEGOLM, MatrixKeys
from bot.sandbox.matrix_sharing import decrypt
from bot.sandbox.page import polls
from bot.sandbox.page.matrix_views import content_of, files_of, text_of, tree_of, upload_of, view_of
from bot.sandbox.page.polls import RoomPoll
from bot.sandbox.page.shared import NOWHERE, Aim, Shared, SharedPoll, SharedText
from bot.sandbox.page.sides import GROUP, Change, Human, Unwilling
from bot.sandbox.page.views import View, ViewContact, ViewDice, ViewFile, ViewPlace

_PAUSE = 0.5  # seconds, while the homeserver is unreachable
_COMING_LIMIT = 10  # seconds


class MatrixSide:
    """One room, and the direct rooms of its people with the bot; every other room of a person counts as one."""

    name = "matrix"
    prefix = "!"
    silent = False

    def __init__(self, title: str, room: str, bot: Human, people: Mapping[Human, HumanMatrix]) -> None:
        """Show `room`; `people` are those one may write as."""
        self.title = title
        self.bot = bot
        self.address = "https://matrix.to/#/" + quote(bot.id, safe="@:")
        self.people = tuple(people)
        self.started: set[str] = set()
        self.encrypted: bool | None = False
        self._clients = {human.id: client for human, client in people.items()}
        self._names = {human.id: human.name for human in (bot, *people)}
        self._rooms = {GROUP: room}
        self._views: dict[str, dict[str, View]] = {GROUP: {}}
        self._reactions: dict[str, tuple[str, str, str, str]] = {}
        """Id of the reaction → chat, message, emoji, sender."""
        self._files: dict[str, ViewFile] = {}
        self._locks: dict[str, RawEvent] = {}
        """What opens an encrypted file, by its address."""
        self._polls: dict[str, RoomPoll] = {}
        self._pins: dict[str, set[str]] = {}
        self._seen: set[str] = set()
        self._come: dict[str, asyncio.Event] = {}
        """Person → the bot has joined their direct room."""

    def chats(self) -> dict[str, list[View]]:
        """Return the messages of every chat, as far as `changes` has read."""
        return {chat: list(views.values()) for chat, views in self._views.items()}

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:  # noqa: ARG002 - clients offer no commands
        """Return nothing."""
        return []

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield the messages, then every change."""
        events: asyncio.Queue[tuple[str, RawEvent]] = asyncio.Queue()
        syncs = [asyncio.create_task(self._sync(id, events)) for id in self._clients]
        try:
            while True:
                chat, event = await events.get()
                if event["event_id"] not in self._seen and event["type"] != ENCRYPTED:  # others read it, too
                    self._seen.add(event["event_id"])
                    for id in self._take(chat, event):
                        yield Change(chat, id, self._views[chat][id])
        finally:
            for sync in syncs:
                sync.cancel()
            await asyncio.gather(*syncs, return_exceptions=True)

    async def say(self, person: str, chat: str, text: RichText, aim: Aim = NOWHERE) -> None:
        """Send a message."""
        body, formatted = content_of(text)
        with _refused():
            await self._clients[person].say(self._room(chat), body, formatted, aim.to or None, thread=aim.thread)

    async def share(self, person: str, chat: str, what: Shared, text: RichText = (), aim: Aim = NOWHERE) -> None:
        """Send something else than a text; files go out one by one, the caption with the first."""
        client, room = self._clients[person], self._room(chat)
        where = {"reply_to": aim.to, "thread": aim.thread}
        with _refused():
            match what:
                case SharedText(formatted, html):
                    await client.say(room, plain(formatted), html, aim.to or None, thread=aim.thread)
                case SharedPoll(question, options):
                    await client.send_raw(room, polls.START, polls.start(question, options))
                case ViewPlace(latitude, longitude, title):
                    await client.locate(room, latitude, longitude, title, **where)
                case ViewContact() | ViewDice():
                    raise Unwilling("notHere")
                case files:
                    for number, file in enumerate(files):
                        upload = replace(upload_of(file, () if number else text), encrypted=room in client.encrypted)
                        await client.attach(room, upload, **where)

    async def encrypt(self) -> None:
        """Turn encryption on in the group; from then on the clients of its people encrypt, too."""
        room, clients = self._rooms[GROUP], [*self._clients.values()]
        with _refused():
            for client in clients:
                client.keys = MatrixKeys(client)
                await client.keys.publish()
            await clients[0].send_state(room, "m.room.encryption", {"algorithm": MEGOLM})
        for client in clients:
            client.encrypted.add(room)
        self.encrypted = True

    async def pin(self, person: str, chat: str, id: str) -> None:
        """Pin a message, or unpin it."""
        with _refused():
            await self._clients[person].pin(self._room(chat), id, pinned=id not in self._pins.get(chat, ()))

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a message."""
        with _refused():
            await self._clients[person].edit(self._room(chat), id, *content_of(text))

    async def delete(self, person: str, chat: str, id: str) -> None:
        """Redact a message."""
        with _refused():
            await self._clients[person].redact(self._room(chat), id)

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        """React, or redact the reaction."""
        mine = next((r for r, what in self._reactions.items() if what == (chat, id, key, person)), None)
        with _refused():
            if mine:
                await self._clients[person].redact(self._room(chat), mine)
            else:
                await self._clients[person].react(self._room(chat), id, key)

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        """React: on Matrix a button is a reaction by the bot."""
        await self.react(person, chat, id, data)
        return ""

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        """Vote in a poll."""
        with _refused():
            await self._clients[person].send_raw(self._room(chat), polls.RESPONSE, polls.response(id, options))

    async def start(self, person: str, payload: str = "") -> None:  # noqa: ARG002 - links of Matrix carry none
        """Open a direct room with the bot, unless there is one, and wait until the bot has joined."""
        if person not in self._come:
            self._come[person] = asyncio.Event()
            with _refused():
                self._rooms[person] = await self._clients[person].create_room(invite=[self.bot.id], direct=True)
        try:
            await asyncio.wait_for(self._come[person].wait(), _COMING_LIMIT)
        except TimeoutError:
            raise Unwilling("absent") from None

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        """Download a file."""
        if id not in self._files:
            raise Unwilling("no such file")
        client = next(iter(self._clients.values()))
        with _refused():
            data = await client.download(id)
        return self._files[id], decrypt(data, self._locks[id]) if id in self._locks else data

    def _room(self, chat: str) -> str:
        if chat not in self._rooms:
            raise Unwilling("there is no direct room yet")
        return self._rooms[chat]

    async def _sync(self, person: str, events: asyncio.Queue[tuple[str, RawEvent]]) -> None:
        since = ""
        while True:
            try:
                answer = await self._clients[person].sync(since)
            except (aiohttp.ClientError, MatrixError, TimeoutError):
                await asyncio.sleep(_PAUSE)
                continue
            since = answer["next_batch"]
            if keys := self._clients[person].keys:
                await keys.hear(answer)
            for room, joined in answer.get("rooms", {}).get("join", {}).items():
                for event in joined["timeline"]["events"]:
                    events.put_nowait((GROUP if room == self._rooms[GROUP] else person, self._opened(person, event)))

    def _opened(self, person: str, event: RawEvent) -> RawEvent:
        """Return the event as the client of a person reads it."""
        keys = self._clients[person].keys
        return (keys.decrypt(event) if keys and event["type"] == ENCRYPTED else None) or event

    def _take(self, chat: str, event: RawEvent) -> Iterator[str]:
        """Apply an event; return the ids of the messages that look different now."""
        views = self._views.setdefault(chat, {})
        content = event["content"]
        relation = content.get("m.relates_to", {})
        target = relation.get("event_id", "")
        match event["type"]:
            case "m.room.message" if relation.get("rel_type") == "m.replace":
                if target in views and views[target].sender == event["sender"] and not views[target].deleted:
                    new = event | {"content": content.get("m.new_content", {})}
                    views[target] = replace(self._filled(views[target], new), edited=True)
                    yield target
            case "m.room.message" | "m.sticker" if content:
                views[event["event_id"]] = self._view(event)
                yield event["event_id"]
            case "m.reaction" if target in views:
                self._reactions[event["event_id"]] = (chat, target, relation["key"], event["sender"])
                yield from self._reacted(chat, target)
            case polls.START | polls.RESPONSE | polls.END if content:
                yield from self._asked(chat, event, target)
            case "m.room.member" if chat in self._come and event["state_key"] == self.bot.id:
                if content["membership"] == "join":
                    self.started.add(chat)
                    self._come[chat].set()
            case "m.room.pinned_events":
                yield from self._pinned(chat, content.get("pinned", []))
            case "m.room.redaction":
                yield from self._redacted(chat, event.get("redacts") or content.get("redacts", ""))

    def _asked(self, chat: str, event: RawEvent, target: str) -> Iterator[str]:
        id = event["event_id"]
        if event["type"] == polls.START:
            poll = self._polls[id] = RoomPoll.of(event)
            self._views[chat][id] = replace(self._view(event), text=rich(poll.question), poll=poll.view())
            yield id
        elif target in self._polls:
            self._polls[target].hear(event)
            yield from self._voted(chat, target)

    def _redacted(self, chat: str, id: str) -> Iterator[str]:
        if reaction := self._reactions.pop(id, None):
            yield from self._reacted(chat, reaction[1])
        elif poll := next((poll for poll, known in self._polls.items() if known.forget(id)), None):
            yield from self._voted(chat, poll)
        elif view := self._views[chat].get(id):
            self._views[chat][id] = replace(
                view, text=(), tree=None, deleted=True, pinned=False, reactions={}, files=(), poll=None, card=None
            )
            yield id

    def _pinned(self, chat: str, ids: list[str]) -> Iterator[str]:
        before, self._pins[chat] = self._pins.get(chat, set()), set(ids)
        for id in (before ^ self._pins[chat]) & self._views[chat].keys():
            self._views[chat][id] = replace(self._views[chat][id], pinned=id in self._pins[chat])
            yield id

    def _voted(self, chat: str, id: str) -> Iterator[str]:
        view = self._views[chat][id]
        if not view.deleted:
            self._views[chat][id] = replace(view, poll=self._polls[id].view())
            yield id

    def _reacted(self, chat: str, id: str) -> Iterator[str]:
        reactions: dict[str, tuple[str, ...]] = {}
        for there, target, key, sender in self._reactions.values():
            if (there, target) == (chat, id):
                reactions[key] = (*reactions.get(key, ()), sender)
        self._views[chat][id] = replace(self._views[chat][id], reactions=reactions)
        yield id

    def _view(self, event: RawEvent) -> View:
        sender = str(event["sender"])
        return self._filled(view_of(event, self._names.get(sender, sender), self.bot.id), event)

    def _filled(self, view: View, event: RawEvent) -> View:
        """Return the view with text and files of an event."""
        files = files_of(event)
        self._files |= {file.id: file for file in files}
        if "file" in event["content"]:
            self._locks[event["content"]["file"]["url"]] = event["content"]["file"]
        text = text_of(event, self.address, self.bot.id)
        return replace(view, text=text, tree=tree_of(event, self.bot.id), files=files)


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except (MatrixError, aiohttp.ClientError) as error:
        raise Unwilling(str(error)) from None
