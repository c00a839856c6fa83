"""The right side: rooms on the real homeserver, as the clients of their people see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import quote

import aiohttp

from bot.model import Link, Mention, RichText, Text, rich
from bot.sandbox.matrix_client import HumanMatrix, MatrixError, RawEvent
from bot.sandbox.page import polls, typed
from bot.sandbox.page.polls import RoomPoll
from bot.sandbox.page.sides import GROUP, Change, Human, Unwilling, View, ViewFile
from bot.text import html

_PAUSE = 0.5  # seconds, while the homeserver is unreachable
_COMING_LIMIT = 10  # seconds
_ALT = "org.matrix.msc1767.alt_text"


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
        self._clients = {human.id: client for human, client in people.items()}
        self._names = {human.id: human.name for human in (bot, *people)}
        self._rooms = {GROUP: room}
        self._views: dict[str, dict[str, View]] = {GROUP: {}}
        self._reactions: dict[str, tuple[str, str, str, str]] = {}
        """Id of the reaction → chat, message, emoji, sender."""
        self._files: dict[str, ViewFile] = {}
        self._polls: dict[str, RoomPoll] = {}
        self._seen: set[str] = set()
        self._come: dict[str, asyncio.Event] = {}
        """Person → the bot has joined their direct room."""

    def chats(self) -> dict[str, list[View]]:
        """Return the messages of every chat, as far as `changes` has read."""
        return {chat: list(views.values()) for chat, views in self._views.items()}

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:  # noqa: ARG002 - as the other side has it
        """Return nothing: clients on Matrix do not offer a bot's commands."""
        return []

    async def changes(self) -> AsyncGenerator[Change, None]:
        """Yield the messages, then every change."""
        events: asyncio.Queue[tuple[str, RawEvent]] = asyncio.Queue()
        syncs = [asyncio.create_task(self._sync(id, events)) for id in self._clients]
        try:
            while True:
                chat, event = await events.get()
                if event["event_id"] not in self._seen:  # two people are in the group
                    self._seen.add(event["event_id"])
                    for id in self._take(chat, event):
                        yield Change(chat, id, self._views[chat][id])
        finally:
            for sync in syncs:
                sync.cancel()
            await asyncio.gather(*syncs, return_exceptions=True)

    async def say(self, person: str, chat: str, text: RichText, reply_to: str) -> None:
        """Send a message."""
        with _refused():
            await self._clients[person].say(self._room(chat), *_content(text), reply_to=reply_to or None)

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        """Edit a message."""
        with _refused():
            await self._clients[person].edit(self._room(chat), id, *_content(text))

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
            return self._files[id], await client.download(id)

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
            for room, joined in answer.get("rooms", {}).get("join", {}).items():
                for event in joined["timeline"]["events"]:
                    events.put_nowait((GROUP if room == self._rooms[GROUP] else person, event))

    def _take(self, chat: str, event: RawEvent) -> Iterator[str]:
        """Apply an event; return the ids of the messages that look different now."""
        views = self._views.setdefault(chat, {})
        content = event["content"]
        relation = content.get("m.relates_to", {})
        target = relation.get("event_id", "")
        match event["type"]:
            case "m.room.message" if relation.get("rel_type") == "m.replace":
                if target in views and views[target].sender == event["sender"] and not views[target].deleted:
                    new = content.get("m.new_content", {})
                    views[target] = replace(views[target], text=self._text(new), files=self._kept(new), edited=True)
                    yield target
            case "m.room.message" if content:
                views[event["event_id"]] = self._view(event)
                yield event["event_id"]
            case "m.reaction" if target in views:
                self._reactions[event["event_id"]] = (chat, target, relation["key"], event["sender"])
                yield from self._reacted(chat, target)
            case polls.START if content:
                poll = self._polls[event["event_id"]] = RoomPoll.of(event)
                views[event["event_id"]] = replace(self._view(event), text=rich(poll.question), poll=poll.view())
                yield event["event_id"]
            case polls.RESPONSE | polls.END if target in self._polls and content:
                self._polls[target].hear(event)
                yield from self._voted(chat, target)
            case "m.room.member" if chat in self._come and event["state_key"] == self.bot.id:
                if content["membership"] == "join":
                    self.started.add(chat)
                    self._come[chat].set()
            case "m.room.redaction":
                yield from self._redacted(chat, event.get("redacts") or content.get("redacts", ""))

    def _redacted(self, chat: str, id: str) -> Iterator[str]:
        if reaction := self._reactions.pop(id, None):
            yield from self._reacted(chat, reaction[1])
        elif poll := next((poll for poll, known in self._polls.items() if known.forget(id)), None):
            yield from self._voted(chat, poll)
        elif view := self._views[chat].get(id):
            self._views[chat][id] = replace(view, text=(), deleted=True, reactions={}, files=(), poll=None)
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

    def _kept(self, content: RawEvent) -> tuple[ViewFile, ...]:
        files = _files(content)
        self._files |= {file.id: file for file in files}
        return files

    def _text(self, content: RawEvent) -> RichText:
        """Return the text of a message, in which the bot's name leads to it, as in clients."""
        return tuple(
            Link(self.address, node.children) if isinstance(node, Mention) and node.account.id == self.bot.id else node
            for node in _text(content)
        )

    def _view(self, event: RawEvent) -> View:
        content, sender = event["content"], str(event["sender"])
        return View(
            id=event["event_id"],
            sender=sender,
            name=self._names.get(sender, sender),
            bot=sender == self.bot.id,
            at=event["origin_server_ts"],
            text=self._text(content),
            files=self._kept(content),
            reply_to=content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id", ""),
        )


def _files(content: RawEvent) -> tuple[ViewFile, ...]:
    if "url" not in content:
        return ()
    info = content.get("info", {})
    name = content.get("filename") or content["body"]
    return (ViewFile(content["url"], name, info.get("size", 0), info.get("mimetype", ""), content.get(_ALT, "")),)


def _text(content: RawEvent) -> RichText:
    if "url" in content and content.get("filename", content["body"]) == content["body"]:
        return ()  # a file without a caption
    if content.get("format") == "org.matrix.custom.html":
        return html.parse(content.get("formatted_body", ""))
    return rich(content.get("body", ""))


def _content(text: RichText) -> tuple[str, str | None]:
    """Return body and formatted body, as Element writes them."""
    formatted = any(not isinstance(node, Text) for node in text)
    return typed.write(text), html.render(text) if formatted else None


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except (MatrixError, aiohttp.ClientError) as error:
        raise Unwilling(str(error)) from None
