"""A dialogue that follows feeds on a web in memory, with a clock that the test advances."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from html import escape

import pytest

from bot.fetching.base import FetchError, FetchProblem
from bot.model import ChatRef, Post
from storage import Database
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, running
from tests.trust.world import World, privately

URL = "https://koeln.test/feed"
HOUR = timedelta(hours=1, minutes=1)
"""Longer than any usual interval between two fetches."""
START = datetime(2030, 11, 25, 9, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0"
"""The beginning of a picture of 16 by 16 pixels."""


def item(id: str, title: str = "", text: str = "", *, link: str = "", published: datetime | None = None) -> str:
    """Return an item of an RSS feed."""
    link = link or f"https://koeln.test/{id}"
    date = f"<pubDate>{published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if published else ""
    words = f"<title>{escape(title or f'News {id}')}</title><description>{escape(text)}</description>"
    return f"<item><guid>{id}</guid><link>{link}</link>{words}{date}</item>"


def rss(*items: str, title: str = "Stadt Köln", language: str = "de") -> str:
    """Return an RSS feed, the newest item first."""
    head = f"<title>{title}</title><link>https://koeln.test/</link><language>{language}</language>"
    return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'


class Newsroom(World):
    """A world with a feed of Köln."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.ahead = START - self.now()  # never back: jobs would be due for ever

    def publishes(self, *items: str, url: str = URL, title: str = "Stadt Köln", language: str = "de") -> None:
        """Put a feed at an address, the newest item first."""
        self.web.serve(url, rss(*items, title=title, language=language))

    def breaks(self, problem: FetchProblem = FetchProblem.UNREACHABLE, *, status: int = 0, url: str = URL) -> None:
        self.web.pages[url] = FetchError(problem, status=status)

    async def adds(self, more: str = "", *, url: str = URL) -> str:
        """Anna adds a feed in Köln's chat; return what the answer says in the end."""
        return await self.says(KOELN, ANNA, f"/feed {url}{more}")

    async def tells(self, text: str) -> str:
        """Anna types something in Köln's chat; return the last post there."""
        return await self.says(KOELN, ANNA, text)

    async def fetches(self, *items: str, after: timedelta = HOUR, url: str = URL, language: str = "de") -> list[str]:
        """Publish, wait until every feed has been fetched, and return the new posts in Indianapolis."""
        before = len(self.at(INDY))
        if items:
            self.publishes(*items, url=url, language=language)
        await self.later(after)
        return self.at(INDY)[before:]

    async def until(self, day: int, hour: int, minute: int) -> None:
        """Advance the clock to a time in the month in which it starts."""
        await self.later(START.replace(day=day, hour=hour, minute=minute) - self.now())

    def posts(self, chat: ChatRef = INDY) -> list[Post]:
        return [each.post for each in self.messages(chat) if each.post]

    def messages(self, chat: ChatRef = INDY) -> list[FakeMessage]:
        return [each for each in self.messenger(chat).messages_in(chat) if each.post]

    async def opens_private_chats(self) -> None:
        await self.opens_private(ANNA, GRACE)

    def told(self, who: str = "anna") -> list[str]:
        return self.at(privately(ANNA if who == "anna" else GRACE))


@asynccontextmanager
async def newsroom_on(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Newsroom]:
    monkeypatch.setattr("storage.deliveries.lanes.EDIT_PAUSE", timedelta())
    room = Newsroom(database)
    await room.set_up()
    async with running(room):
        yield room
