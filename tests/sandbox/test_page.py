"""The page in a real browser, with the real homeserver, the emulated Telegram and the real bot behind it."""

import re

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.page.server import Page
from bot.sandbox.stage import DIALOGUE, ZONES, Stage
from bot.sandbox.telegram.images import png
from tests.sandbox.desk import Desk, needs_browser, opened

pytestmark = needs_browser


async def test_telegram_to_matrix(desk: Desk) -> None:
    await desk.telegram.say("Guten Morgen aus **Köln**")
    copy = desk.matrix.message("Guten Morgen aus Köln")
    await expect(copy).to_contain_text("Anna Weber")
    await expect(copy.locator("strong", has_text=re.compile("^Köln$"))).to_be_visible()
    await expect(copy.locator(".badge")).to_have_text("Bot")


async def test_matrix_to_telegram(desk: Desk) -> None:
    await desk.matrix.be("Tom Jackson")
    await desk.matrix.say("Good _morning_, see `plan` at [home](https://example.org/)")
    copy = desk.telegram.message("Good morning, see plan at home")
    await expect(copy).to_contain_text("Tom Jackson · Indianapolis")
    await expect(copy.locator("em")).to_have_text("morning")
    await expect(copy.locator("code")).to_have_text("plan")
    await expect(copy.locator("a")).to_have_attribute("href", "https://example.org/")


async def test_reply_points_at_the_counterpart(desk: Desk) -> None:
    await desk.telegram.say("Wann treffen wir uns?")
    await desk.matrix.do("Reply", "Wann treffen wir uns?")
    await expect(desk.matrix.root.locator(".context")).to_contain_text("Wann treffen wir uns?")
    await desk.matrix.say("On Thursday at three")
    quoted = desk.telegram.message("On Thursday at three").locator(".quoted")
    await expect(quoted).to_contain_text("Anna Weber")
    await expect(quoted).to_contain_text("Wann treffen wir uns?")


@pytest.mark.parametrize("way", ["telegram", "matrix"])
async def test_edit_changes_the_copy(desk: Desk, way: str) -> None:
    here, there = (desk.telegram, desk.matrix) if way == "telegram" else (desk.matrix, desk.telegram)
    await here.say(f"first **draft** {way}")
    await expect(there.message(f"first draft {way}")).to_be_visible()
    await here.do("Edit", f"first draft {way}")
    await expect(here.composer()).to_have_value(f"first **draft** {way}")
    await here.say(f"second _draft_ {way}")
    copy = there.message(f"second draft {way}")
    await expect(copy.locator("em")).to_have_text("draft")
    await expect(copy.locator(".edited")).to_have_text("edited")
    await expect(there.message(f"first draft {way}")).to_have_count(0)


async def test_deletion_on_matrix_takes_the_copy(desk: Desk) -> None:
    await desk.matrix.say("a slip on Matrix")
    await expect(desk.telegram.message("a slip on Matrix")).to_be_visible()
    await desk.matrix.do("Delete", "a slip on Matrix")
    await expect(desk.telegram.message("a slip on Matrix")).to_have_count(0)
    await expect(desk.matrix.message("a slip on Matrix")).to_have_count(0)


async def test_deletion_on_telegram_explains_and_offers_the_command(desk: Desk) -> None:
    await desk.telegram.say("a slip on Telegram")
    await expect(desk.matrix.message("a slip on Telegram")).to_be_visible()
    await desk.telegram.do("Delete", "a slip on Telegram")
    dialog = desk.tab.get_by_role("dialog")
    await expect(dialog).to_contain_text("Telegram tells bots nothing about deletions")
    await dialog.get_by_role("button", name="Reply with /delete").click()
    await expect(desk.matrix.message("a slip on Telegram")).to_have_count(0)
    await expect(desk.telegram.message("a slip on Telegram")).to_have_count(0)


