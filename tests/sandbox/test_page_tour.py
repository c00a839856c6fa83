"""The first tour in a real browser; each run has a stage of its own, since it changes everything there."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect
from playwright.async_api import Page as Tab

from bot.sandbox.page.server import Page
from bot.sandbox.stage import DIALOGUE, ZONES, Stage, open_stage
from tests.sandbox.desk import Desk, needs_browser, opened, watched

pytestmark = needs_browser
STEPS = 24


@dataclass
class FreshPage:
    """A page whose chats nobody has touched yet."""

    stage: Stage
    url: str

    def minute_later(self) -> None:
        """Spare the wait of a group on Telegram that has had its twenty messages of this minute."""
        self.stage.bot.move(timedelta(minutes=1))


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncGenerator[FreshPage, None]:
    async with (
        open_stage(tmp_path, limits=False) as stage,
        Page(DIALOGUE, stage.sides(), stage.bot, ZONES).serve(0) as url,
    ):
        yield FreshPage(stage, url)


@dataclass
class Tour:
    """The panel of the tour."""

    tab: Tab

    @property
    def root(self) -> Locator:
        return self.tab.locator("#tour")

    def button(self, name: str) -> Locator:
        return self.root.get_by_role("button", name=name)

    async def at(self, text: str) -> None:
        """Wait for a step, up to a minute: a loaded machine is no error."""
        await expect(self.root.locator(".number")).to_have_text(text, timeout=60_000)

    async def counts(self, done: int) -> None:
        await expect(self.root.locator("[data-state=done]")).to_have_count(done)


async def test_it_plays_itself_and_resumes_after_a_reload(browser: Browser, fresh: FreshPage) -> None:
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    tour = Tour(tab)
    async with watched(tab):
        desk = await opened(tab, fresh.url)
        await expect(tour.root).to_be_hidden()
        await tab.get_by_role("button", name="First tour").click()
        for number in range(1, STEPS + 1):
            await tour.at(f"Step {number} of {STEPS}:")
            await tour.counts(number - 1)
            fresh.minute_later()
            if number == 4:
                await tab.reload()
                await tour.at(f"Step 4 of {STEPS}:")
            await expect(tour.button("Do it for me")).to_have_attribute("aria-disabled", "false")
            await tour.button("Do it for me").press("Enter")
            await expect(tour.root.locator(":focus")).to_have_count(1)
        await tour.counts(STEPS)
        await expect(tour.button("Do it for me")).to_be_hidden()
        await expect(tour.root.get_by_role("heading", name="First tour")).to_be_focused()
        await outcomes(desk)
        await start_over(desk, tour, fresh)
        await encrypt(desk, fresh)
        await context.close()


async def outcomes(desk: Desk) -> None:
    """Check that the chats really show what the tour has told about."""
    for side in (desk.telegram, desk.matrix):
        await side.open(DIALOGUE)
        for sign, words in (("🤝", "Köln"), ("👤", "Tom Jackson")):
            await expect(side.message(sign)).to_contain_text(words)
    await expect(desk.matrix.message("Guten Tag aus Köln")).to_contain_text("Mehmet Kaya")
    await expect(desk.telegram.message("Good morning from Indianapolis")).to_contain_text("Tom Jackson")
    await desk.telegram.be("Grace Miller visiting Köln")
    await desk.telegram.say("/role @tom:localhost staff")
    await expect(desk.matrix.message("👤 Tom Jackson").last).to_contain_text("staff")


async def start_over(desk: Desk, tour: Tour, fresh: FreshPage) -> None:
    """Start the tour again: the accounts stay linked, everything else can be repeated."""
    await tour.button("Start over").click()
    await tour.at(f"Step 1 of {STEPS}:")
    await tour.counts(3)
    for number in range(1, 8):
        await tour.at(f"Step {number} of {STEPS}:")
        fresh.minute_later()
        await tour.button("Do it for me").click()
    await tour.at(f"Step 11 of {STEPS}:")
    await expect(desk.telegram.root.get_by_role("radio", name="Mehmet Kaya")).to_be_checked()
    await expect(desk.matrix.root.get_by_role("radio", name="Grace Miller")).to_be_checked()


async def encrypt(desk: Desk, fresh: FreshPage) -> None:
    """Turn encryption on in the room, which cannot be undone: what is said and shared crosses as before."""
    fresh.minute_later()
    await expect(desk.telegram.root.locator(".lock")).to_be_hidden()
    lock = desk.matrix.root.get_by_role("button", name="Encrypt this room")
    await expect(lock).to_have_attribute("aria-pressed", "false")
    await lock.click()
    await desk.tab.get_by_role("dialog").get_by_role("button", name="Encrypt the room").click()
    await expect(desk.matrix.root.get_by_role("button", name="This room is encrypted end to end")).to_be_visible()
    await desk.matrix.say("said in secret")
    await expect(desk.telegram.message("said in secret")).to_be_visible()
    await desk.telegram.say("ganz geheim")
    await expect(desk.matrix.message("ganz geheim")).to_be_visible()
    await desk.telegram.share("Picture")
    copy = desk.matrix.message("So soll das neue").locator("img")
    await expect(copy.last).to_have_js_property("naturalWidth", 960)
    newest = (await fresh.stage.grace.messages(fresh.stage.room, 1))[0]
    assert newest["type"] == "m.room.encrypted"


async def test_in_german_on_a_phone(browser: Browser, address: str) -> None:
    """One side at a time; the panel covers nothing at any step, and can be folded."""
    context = await browser.new_context(
        locale="de-DE", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tab = await context.new_page()
    tour = Tour(tab)
    async with watched(tab):
        await opened(tab, address)
        await tab.get_by_role("button", name="Rundgang").tap()
        await tour.button("Von vorn").tap()  # other tests have talked in these chats
        await tour.at(f"Schritt 1 von {STEPS}:")
        await tab.locator(".switch").get_by_role("button", name="Matrix").tap()
        await tour.button("Für mich tippen").tap()
        await expect(tab.locator(".side.telegram")).to_be_visible()
        for number in range(2, STEPS + 1):
            await tour.at(f"Schritt {number} von {STEPS}:")
            await covers_nothing(tab)
            await tour.button("Überspringen").tap()
        await expect(tour.button("Für mich tippen")).to_be_hidden()
        await tour.button("Schritt zeigen oder verbergen").tap()
        await expect(tour.root.locator(".text")).to_be_hidden()
        await covers_nothing(tab)
        await tour.button("Rundgang verlassen").tap()
        await expect(tour.root).to_be_hidden()
        await context.close()


async def covers_nothing(tab: Tab) -> None:
    """Check that the panel covers nothing, measured at one moment since it grows with its text."""
    height, end, panel_begin, panel_end, width = await tab.evaluate(
        """() => {
            const box = (part) => document.querySelector(part).getBoundingClientRect();
            const [chats, panel] = [box("main"), box("#tour")];
            return [chats.height, chats.bottom, panel.top, panel.bottom, document.documentElement.scrollWidth];
        }"""
    )
    assert height > 400
    assert end <= panel_begin
    assert panel_end <= 844
    assert width == 390


async def test_what_is_typed_by_hand_counts_in_any_order(browser: Browser, address: str) -> None:
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    tour, begin = Tour(tab), tab.get_by_role("button", name="First tour")
    async with watched(tab):
        desk = await opened(tab, address)
        await begin.click()
        await tour.button("Start over").click()  # other tests have talked in these chats
        await tour.counts(0)
        await desk.telegram.say("/doctor")
        await tour.counts(1)
        await tour.at(f"Step 1 of {STEPS}:")
        await desk.telegram.say("/hilfe")
        await tour.at(f"Step 2 of {STEPS}:")
        await tour.button("Skip").press("Enter")
        await tour.at(f"Step 3 of {STEPS}:")
        await tour.button("Skip").press("Escape")
        await expect(tour.root).to_be_hidden()
        await expect(begin).to_be_focused()
        await begin.press("Enter")
        await tour.at(f"Step 3 of {STEPS}:")
        await tour.counts(2)
        await tour.button("Start over").click()
        await tour.at(f"Step 1 of {STEPS}:")
        await tour.counts(0)
        await context.close()


async def test_what_cannot_be_done_yet_is_not_offered(browser: Browser, address: str) -> None:
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    tour = Tour(tab)
    await opened(tab, address)
    await tab.get_by_role("button", name="First tour").click()
    await tour.button("Start over").click()
    for number in range(1, 4):
        await tour.at(f"Step {number} of {STEPS}:")
        await tour.button("Skip").click()
    await tour.at(f"Step 4 of {STEPS}:")  # there is no code to type
    await expect(tour.button("Do it for me")).to_have_attribute("aria-disabled", "true")
    await context.close()
