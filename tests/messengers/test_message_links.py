"""Addresses of messages are read and written as Telegram and Matrix do."""

from __future__ import annotations

import pytest

from bot.messengers.matrix import links as matrix
from bot.messengers.telegram import links as telegram
from bot.model import ChatRef, MessageRef, MessengerName

GROUP = ChatRef(MessengerName.TELEGRAM, "-1001234567890")
MESSAGE = MessageRef(GROUP, "telegram:-1001234567890/42")
ROOM = ChatRef(MessengerName.MATRIX, "!room:köln.example")
EVENT = MessageRef(ROOM, "$ev/ent:köln.example")


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/c/1234567890/42",
        "http://www.t.me/c/1234567890/42/",
        "t.me/c/1234567890/7/42",
        "https://t.me/c/1234567890/42?single",
        "https://t.me/c/1234567890/42?thread=7",
        "https://telegram.me/KoelnTeam/42",
        "https://t.me/s/koelnteam/42",
        "https://t.me/koelnteam/7/42?single&t=5",
        "tg://privatepost?channel=1234567890&post=42&thread=7",
        "tg://resolve?domain=koelnteam&post=42",
    ],
)
def test_what_telegram_links_to(url: str) -> None:
    assert telegram.linked(url, {"koelnteam": GROUP.id}) == MESSAGE


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/koelnteam/42?comment=5",
        "https://t.me/other_team/42",
        "https://t.me/koelnteam",
        "https://t.me/c/1234567890",
        "https://t.me/c/123/x",
        "https://t.me.example/c/1234567890/42",
        "https://t.me/c/12345678901234567/42",
        "tg://privatepost?channel=x&post=42",
        "tg://resolve?domain=koelnteam&post=²",
        "https://[t.me/c/1/2",
        "",
    ],
)
def test_other_addresses_lead_to_no_message_on_telegram(url: str) -> None:
    assert telegram.linked(url, {"koelnteam": GROUP.id}) is None


def test_a_message_of_a_supergroup_has_an_address() -> None:
    assert telegram.link_to(MESSAGE) == "https://t.me/c/1234567890/42"
    topic = MessageRef(ChatRef(MessengerName.TELEGRAM, GROUP.id, "7"), MESSAGE.id)
    assert telegram.link_to(topic) == "https://t.me/c/1234567890/7/42"
    assert telegram.linked(telegram.link_to(topic), {}) == MESSAGE
    assert telegram.link_to(MessageRef(GROUP, "telegram:7/42")) == ""  # from before it was one
    assert telegram.link_to(MessageRef(ChatRef(MessengerName.TELEGRAM, "-44"), "telegram:7/42")) == ""


@pytest.mark.parametrize(
    "url",
    [
        "https://matrix.to/#/!room:köln.example/$ev/ent:köln.example?via=köln.example",
        "https://matrix.to/#/%21room:k%C3%B6ln.example/%24ev%2Fent%3Ak%C3%B6ln.example",
        "https://matrix.to/#/#team:köln.example/$ev%2Fent:köln.example",
        "https://app.element.io/#/room/!room:köln.example/$ev%2Fent:köln.example",
        "matrix:roomid/room:köln.example/e/ev%2Fent:köln.example?via=köln.example",
        "matrix:r/team:köln.example/event/ev%2Fent:köln.example",
    ],
)
def test_what_matrix_links_to(url: str) -> None:
    assert matrix.linked(url, {"#team:köln.example": ROOM.id}) == EVENT


@pytest.mark.parametrize(
    "url",
    [
        "https://matrix.to/#/!room:köln.example",
        "https://matrix.to/#/@anna:köln.example",
        "https://matrix.to/#/#other:köln.example/$event",
        "https://matrix.to/#/!room:köln.example/event",
        "https://matrix.to.example/#/!room:köln.example/$event",
        "matrix:u/anna:köln.example",
        "",
    ],
)
def test_other_addresses_lead_to_no_event(url: str) -> None:
    assert matrix.linked(url, {"#team:köln.example": ROOM.id}) is None


def test_an_event_has_an_address() -> None:
    url = matrix.link_to(EVENT, "@bot:köln.example:8448")
    assert url.endswith("?via=k%C3%B6ln.example:8448")
    assert matrix.linked(url, {}) == EVENT
    assert matrix.link_to(MessageRef(ROOM, "$x"), "") == "https://matrix.to/#/!room:k%C3%B6ln.example/$x"