async def test_deletion_on_telegram_alone_leaves_the_copy(desk: Desk) -> None:
    await desk.telegram.say("only gone here")
    await expect(desk.matrix.message("only gone here")).to_be_visible()
    await desk.telegram.do("Delete", "only gone here")
    await desk.tab.get_by_role("dialog").get_by_role("button", name="Delete on Telegram only").click()
    await expect(desk.telegram.message("only gone here")).to_have_count(0)
    await desk.telegram.say("after that")
    await expect(desk.matrix.message("after that")).to_be_visible()
    await expect(desk.matrix.message("only gone here")).to_be_visible()


async def test_reactions_are_set_and_taken_back(desk: Desk) -> None:
    for side, text in ((desk.telegram, "a thumb on Telegram"), (desk.matrix, "a thumb on Matrix")):
        await side.say(text)
        await side.react("👍", text)
        chip = side.message(text).locator(".reactions button")
        await expect(chip).to_have_text("👍 1")
        await expect(chip).to_have_attribute("aria-pressed", "true")
        await chip.click()
        await expect(chip).to_have_count(0)


async def test_private_chats_and_buttons(desk: Desk) -> None:
    """Each person has a chat with the bot alone; buttons there work, as reactions on Matrix."""
    await desk.telegram.open("Intercity (private)")
    await desk.telegram.root.get_by_role("button", name="Start", exact=True).click()
    await expect(desk.telegram.root.locator(".message.bot")).not_to_have_count(0)
    await desk.telegram.say("/language")
    choices = desk.telegram.root.locator(".buttons button", has_text="English (UK)")
    await expect(choices).to_have_count(2)  # the greeting offers the languages, too
    await choices.last.click()
    await desk.telegram.say("/help")
    await expect(desk.telegram.message("This is what you may do here")).to_be_visible()
    await expect(desk.matrix.message("/help")).to_have_count(0)

    await desk.matrix.open("Intercity (private)")
    await desk.matrix.root.get_by_role("button", name="Open a direct room").click()
    await desk.matrix.say("!language")
    german = desk.matrix.root.locator(".reactions button").filter(has_text="🇩🇪").last  # the greeting may have one, too
    await expect(german).to_be_visible()
    await german.click()
    await desk.matrix.say("!help")
    await expect(desk.matrix.root.locator(".message.bot").last).to_contain_text("Das können Sie hier tun")


async def test_the_clock_goes_forward(desk: Desk) -> None:
    """The page, the bot and the emulated Telegram go by it; Synapse keeps the real time."""
    clock = desk.tab.get_by_role("region", name="The bot's clock")
    before = await clock.locator(".times").inner_text()
    await clock.get_by_role("button", name="+1 day").click()
    await expect(clock.locator(".times")).not_to_have_text(before, use_inner_text=True)
    await desk.telegram.say("said tomorrow")
    await expect(desk.telegram.message("said tomorrow").locator("time")).to_have_text(re.compile(r"^[A-Z][a-z]+ \d+, "))
    await desk.matrix.say("!doctor")
    await expect(desk.matrix.message("seconds apart")).to_contain_text(re.compile("86,?[34]"))
    await clock.get_by_role("button", name="Set").click()
    dialog = desk.tab.get_by_role("dialog")
    await expect(dialog).to_contain_text("Synapse keeps the real time")
    field = dialog.get_by_label("Date and time in Köln")
    await field.evaluate("(field) => { field.min = ''; field.value = '2020-01-01T00:00' }")
    await dialog.get_by_role("button", name="Set the clock").click()
    await expect(desk.tab.locator("#toast")).to_contain_text("the clock only goes forward")


