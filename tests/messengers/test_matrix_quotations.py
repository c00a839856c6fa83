"""Bounded lookup of replied-to messages; no server needed."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import unquote

import pytest

from bot.messengers.matrix import quotations
from bot.messengers.matrix.api import Rejected, Unreachable
from bot.messengers.matrix.connection import MatrixConnection
from bot.messengers.matrix.quotations import MOST_LOOK_UPS, Quotations
from bot.messengers.matrix.raw import Raw
from bot.model import Account, ChatRef, Message, MessageRef, MessengerName, Reply, plain, rich
from tests.messengers.matrix_events import ANNA, attached, event, read, room, text

CHAT = ChatRef(MessengerName.MATRIX, "!room")


class Server:
    """A homeserver that knows some events."""

    def __init__(self, *events: Raw) -> None:
        self.events = {each["event_id"]: each for each in events}
        self.asked: Counter[str] = Counter()
        self.silent = False
        connection = SimpleNamespace(api=self, crypto=SimpleNamespace(decrypt=lambda _room, _event: None))
        self.quotations = Quotations(cast("MatrixConnection", connection), {"!room": room()}, lambda: datetime.now(UTC))

    async def call(self, _method: str, where: str, *, limit: float) -> Raw:  # noqa: ARG002 - as the real one
        id = unquote(where.rpartition("/")[2])
        self.asked[id] += 1
        if self.silent:
            await asyncio.sleep(3600)
        if id == "$down":
            raise Unreachable("away", perhaps_done=False)
        if id not in self.events:
            raise Rejected(404, "M_NOT_FOUND", "none")
        return self.events[id]

    async def answered(self, to: str) -> Reply:
        (message,) = await self.quotations.complete([answer(to)])
        assert isinstance(message, Message)
        assert message.reply
        return message.reply


def answer(to: str, id: str = "$answer", body: str = "> <@mayor:here> invented\n\nno") -> Message:
    relation = {"m.in_reply_to": {"event_id": to}}
    message = read(event(text(body, **{"m.relates_to": relation}), event_id=id))
    assert isinstance(message, Message)
    return message


async def test_author_and_words_come_from_the_event() -> None:
    server = Server(event(text("really said"), event_id="$q"))
    account = Account(MessengerName.MATRIX, ANNA)
    assert await server.answered("$q") == Reply(MessageRef(CHAT, "$q"), "Anna", rich("really said"), account)


@pytest.mark.parametrize("to", ["$nobody-has-it", "$down"])
async def test_what_cannot_be_seen_is_only_claimed(to: str) -> None:
    reply = await Server().answered(to)
    assert (reply.author, reply.excerpt, reply.account) == ("", (), None)
    assert plain(reply.claimed) == "invented"


async def test_an_event_under_another_id_is_none() -> None:
    server = Server(event(text("really said"), event_id="$q"))
    server.events["$other"] = server.events["$q"]
    assert (await server.answered("$other")).author == ""


def replaced(sender: str, content: Any) -> Raw:
    edit = event({"m.new_content": content, "m.relates_to": {"rel_type": "m.replace", "event_id": "$q"}}, sender=sender)
    return event(text("old"), event_id="$q", unsigned={"m.relations": {"m.replace": edit}})


async def test_what_was_edited_is_quoted_as_it_stands_now() -> None:
    assert plain((await Server(replaced(ANNA, text("new"))).answered("$q")).excerpt) == "new"
    assert plain((await Server(replaced("@eve:here", text("forged"))).answered("$q")).excerpt) == "old"


@pytest.mark.parametrize(
    "quoted",
    [
        event({}, event_id="$q", unsigned={"redacted_because": {}}),
        event({"algorithm": "m.megolm.v1.aes-sha2"}, "m.room.encrypted", event_id="$q"),
    ],
)
async def test_of_what_was_removed_or_cannot_be_read_there_is_only_the_author(quoted: Raw) -> None:
    reply = await Server(quoted).answered("$q")
    assert (reply.author, reply.excerpt, reply.claimed) == ("Anna", (), ())


async def test_a_file_and_a_long_text_are_quoted_in_short() -> None:
    server = Server(
        event({"msgtype": "m.image", "body": "a.png"}, event_id="$q"), event(text("x" * 999), event_id="$l")
    )
    assert (await server.answered("$q")).attachment == attached("photo", "a.png")
    assert len(plain((await server.answered("$l")).excerpt)) == 201


async def test_what_has_gone_by_is_not_asked_for_and_an_answer_is_asked_for_once() -> None:
    server = Server(event(text("older"), event_id="$q"))
    first = read(event(text("said"), event_id="$first"))
    events = await server.quotations.complete([first, answer("$first"), answer("$q"), answer("$q", "$again")])
    assert [plain(each.reply.excerpt) for each in events if isinstance(each, Message) and each.reply] == [
        "said",
        "older",
        "older",
    ]
    await server.answered("$q")
    assert server.asked == {"$q": 1}
    edit = {"m.new_content": text("new"), "m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}}
    await server.quotations.complete([read(event(edit, event_id="$edit"))])
    await server.answered("$first")
    assert server.asked["$first"] == 1, "what has been edited is looked at again"


async def test_a_batch_asks_for_a_limited_number_at_once() -> None:
    server = Server()
    await server.quotations.complete(
        [answer(f"$unknown{number}", f"$a{number}") for number in range(MOST_LOOK_UPS * 3)]
    )
    assert sum(server.asked.values()) == MOST_LOOK_UPS


async def test_case_108_a_silent_server_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotations, "LOOKUP_TIMEOUT", 0.05)
    server = Server()
    server.silent = True
    tasks = asyncio.all_tasks()
    async with asyncio.timeout(5):
        events = await server.quotations.complete(
            [answer(f"$unknown{each}", f"$a{each}") for each in range(MOST_LOOK_UPS)]
        )
        assert all(isinstance(each, Message) and each.reply and plain(each.reply.claimed) for each in events)
        asked = server.asked.copy()
        await server.quotations.complete([answer("$one more")])
    assert server.asked == asked, "it is not asked again at once"
    assert asyncio.all_tasks() == tasks, "nothing is left behind"
