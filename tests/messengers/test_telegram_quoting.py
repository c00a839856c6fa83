"""An answer that begins with a part of what it answers quotes that natively, where Telegram finds it there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.model import Post, Quote, Replace, RichText, bold, rich
from tests.messengers.telegram_scene import ANNA, TelegramScene, scene, send


@pytest.fixture
async def here() -> AsyncIterator[TelegramScene]:
    async with scene() as made:
        yield made


async def answer(here: TelegramScene, text: RichText) -> tuple[str, dict[str, Any]]:
    """Answer what Ben has said, and return the id and the message."""
    (said,) = here.talk("Trees or bushes?")
    sent = await here.messenger.deliver(send(here.chat, text, author=ANNA, reply_to=said))
    return sent.id, here.server.messages(here.group)[-1]


async def test_a_part_is_quoted_natively_also_after_an_edit(here: TelegramScene) -> None:
    quote = Quote(rich("bushes"))
    id, message = await answer(here, (quote, *rich("Rather not")))
    assert message["text"] == "Anna Weber · Köln · mayor: Rather not"
    assert (message["quote"]["text"], message["reply_to_message"]["text"]) == ("bushes", "Trees or bushes?")
    for words in ("Never", "Never"):
        post = Post((quote, *rich(words)), ANNA)
        await here.messenger.deliver(Replace(chat=here.chat, id=id, post=post, token=words))
        assert here.server.messages(here.group)[-1]["text"] == "Anna Weber · Köln · mayor: Never"


@pytest.mark.parametrize("quoted", [rich("hedges"), rich(bold("bushes")), rich("x" * 1025)], ids=str)
async def test_what_is_not_found_there_stays_in_the_text(here: TelegramScene, quoted: RichText) -> None:
    id, message = await answer(here, (Quote(quoted), *rich("Rather not")))
    assert "quote" not in message
    assert message["text"].endswith("Rather not")
    assert "blockquote" in {each["type"] for each in message["entities"]}
    post = Post((Quote(quoted), *rich("Never")), ANNA)
    await here.messenger.deliver(Replace(chat=here.chat, id=id, post=post, token="e"))
    edited = here.server.messages(here.group)[-1]
    assert edited["text"].endswith("Never")
    assert "blockquote" in {each["type"] for each in edited["entities"]}


async def test_a_quotation_alone_is_a_text(here: TelegramScene) -> None:
    _id, message = await answer(here, (Quote(rich("bushes")),))
    assert "quote" not in message
    assert message["text"].endswith("bushes")