async def test_files_of_the_bot_are_shown(desk: Desk, stage: Stage) -> None:
    """On both sides a document can be saved, and a picture is to be seen."""
    entry = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
    picture = png(320, 200)
    chat = {"chat_id": str(stage.group.id), "caption": "the invitation"}
    upload = aiohttp.FormData({**chat})
    upload.add_field("document", entry, filename="roundtable.ics", content_type="text/calendar")
    async with aiohttp.ClientSession() as http:
        async with http.post(f"{stage.telegram.url}/bot{stage.account.token}/sendDocument", data=upload) as answer:
            assert answer.status == 200
        upload = aiohttp.FormData(chat | {"caption": ""})
        upload.add_field("photo", picture, filename="chart.png", content_type="image/png")
        async with http.post(f"{stage.telegram.url}/bot{stage.account.token}/sendPhoto", data=upload) as answer:
            assert answer.status == 200
    for kind, name, data, mime in (
        ("m.file", "roundtable.ics", entry, "text/calendar"),
        ("m.image", "chart.png", picture, "image/png"),
    ):
        url = await stage.tom.upload(data, name, mime)
        content = {"msgtype": kind, "body": name, "url": url, "info": {"mimetype": mime, "size": len(data)}}
        await stage.tom.send_raw(stage.room, "m.room.message", content)
    for side in (desk.telegram, desk.matrix):
        link = side.root.get_by_role("link", name="roundtable.ics 32 byte").last
        async with desk.tab.expect_download() as download:
            await link.click()
        saved = await (await download.value).path()
        assert ((await download.value).suggested_filename, saved.read_bytes()) == ("roundtable.ics", entry)
        await expect(side.root.locator(".files img").last).to_have_js_property("naturalWidth", 320)


async def test_a_document_opens_in_a_tab_of_its_own_without_its_scripts(desk: Desk, stage: Stage) -> None:
    data = "<!doctype html><title>Protokoll 1</title><p>Köln</p><script>document.title = 'hacked'</script>".encode()
    url = await stage.tom.upload(data, "protokoll-1.html", "text/html")
    content = {"msgtype": "m.file", "body": "protokoll-1.html", "url": url}
    await stage.tom.send_raw(stage.room, "m.room.message", content | {"info": {"mimetype": "application/octet-stream"}})
    message = desk.matrix.message("protokoll-1.html")
    async with desk.tab.context.expect_page() as opened_tab:
        await message.get_by_role("link", name="Read").click()
    document = await opened_tab.value
    await expect(document.locator("p")).to_have_text("Köln")
    assert await document.title() == "Protokoll 1"
    assert await document.evaluate("[self.origin, opener]") == ["null", None]
    await document.close()


async def test_what_looks_like_markup_is_text(desk: Desk) -> None:
    attacks = [
        "<img src=x onerror=\"document.title='hacked'\"> one",
        "<script>document.title='hacked'</script> two",
        "[three](javascript:document.title='hacked')",
        "**<b onclick=\"document.title='hacked'\">four</b>**",
    ]
    for here, there in ((desk.telegram, desk.matrix), (desk.matrix, desk.telegram)):
        for attack in attacks:
            await here.say(attack)
            shown = attack.replace("**", "")
            for side in (here, there):
                await expect(side.message(shown)).to_be_visible()
                await expect(side.message(shown).locator("img, script, b, .text a")).to_have_count(0)
    await expect(desk.tab).to_have_title("Intercity")


async def test_html_of_another_client_is_cleaned(desk: Desk, stage: Stage) -> None:
    bad = '<img src="x" onerror="alert(1)"><a href="javascript:alert(1)">evil link</a><script>alert(1)</script>'
    html = f"<b>bold</b>{bad}"
    await stage.tom.say(stage.room, "plain", html)
    for side in (desk.matrix, desk.telegram):
        shown = side.message("evil link")
        await expect(shown.locator("strong", has_text="bold")).to_be_visible()
        await expect(shown.locator(".text :is(img, a, script)")).to_have_count(0)


async def test_enter_sends_and_shift_enter_breaks_the_line(desk: Desk) -> None:
    composer = desk.telegram.composer()
    await composer.fill("one line")
    await composer.press("Shift+Enter")
    await composer.press_sequentially("and another")
    await composer.press("Enter")
    await expect(composer).to_have_value("")
    await expect(desk.matrix.message("and another").locator(".text")).to_contain_text("one line\nand another")


