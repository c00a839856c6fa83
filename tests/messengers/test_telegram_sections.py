"""Merged messages on Telegram: read back, changed, and replied to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot.messengers.base import PermanentError, UnknownOutcome
from bot.messengers.telegram import sections
from bot.model import Author, Message, Post, Remove, Replace, Section, Send, bold, rich
from bot.sandbox.telegram import Fault, Json
from bot.text.merging import Written, changed
from bot.text.telegram import Entity
from tests.messengers.telegram_scene import TelegramScene, scene

GRACE = Author("Grace Miller", "Indianapolis")
REMOVE_SECOND = Section(1, 3)


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as it:
        yield it


async def merged(here: TelegramScene, *texts: str) -> str:
    first, *more = (Post(rich(bold(text), " @anna #plan"), GRACE) for text in texts)
    return (await here.messenger.deliver(Send(chat=here.chat, post=first, token="t1", more=tuple(more)))).id


def shown(here: TelegramScene) -> Json:
    """Return the last message."""
    return here.server.messages(here.group)[-1]


def remove(here: TelegramScene, id: str) -> Remove:
    return Remove(chat=here.chat, id=id, token="t2", section=REMOVE_SECOND)


async def test_styles_stay_with_their_words(here: TelegramScene) -> None:
    id = await merged(here, "one", "two", "three")
    await here.messenger.deliver(remove(here, id))
    message = shown(here)
    bolds = [each for each in message["entities"] if each["type"] == "bold"]
    assert [message["text"][each["offset"] :][: each["length"]] for each in bolds] == [
        "Grace Miller · Indianapolis:",
        "one",
        "Grace Miller · Indianapolis:",
        "three",
    ]


async def test_a_section_whose_entities_telegram_does_not_take_is_plain(
    here: TelegramScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(message: Written, section: Section, post: Post | None) -> Written:
        wanted = changed(message, section, post)
        link = Entity("text_link", len(wanted.text) - 5, 5, url="https://example.org/three")
        return replace(wanted, entities=(*wanted.entities, link, Entity("bold", 0, 9999)))

    id = await merged(here, "one", "two", "three")
    monkeypatch.setattr(sections, "changed", damaged)
    await here.messenger.deliver(remove(here, id))
    assert "two" not in shown(here)["text"]
    assert shown(here)["text"].endswith("#plan (https://example.org/three)")
    assert not [each for each in shown(here)["entities"] if each["type"] == "bold"]


@pytest.mark.parametrize("method", ["editMessageReplyMarkup", "editMessageText"])
async def test_a_change_whose_response_was_lost_is_repeated(here: TelegramScene, method: str) -> None:
    id = await merged(here, "one", "two", "three")
    here.server.faults.once(Fault.RESET, method=method)
    with pytest.raises(UnknownOutcome):
        await here.messenger.deliver(remove(here, id))
    await here.messenger.deliver(remove(here, id))
    assert "two" not in shown(here)["text"]
    assert "three" in shown(here)["text"]
    assert "reply_markup" not in shown(here)


async def test_nothing_is_left_of_a_change_that_fails(here: TelegramScene) -> None:
    id = await merged(here, "one", "two")
    before = shown(here)
    with pytest.raises(PermanentError):
        await here.messenger.deliver(
            Replace(chat=here.chat, id=id, post=Post(rich("x" * 4090), GRACE), token="t2", section=Section(0, 2))
        )
    assert shown(here)["text"] == before["text"]
    assert "reply_markup" not in shown(here)


@pytest.mark.parametrize(("word", "section"), [("one", 0), ("three", 2)])
async def test_a_reply_says_which_section_it_quotes(here: TelegramScene, word: str, section: int) -> None:
    await merged(here, "one", "two", "three")
    number = shown(here)["message_id"]
    here.server.say(here.group, here.ben, "Yes", reply_to=number, quote=word)
    (event,) = await here.events(1)
    assert isinstance(event, Message)
    assert event.reply
    assert event.reply.section == section
