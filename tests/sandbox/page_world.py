"""What stands behind the page when its server is tested: a messenger and a bot that only record."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.model import RichText, bold, rich
from bot.sandbox.clock import MovableClock
from bot.sandbox.page import typed
from bot.sandbox.page.server import Page
from bot.sandbox.page.shared import NOWHERE, Aim, Shared
from bot.sandbox.page.sides import GROUP, Change, Human, Unwilling
from bot.sandbox.page.views import View, ViewFile

ZONES = {"Köln": "Europe/Berlin", "Indianapolis": "America/Indiana/Indianapolis"}
ANNA = Human("1", "Anna Weber", "Köln", "coordinator")
FILES = {
    "a/b": ViewFile("a/b", "Tagesordnung – Köln.ics", 10, "text/calendar"),
    "evil": ViewFile("evil", "page.html", 10, "text/html"),
    "picture": ViewFile("picture", "rathaus.png", 10, "image/png", kind="photo"),
    "drawing": ViewFile("drawing", "rathaus.svg", 10, "image/svg+xml", kind="photo"),
    "film": ViewFile("film", "ufer.mp4", 10, "video/mp4", kind="video"),
}
HELLO = View(id="7", sender="1", name="Anna Weber", bot=False, at=1_700_000_000_000, text=rich("Hello ", bold("you")))


class OneSide:
    """A messenger that records what it is asked."""

    name = "telegram"
    prefix = "/"
    silent = True
    title = "Köln – Indianapolis"
    bot = Human("9", "Intercity", "", "")
    address = "https://t.me/intercity_bot"
    people: tuple[Human, ...] = (ANNA,)

    def __init__(self) -> None:
        self.started: set[str] = set()
        self.encrypted: bool | None = False
        self.asked: asyncio.Queue[tuple[str, ...]] = asyncio.Queue()
        self.news: asyncio.Queue[Change] = asyncio.Queue()
        self.answer = asyncio.Event()

    def chats(self) -> dict[str, list[View]]:
        return {GROUP: [HELLO]}

    def menu(self, person: str, chat: str) -> list[tuple[str, str]]:
        return [("help", f"{person} in {chat}")]

    async def changes(self) -> AsyncIterator[Change]:
        while True:
            yield await self.news.get()

    async def say(self, person: str, chat: str, text: RichText, aim: Aim = NOWHERE) -> None:
        self.asked.put_nowait(("say", person, chat, typed.write(text), aim.to))

    async def share(self, person: str, chat: str, what: Shared, text: RichText = (), aim: Aim = NOWHERE) -> None:
        self.asked.put_nowait(("share", person, chat, repr(what), typed.write(text), aim.to, aim.thread))

    async def pin(self, person: str, chat: str, id: str) -> None:
        self.asked.put_nowait(("pin", person, chat, id))

    async def encrypt(self) -> None:
        self.encrypted = True

    async def edit(self, person: str, chat: str, id: str, text: RichText) -> None:
        raise Unwilling(f"{person} may not change {chat}/{id} to {typed.write(text)}")

    async def delete(self, person: str, chat: str, id: str) -> None:
        self.asked.put_nowait(("delete", person, chat, id))

    async def react(self, person: str, chat: str, id: str, key: str) -> None:
        self.asked.put_nowait(("react", person, chat, id, key))

    async def press(self, person: str, chat: str, id: str, data: str) -> str:
        await self.answer.wait()
        return f"{person} pressed {data} of {chat}/{id}"

    async def vote(self, person: str, chat: str, id: str, options: Sequence[str]) -> None:
        self.asked.put_nowait(("vote", person, chat, id, *options))

    async def start(self, person: str, payload: str = "") -> None:
        self.asked.put_nowait(("start", person, payload))

    async def file(self, id: str) -> tuple[ViewFile, bytes]:
        if id not in FILES:
            raise Unwilling("no such file")
        return FILES[id], b"bytes of " + id.encode()


@dataclass
class IdleBot:
    running: bool = True
    clock: MovableClock = field(default_factory=lambda: MovableClock(lambda: datetime(2026, 2, 22, 9, tzinfo=UTC)))

    def crash(self) -> None:
        self.running = False

    def move(self, by: timedelta) -> None:
        self.clock.move(by)


@dataclass
class Served:
    url: str
    page: Page
    side: OneSide
    bot: IdleBot

    @property
    def events(self) -> str:
        return self.url + "/events"