async def test_everything_by_keyboard(desk: Desk) -> None:
    await desk.telegram.say("reached by keys")
    tools = desk.telegram.message("reached by keys").get_by_role("group", name="Actions")
    reply = tools.get_by_role("button", name="Reply")
    await reply.focus()
    await expect(tools).to_have_css("opacity", "1")
    await reply.press("Enter")
    await expect(desk.telegram.composer()).to_be_focused()
    await expect(desk.telegram.root.locator(".context")).to_be_visible()
    await desk.telegram.composer().press("Escape")
    await expect(desk.telegram.root.locator(".context")).to_be_hidden()


async def test_every_control_has_a_name(desk: Desk) -> None:
    await desk.telegram.say("something to have tools")
    await expect(desk.telegram.message("something to have tools")).to_be_visible()
    nameless = await desk.tab.evaluate(
        """() => [...document.querySelectorAll("button, textarea, input, [role=log]")]
            .filter((e) => e.offsetParent && !(e.getAttribute("aria-label") || e.innerText.trim() || e.labels?.length))
            .map((e) => e.outerHTML)"""
    )
    assert nameless == []


async def test_language_is_the_browsers_and_can_be_switched(browser: Browser, address: str) -> None:
    context = await browser.new_context(locale="de-AT", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    await opened(tab, address)
    await expect(tab.locator("html")).to_have_attribute("lang", "de")
    await expect(tab.get_by_text("Telegram ist auf diesem Rechner nachgebildet")).to_be_visible()
    await tab.get_by_role("button", name="EN – English").click()
    await expect(tab.get_by_text("Telegram is emulated on this machine")).to_be_visible()
    await expect(tab.locator("html")).to_have_attribute("lang", "en")
    await tab.reload()
    await expect(tab.get_by_role("textbox", name="Message").first).to_be_visible()
    await context.close()


async def test_other_browsers_see_english(browser: Browser, address: str) -> None:
    context = await browser.new_context(locale="fr-FR", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    await opened(tab, address)
    await expect(tab.get_by_role("button", name="Crash the bot")).to_be_visible()
    await context.close()


async def test_the_page_finds_back_after_a_loss(browser: Browser, stage: Stage) -> None:
    """The server stops and comes back on its port: the page says so, reconnects and shows what it missed."""
    page = Page(DIALOGUE, stage.sides(), stage.bot, ZONES)
    context = await browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    tab = await context.new_page()
    async with page.serve(0) as url:
        desk = await opened(tab, url)
    await expect(tab.get_by_role("alert")).to_contain_text("Connection to the demo lost")
    stage.telegram.say(stage.group, stage.anna, "said meanwhile")
    async with page.serve(int(url.rpartition(":")[2])):
        await expect(desk.telegram.message("said meanwhile")).to_be_visible()
        await expect(tab.get_by_role("alert")).to_be_hidden()
        await context.close()


async def test_telegram_offers_the_commands_that_the_bot_has_set_for_someone(desk: Desk) -> None:
    """The chat of Köln is German: Anna, who coordinates, is offered more than Mehmet; the visitor reads English."""
    menu = desk.telegram.root.get_by_role("group", name="Commands")
    await desk.telegram.composer().press_sequentially("/")
    await expect(menu.get_by_role("button", name="/koppeln ")).to_be_visible()
    await desk.telegram.composer().press_sequentially("rolle")
    await expect(menu.get_by_role("button")).to_have_count(1)
    await menu.get_by_role("button", name="/rollen ").press("Enter")
    await expect(desk.telegram.composer()).to_have_value("/rollen ")
    await expect(desk.telegram.composer()).to_be_focused()
    await expect(menu).to_be_hidden()

    await desk.telegram.be("Mehmet Kaya")
    await desk.telegram.composer().fill("/")
    await expect(menu.get_by_role("button", name="/hilfe ")).to_be_visible()
    await expect(menu.get_by_role("button", name="/koppeln ")).to_have_count(0)
    await desk.telegram.composer().press("Escape")
    await expect(menu).to_be_hidden()
    await expect(desk.telegram.composer()).to_have_value("/")

    await desk.telegram.composer().fill("")
    await desk.telegram.be("Grace Miller visiting Köln")
    await desk.telegram.composer().fill("/")
    await expect(menu.get_by_role("button", name="/help ")).to_be_visible()
