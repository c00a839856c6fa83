"""Who comes and goes, and how a chat looks: as both messengers report it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.messengers.matrix.changes import change_of
from bot.messengers.matrix.raw import Raw
from bot.messengers.matrix.reading import EventReader
from bot.model import Account, ChatChange, ChatChangeKind, MessengerName, Sender
from bot.sandbox.telegram import Json
from tests.messengers.matrix_events import ANNA, ME, NOW, room, state
from tests.messengers.test_telegram_conversion import ANNA as PERSON
from tests.messengers.test_telegram_conversion import BOT, CHAT, OTHER, SAID, SENDER, SIZED, converted, message

BEN = {"id": 21, "is_bot": False, "first_name": "Ben"}
BEN_SENDER = Sender(Account(MessengerName.TELEGRAM, "21"), "Ben")
JOIN, LEAVE = {"membership": "join", "displayname": "Eve"}, {"membership": "leave"}
EVE = Sender(Account(MessengerName.MATRIX, "@eve:b"), "Eve")


@pytest.mark.parametrize(
    ("content", "kind", "people", "title"),
    [
        ({"new_chat_members": [PERSON, OTHER]}, ChatChangeKind.JOINED, (SENDER,), ""),
        ({"new_chat_members": [BEN, PERSON]}, ChatChangeKind.JOINED, (BEN_SENDER, SENDER), ""),
        ({"left_chat_member": PERSON}, ChatChangeKind.LEFT, (SENDER,), ""),
        ({"left_chat_member": BEN}, ChatChangeKind.REMOVED, (BEN_SENDER,), ""),
        ({"new_chat_title": "Köln"}, ChatChangeKind.TITLE, (), "Köln"),
        ({"new_chat_photo": [SIZED]}, ChatChangeKind.PHOTO, (), ""),
        ({"delete_chat_photo": True}, ChatChangeKind.PHOTO, (), ""),
    ],
)
def test_on_telegram(content: Json, kind: ChatChangeKind, people: tuple[Sender, ...], title: str) -> None:
    change = ChatChange(id="5", chat=CHAT, sender=SENDER, at=SAID, kind=kind, people=people, title=title)
    assert converted({"message": message(**content)}) == [change]


@pytest.mark.parametrize(
    "content", [{"new_chat_members": [BOT, OTHER]}, {"left_chat_member": OTHER}, {"new_chat_title": "x", "from": BOT}]
)
def test_bots_are_left_out(content: Json) -> None:
    assert converted({"message": message(**content)}) == []


def changed(type: str, content: Any, before: Any = None, key: str = "", sender: str = ANNA) -> ChatChange | None:
    unsigned = {"unsigned": {"prev_content": before}} if before else {}
    group = room(state("m.room.name", {"name": "Köln"}))
    return change_of(EventReader(group, ME, NOW), state(type, content, key, sender, **unsigned))


@pytest.mark.parametrize(
    ("content", "before", "sender", "kind"),
    [
        (JOIN, None, "@eve:b", ChatChangeKind.JOINED),
        (JOIN, {"membership": "invite"}, "@eve:b", ChatChangeKind.JOINED),
        (LEAVE, JOIN, "@eve:b", ChatChangeKind.LEFT),
        (LEAVE, JOIN, ANNA, ChatChangeKind.REMOVED),
        ({"membership": "ban"}, JOIN, ANNA, ChatChangeKind.REMOVED),
    ],
)
def test_on_matrix(content: Raw, before: Raw | None, sender: str, kind: ChatChangeKind) -> None:
    change = changed("m.room.member", content, before, "@eve:b", sender)
    assert change
    assert (change.kind, change.people, change.id) == (kind, (EVE,), "$s:change")


@pytest.mark.parametrize(
    ("content", "before", "key"),
    [
        (JOIN, JOIN | {"displayname": "Eva"}, "@eve:b"),
        ({"membership": "invite"}, None, "@eve:b"),
        (LEAVE, {"membership": "invite"}, "@eve:b"),
        (JOIN, None, ME),
    ],
)
def test_a_new_name_an_invitation_and_the_bot_itself_are_no_arrival(content: Raw, before: Raw | None, key: str) -> None:
    assert changed("m.room.member", content, before, key) is None


def test_how_a_room_looks() -> None:
    title, photo = (
        changed("m.room.name", {"name": "Neu"}, {"name": "Alt"}),
        changed("m.room.avatar", {"url": "mxc://a/b"}),
    )
    assert title
    assert photo
    assert (title.kind, title.title, photo.kind) == (ChatChangeKind.TITLE, "Neu", ChatChangeKind.PHOTO)
    for type, content in (("m.room.name", {"name": "Neu"}), ("m.room.name", {"name": 5}), ("m.room.topic", {})):
        assert changed(type, content, content) is None
