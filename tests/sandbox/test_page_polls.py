"""Polls on the page: native ones on both sides, many buttons, links to the private chat, pictures of results."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import count
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from bot.messengers.matrix import polls
from bot.messengers.matrix.media_keys import ALT
from bot.model import NativePoll, rich
from bot.sandbox.stage import Stage
from bot.sandbox.telegram.images import png
from tests.sandbox.desk import Desk, needs_browser, opened, watched

pytestmark = needs_browser
OPTIONS = ("Climate", "Schools", "Transport")
ALTERNATIVE = "Bars: climate 4.50, schools 3.00"
_numbers = count(1)


@pytest.fixture
async def desk(browser: Browser, address: str) -> AsyncGenerator[Desk, None]:
    """Return the page on a phone-sized screen that is wide enough for both sides, in English."""
    context = await browser.new_context(locale="en-GB", viewport={"width": 1000, "height": 844})
    tab = await context.new_page()
    async with watched(tab):
        yield await opened(tab, address)
        await context.close()


@pytest.fixture
async def phone(browser: Browser, address: str) -> AsyncGenerator[Desk, None]:
    context = await browser.new_context(
        locale="en-GB", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tab = await context.new_page()
    async with watched(tab):
        yield await opened(tab, address)
        await context.close()


async def call(stage: Stage, method: str, **parameters: object) -> Any:
    """Call a method of the Bot API with the bot's token."""
    url = f"{stage.telegram.url}/bot{stage.account.token}/{method}"
    async with aiohttp.ClientSession() as http, http.post(url, json=parameters) as answer:
        assert answer.status == 200, await answer.text()
        return (await answer.json())["result"]


async def ask_on_telegram(stage: Stage, *, multiple: bool = False) -> tuple[str, int]:
    """Post a native poll in the group; return its question, which no other has, and its id."""
    question = f"Which topic, number {next(_numbers)}?"
    options = [{"text": option} for option in OPTIONS]
    more = {"is_anonymous": False, "allows_multiple_answers": multiple}
    sent = await call(stage, "sendPoll", chat_id=stage.group.id, question=question, options=options, **more)
    return question, sent["message_id"]


async def ask_on_matrix(stage: Stage, *, multiple: bool = False) -> tuple[str, str]:
    question = f"Which topic, number {next(_numbers)}?"
    poll = NativePoll(question=rich(question), options=OPTIONS, multiple=multiple)
    return question, await stage.tom.send_raw(stage.room, polls.START, polls.start(poll))


@pytest.mark.parametrize("where", ["telegram", "matrix"])
async def test_one_tap_votes_another_changes_it_and_it_can_be_taken_back(desk: Desk, stage: Stage, where: str) -> None:
    """Who has not voted sees no result, as in the clients."""
    side, colleague = (desk.telegram, "Mehmet Kaya") if where == "telegram" else (desk.matrix, "Tom Jackson")
    question, _ = await (ask_on_telegram(stage) if where == "telegram" else ask_on_matrix(stage))
    climate, schools = side.option(question, "Climate"), side.option(question, "Schools")
    await climate.click()
    await expect(climate).to_have_attribute("aria-pressed", "true")
    await expect(climate).to_contain_text("100% · 1")
    await expect(climate).to_be_focused()
    await side.be(colleague)
    await expect(climate).to_have_text("Climate")
    await schools.click()
    await expect(climate).to_contain_text("50% · 1")
    await climate.click()
    await expect(climate).to_contain_text("100% · 2")
    await expect(side.message(question)).to_contain_text("2 votes")
    await side.message(question).get_by_role("button", name="Retract vote").click()
    await expect(side.message(question)).to_contain_text("1 vote")
    await expect(climate).to_have_text("Climate")


@pytest.mark.parametrize("where", ["telegram", "matrix"])
async def test_several_options_are_added_and_taken_out(desk: Desk, stage: Stage, where: str) -> None:
    side, ask = (desk.telegram, ask_on_telegram) if where == "telegram" else (desk.matrix, ask_on_matrix)
    question, _ = await ask(stage, multiple=True)
    climate, schools = side.option(question, "Climate"), side.option(question, "Schools")
    await climate.click()
    await expect(climate).to_contain_text("100% · 1")
    await schools.click()
    await expect(schools).to_contain_text("100% · 1")
    await expect(climate).to_contain_text("100% · 1")
    await climate.click()
    await expect(climate).to_contain_text("0% · 0")
    await expect(schools).to_have_attribute("aria-pressed", "true")


