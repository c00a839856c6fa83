"""One stage, page and browser for all tests that leave the dialogue as it is."""

from collections.abc import AsyncGenerator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.async_api import Browser, async_playwright

from bot.sandbox.page.server import Page
from bot.sandbox.stage import DIALOGUE, ZONES, Stage, open_stage
from tests.sandbox.desk import CHROMIUM, Desk, opened, watched


@pytest.fixture(scope="session")
async def stage() -> AsyncGenerator[Stage, None]:
    with TemporaryDirectory(prefix="intercity-page-") as folder:
        async with open_stage(Path(folder), limits=False) as stage:
            yield stage


@pytest.fixture(scope="session")
async def address(stage: Stage) -> AsyncGenerator[str, None]:
    async with Page(DIALOGUE, stage.sides(), stage.bot, ZONES).serve(0) as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser, None]:
    async with async_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        await browser.close()


@pytest.fixture
async def desk(browser: Browser, address: str) -> AsyncGenerator[Desk, None]:
    """Return the page on a wide screen, in English; the console must stay free of complaints."""
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    async with watched(tab):
        yield await opened(tab, address)
        await context.close()
