"""The page in a browser, as its people use it."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, expect
from playwright.async_api import Page as Tab

from bot.sandbox.stage import DIALOGUE

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
expect.set_options(timeout=15_000)  # milliseconds


@dataclass
class DeskSide:
    """One half of the page, as a person uses it."""

    root: Locator

    def message(self, text: str) -> Locator:
        return self.root.locator(".message").filter(has_text=text).last

    def composer(self) -> Locator:
        return self.root.get_by_role("textbox", name="Message")

    async def be(self, name: str) -> None:
        await self.root.get_by_role("radio", name=name).check()

    async def open(self, chat: str) -> None:
        await self.root.get_by_role("group", name="Chat").get_by_role("button", name=chat).click()

    async def say(self, text: str) -> None:
        await self.composer().fill(text)
        await self.composer().press("Enter")

    def option(self, poll: str, text: str) -> Locator:
        """Return an option of a native poll."""
        asked = self.root.locator(".message.asks").filter(has_text=poll).last
        return asked.get_by_role("group", name="Poll").get_by_role("button", name=text)

    async def do(self, tool: str, text: str) -> None:
        """Use a tool of the message that holds `text`."""
        await self.message(text).hover()
        await (
            self.message(text).get_by_role("group", name="Actions").get_by_role("button", name=tool, exact=True).click()
        )

    async def react(self, key: str, text: str) -> None:
        """Choose a reaction to the message that holds `text`."""
        await self.do("React", text)
        await self.root.page.get_by_role("dialog").get_by_role("button", name=key).click()

    async def share(self, what: str) -> None:
        """Attach a sample."""
        await self.root.get_by_role("button", name="Attach").click()
        await self.root.get_by_role("group", name="Attach").get_by_role("button", name=what, exact=True).click()


@dataclass
class Desk:
    """The page, with both sides."""

    tab: Tab
    telegram: DeskSide
    matrix: DeskSide


async def opened(tab: Tab, address: str) -> Desk:
    await tab.goto(address)
    await expect(tab.locator(".side.matrix .title")).to_have_text(DIALOGUE)
    return Desk(tab, DeskSide(tab.locator(".side.telegram")), DeskSide(tab.locator(".side.matrix")))


@asynccontextmanager
async def watched(tab: Tab) -> AsyncGenerator[None, None]:
    """Fail on warnings and errors in the console."""
    complaints: list[str] = []
    tab.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    yield
    assert not complaints
