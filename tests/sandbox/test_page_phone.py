"""The page on a phone: one side at a time, everything within reach of a thumb."""

from playwright.async_api import Browser, expect

from tests.sandbox.desk import needs_browser, opened

pytestmark = needs_browser


async def test_on_a_phone(browser: Browser, address: str) -> None:
    """375 px wide: one side at a time, nothing sticks out, the other side shows that it has news."""
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True
    )
    tab = await context.new_page()
    desk = await opened(tab, address)
    await expect(desk.matrix.root).to_be_hidden()
    await desk.telegram.say("written on a phone " + "verylongword" * 12)
    news = tab.locator(".switch").get_by_role("button", name="Matrix")
    await expect(news.locator(".unread")).to_be_visible()
    width = "document.documentElement.scrollWidth"
    assert await tab.evaluate(width) == 375
    await news.tap()
    await expect(desk.telegram.root).to_be_hidden()
    await expect(news.locator(".unread")).to_be_hidden()
    copy = desk.matrix.message("written on a phone")
    await expect(copy).to_be_visible()
    assert await tab.evaluate(width) == 375
    await copy.locator(".text").tap()
    await copy.get_by_role("button", name="Reply").tap()
    await desk.matrix.composer().fill("answered on a phone")
    await desk.matrix.root.get_by_role("button", name="Send").tap()
    await expect(desk.matrix.message("answered on a phone")).to_be_visible()
    await tab.locator(".switch").get_by_role("button", name="Telegram").tap()
    await expect(desk.telegram.message("answered on a phone")).to_contain_text("Grace Miller")
    await context.close()


async def test_buttons_on_a_phone(browser: Browser, address: str) -> None:
    """On both sides they are large enough for a thumb, and the bot receives them; on Matrix they are reactions."""
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tab = await context.new_page()
    desk = await opened(tab, address)
    for side, name, prefix in ((desk.telegram, "Telegram", "/"), (desk.matrix, "Matrix", "!")):
        await tab.locator(".switch").get_by_role("button", name=name).tap()
        await side.say(f"{prefix}unpair")
        no = side.root.get_by_role("button", name="❌").last
        await expect(no).to_be_visible()
        size = await no.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 44
        await no.tap()
        answered = side.root.locator(".message.bot").last.locator(".quoted")
        await expect(answered.locator(".name")).to_have_text(
            "Intercity"
        )  # it is a reply to the message with the buttons
    await desk.matrix.say("still paired")
    await tab.locator(".switch").get_by_role("button", name="Telegram").tap()
    await expect(desk.telegram.message("still paired")).to_be_visible()
    await context.close()
