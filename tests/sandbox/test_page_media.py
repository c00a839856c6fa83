"""Everything that people share is sent from the page and shown on it, on both sides."""

import re
from pathlib import Path

from playwright.async_api import expect

from bot.sandbox.samples import sample
from tests.sandbox.desk import Desk, DeskSide, needs_browser

pytestmark = needs_browser


async def test_files_cross_and_are_shown(desk: Desk) -> None:
    await desk.telegram.be("Mehmet Kaya")
    await desk.telegram.composer().fill("der **neue** Park")
    await desk.telegram.share("Picture")
    for side in (desk.telegram, desk.matrix):
        picture = side.message("der neue Park")
        await expect(picture.locator(".text strong", has_text="neue")).to_be_visible()
        await expect(picture.locator(".files img")).to_have_js_property("naturalWidth", 960)
    await expect(desk.telegram.composer()).to_have_value("")
    await desk.matrix.share("Voice message")
    for side in (desk.matrix, desk.telegram):
        await expect(side.root.locator(".voice").last.locator(".waveform i")).to_have_count(40)
        await expect(side.root.get_by_role("button", name="Play the voice message").last).to_be_visible()
    await desk.telegram.share("Video message")
    for side in (desk.telegram, desk.matrix):
        film = side.root.locator(".round video").last
        await film.scroll_into_view_if_needed()
        await expect(film).to_have_js_property("videoWidth", 160)
    await desk.matrix.share("Sticker")
    for side in (desk.matrix, desk.telegram):
        await expect(side.root.locator("img.sticker").last).to_have_js_property("naturalWidth", 512)
    await desk.telegram.share("Hidden picture")
    for side in (desk.telegram, desk.matrix):
        hidden = side.message("noch nicht öffentlich")
        await hidden.get_by_role("button", name="Hidden: show it").click()
        await expect(hidden.get_by_role("button", name="Enlarge")).to_be_enabled()


async def test_an_album_is_a_grid_of_messages(desk: Desk) -> None:
    await desk.telegram.share("Album")
    first = desk.telegram.message("Drei Eindrücke").locator("img")
    await expect(desk.telegram.root.locator(".part")).to_have_count(3)
    boxes = [await part.bounding_box() for part in await desk.telegram.root.locator(".part").all()]
    assert boxes[0]
    assert boxes[1]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["x"] < boxes[1]["x"]
    await expect(first).to_have_js_property("naturalWidth", 960)
    await expect(desk.matrix.message("Drei Eindrücke").locator("img")).to_have_js_property("naturalWidth", 960)


async def test_places_contacts_dice_polls_and_formatted_texts(desk: Desk) -> None:
    telegram, matrix = desk.telegram, desk.matrix
    for what in ("Place", "Contact", "Dice", "Poll", "Formatted text"):
        await telegram.share(what)
    place = telegram.root.locator(".card", has_text="Kölner Dom").last
    link = place.get_by_role("link", name="50.9413; 6.9583")
    await expect(link).to_have_attribute("href", re.compile("mlat=50.9413"))
    await expect(telegram.root.locator(".card", has_text="+1 317 555 0199")).to_be_visible()
    await expect(telegram.root.locator(".card", has_text="🎲")).to_be_visible()
    await telegram.option("Wann treffen wir uns?", "Donnerstag").click()
    minutes = telegram.message("Aus dem letzten Protokoll")
    folded = minutes.locator("blockquote")
    before = await folded.bounding_box()
    await minutes.get_by_role("button", name="Show all of the quotation").click()
    after = await folded.bounding_box()
    assert before
    assert after
    assert after["height"] > before["height"]
    for text in ("Kölner Dom", "+1 317 555 0199", "🎲", "Wann treffen wir uns?", "Aus dem letzten Protokoll"):
        await expect(matrix.message(text)).to_be_visible()
    await matrix.share("Formatted text")
    await expect(matrix.message("Plan for May").locator("table td", has_text="1,200 euros")).to_be_visible()
    await expect(matrix.message("Plan for May").get_by_role("heading", name="Plan for May")).to_be_visible()
    await expect(telegram.message("Plan for May")).to_contain_text("1,300 dollars")


async def test_a_file_of_ones_own_is_picked(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "Antrag <b>.pdf"
    file.write_bytes(sample("agenda.pdf"))
    await desk.telegram.composer().fill("mein Antrag")
    async with desk.tab.expect_file_chooser() as chooser:
        await desk.telegram.share("A file of your own …")
    await (await chooser.value).set_files(file)
    for side in (desk.telegram, desk.matrix):
        await expect(side.message("mein Antrag").get_by_role("link")).to_contain_text("Antrag")
    await expect(desk.telegram.composer()).to_have_value("")


async def test_pins_threads_and_quoted_parts(desk: Desk) -> None:
    telegram, matrix = desk.telegram, desk.matrix
    await telegram.say("Erst das Ufer, dann die Schule")
    await expect(matrix.message("Erst das Ufer")).to_be_visible()
    await pins_and_unpins(telegram, "Erst das Ufer")
    await matrix.say("Root of a thread")
    await matrix.do("Answer in the thread", "Root of a thread")
    await matrix.say("said within it")
    inside = matrix.message("said within it")
    await expect(inside.get_by_role("button", name="In the thread Root of a thread")).to_be_visible()
    await expect(telegram.message("said within it").locator(".quoted")).to_contain_text("Root of a thread")
    await (
        telegram.message("Erst das Ufer")
        .locator(".text")
        .evaluate(
            """(text) => {
            const range = document.createRange();
            range.setStart(text.firstChild, 0);
            range.setEnd(text.firstChild, 13);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }"""
        )
    )
    await telegram.do("Reply", "Erst das Ufer")
    await telegram.say("Genau das")
    await expect(telegram.message("Genau das").locator(".quoted.part-of")).to_contain_text("Erst das Ufer")


async def pins_and_unpins(side: DeskSide, text: str) -> None:
    bar = side.root.locator(".pinned")
    await side.do("Pin", text)
    await expect(bar).to_contain_text(text)
    await bar.click()
    await expect(side.message(text)).to_have_class(re.compile("flash"))
    await side.do("Unpin", text)
    await expect(bar).to_be_hidden()
