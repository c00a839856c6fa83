"""The part of a message that an answer quotes has to be in it, formatted as there."""

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.telegram import Json, SentFile
from tests.sandbox.bot_client import Refusal
from tests.sandbox.telegram_city import TelegramTown, town

TEXT = "🌳 trees and more trees"
BOLD = {"type": "bold", "offset": 9, "length": 8}


@pytest.fixture
async def here() -> AsyncIterator[TelegramTown]:
    async with town() as made:
        yield made
        assert made.server.violations == []


async def answer(here: TelegramTown, id: int, **quote: object) -> Json:
    reply = {"message_id": id, **quote}
    sent: Json = await here.api("sendMessage", chat_id=here.group.id, text="yes", reply_parameters=reply)
    return sent


@pytest.mark.parametrize(
    ("quote", "stored"),
    [
        ({"quote": "trees"}, {"text": "trees", "position": 3}),
        ({"quote": "trees", "quote_position": 16}, {"text": "trees", "position": 18}),
        (
            {"quote": "and", "quote_entities": [BOLD | {"offset": 0, "length": 3}]},
            {"text": "and", "position": 9, "entities": [BOLD | {"offset": 0, "length": 3}]},
        ),
    ],
)
async def test_a_quote_is_found(here: TelegramTown, quote: Json, stored: Json) -> None:
    said = here.server.say(here.group, here.anna, TEXT, entities=[BOLD])
    assert (await answer(here, said["message_id"], **quote))["quote"] == stored


async def test_a_caption_is_quoted_too(here: TelegramTown) -> None:
    sent = here.server.attach(here.group, here.anna, SentFile(caption="the old bridge"))
    assert (await answer(here, sent["message_id"], quote="bridge"))["quote"]["position"] == 8


@pytest.mark.parametrize("quote", ["woods", "and", "trees " * 200])
async def test_a_quote_that_is_not_there_is_refused(here: TelegramTown, quote: str) -> None:
    said = here.server.say(here.group, here.anna, TEXT, entities=[BOLD])
    with pytest.raises(Refusal, match="400 Bad Request: QUOTE_TEXT_INVALID"):
        await answer(here, said["message_id"], quote=quote)