async def test_closed_polls_show_their_own_counts(desk: Desk, stage: Stage) -> None:
    """Everybody sees the result then, and nobody can vote; on Matrix what is sent later does not count."""
    question, id = await ask_on_telegram(stage)
    await desk.telegram.option(question, "Schools").click()
    await expect(desk.telegram.message(question)).to_contain_text("1 vote")
    await call(stage, "stopPoll", chat_id=stage.group.id, message_id=id)
    wondering, event = await ask_on_matrix(stage)
    await desk.matrix.option(wondering, "Schools").click()
    await expect(desk.matrix.message(wondering)).to_contain_text("1 vote")
    await stage.tom.send_raw(stage.room, polls.END, polls.end(event))
    late = {"org.matrix.msc3381.poll.response": {"answers": ["0"]}}
    relation = {"rel_type": "m.reference", "event_id": event}
    await stage.ruth.send_raw(stage.room, "org.matrix.msc3381.poll.response", {**late, "m.relates_to": relation})
    await stage.tom.say(stage.room, "after the end")
    await expect(desk.matrix.message("after the end")).to_be_visible()
    for side, asked, colleague in (
        (desk.telegram, question, "Mehmet Kaya"),
        (desk.matrix, wondering, "Ruth Bennett"),
    ):
        await side.be(colleague)
        await expect(side.message(asked)).to_contain_text("Final results · 1 vote")
        await expect(side.option(asked, "Schools")).to_contain_text("100% · 1")
        await expect(side.option(asked, "Climate")).to_be_disabled()


async def test_a_redacted_response_gives_way_to_the_one_before_it(desk: Desk, stage: Stage) -> None:
    question, event = await ask_on_matrix(stage)
    sent = []
    for answer in ("0", "1"):
        content = {"org.matrix.msc3381.poll.response": {"answers": [answer]}}
        content["m.relates_to"] = {"rel_type": "m.reference", "event_id": event}  # type: ignore[dict-item]
        sent.append(await stage.grace.send_raw(stage.room, "org.matrix.msc3381.poll.response", content))
    schools = desk.matrix.option(question, "Schools")
    await expect(schools).to_contain_text("100% · 1")
    await stage.grace.redact(stage.room, sent[1])
    await expect(schools).to_contain_text("0% · 0")
    await expect(desk.matrix.option(question, "Climate")).to_contain_text("100% · 1")


async def test_a_link_to_the_bot_opens_the_private_chat_of_who_follows_it(desk: Desk, stage: Stage) -> None:
    url = f"https://t.me/{stage.account.username}?start=roles"
    text = "Vote in private"
    link = {"type": "text_link", "offset": 0, "length": len(text), "url": url}
    await call(stage, "sendMessage", chat_id=stage.group.id, text=text, entities=[link])
    await desk.telegram.be("Mehmet Kaya")
    await desk.telegram.message(text).get_by_role("link", name=text).click()
    private = desk.telegram.root.get_by_role("button", name="Intercity (private)")
    await expect(private).to_have_attribute("aria-pressed", "true")
    await expect(desk.telegram.message("/start roles")).to_be_visible()
    await desk.telegram.open(stage.group.title)
    await expect(desk.telegram.message("/start roles")).to_have_count(0)

    await stage.tom.say(stage.room, "write to it", f'<a href="https://matrix.to/#/{stage.bot_id}">Write to it</a>')
    await desk.matrix.be("Ruth Bennett")
    await desk.matrix.message("Write to it").get_by_role("link", name="Write to it").click()
    await expect(desk.matrix.root.locator(".message.bot")).not_to_have_count(0)


async def test_a_picture_grows_when_tapped_and_says_what_it_shows(phone: Desk, stage: Stage) -> None:
    url = await stage.tom.upload(png(1200, 900), "result.png", "image/png")
    info = {"mimetype": "image/png", "size": 100}
    content = {"msgtype": "m.image", "body": "Poll 1", "filename": "result.png", "url": url, "info": info}
    await stage.tom.send_raw(stage.room, "m.room.message", content | {ALT: ALTERNATIVE})
    await phone.tab.locator(".switch").get_by_role("button", name="Matrix").tap()
    picture = phone.matrix.root.get_by_role("img", name=ALTERNATIVE).last
    await picture.tap()
    dialog = phone.tab.get_by_role("dialog")
    await expect(dialog.get_by_role("img", name=ALTERNATIVE)).to_have_js_property("naturalWidth", 1200)
    await expect(dialog.locator("figcaption")).to_have_text(ALTERNATIVE)
    assert await phone.tab.evaluate("document.documentElement.scrollWidth") == 390
    await dialog.get_by_role("button", name="Close").tap()
    await expect(dialog).to_be_hidden()


async def test_twelve_buttons_fit_on_a_phone(phone: Desk, stage: Stage) -> None:
    """Each is as large as a thumb and lies within the screen."""
    labels = [f"{number} Nachhaltige Städte und Gemeinden" for number in range(1, 13)]
    rows = [[{"text": label, "callback_data": f"x:{number}"}] for number, label in enumerate(labels)]
    markup = {"inline_keyboard": rows}
    await call(stage, "sendMessage", chat_id=stage.group.id, text="A card of twelve", reply_markup=markup)
    card = phone.telegram.message("A card of twelve")
    for label in labels:
        button = card.get_by_role("button", name=label, exact=True)
        await button.scroll_into_view_if_needed()
        size = await button.bounding_box()
        assert size
        assert size["height"] >= 44
        assert size["x"] + size["width"] <= 390
    question, _ = await ask_on_telegram(stage)
    option = phone.telegram.option(question, "Transport")
    await option.tap()
    await expect(option).to_contain_text("100% · 1")
    size = await option.bounding_box()
    assert size
    assert size["height"] >= 44
