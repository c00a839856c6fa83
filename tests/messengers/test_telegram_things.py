"""Places, contacts, dice, polls, and what only Telegram has."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.messengers.telegram.richmessages import text_of_rich
from bot.model import (
    Account,
    Attachment,
    Checklist,
    Contact,
    ContactDetail,
    Dice,
    Edit,
    Giveaway,
    Invoice,
    Link,
    LiveLocation,
    Location,
    Mention,
    Moment,
    Node,
    PaidMedia,
    PollChoice,
    PollClosed,
    PollSnapshot,
    Pre,
    Quote,
    Task,
    Text,
    bold,
    plain,
    rich,
)
from bot.sandbox.telegram import Json
from tests.messengers.test_telegram_conversion import CHANNEL, DATE, NOW, SAID, SIZED, converted, message, said

ACCOUNT = Account.parse("telegram:4711")
HALL = {"latitude": 50.94, "longitude": 6.96}
DRAWN = int(datetime(2026, 12, 24, tzinfo=UTC).timestamp())
CARD = (
    "BEGIN:VCARD\nVERSION:3.0\nN:Miller;Ben\nFN:Ben Miller\nTEL;TYPE=CELL:+49 221 1\nTEL:0221/2\n"
    "EMAIL:ben@koeln.de\nORG:Stadt Köln;Amt 66\nEND:VCARD"
)
DETAILS = (
    ContactDetail("EMAIL", (Link("mailto:ben@koeln.de", rich("ben@koeln.de")),)),
    ContactDetail("ORG", rich("Stadt Köln, Amt 66")),
)


@pytest.mark.parametrize(
    ("content", "expected", "text"),
    [
        ({"location": HALL}, Attachment("location", thing=Location(50.94, 6.96)), ""),
        (
            {"location": HALL, "venue": {"location": HALL, "title": "Town hall", "address": "Markt 1"}},
            Attachment("location", "Town hall", thing=Location(50.94, 6.96, "Town hall", "Markt 1")),
            "",
        ),
        (
            {"location": HALL | {"live_period": 900}},
            Attachment("location", thing=LiveLocation(Location(50.94, 6.96), SAID + timedelta(minutes=15))),
            "",
        ),
        (
            {"location": HALL | {"live_period": 0x7FFFFFFF}},
            Attachment("location", thing=LiveLocation(Location(50.94, 6.96))),
            "",
        ),
        (
            {"contact": {"phone_number": "+49 1", "first_name": "Ben"}},
            Attachment("contact", "Ben", thing=Contact("Ben", ("+49 1",))),
            "",
        ),
        (
            {"contact": {"phone_number": "+492211", "first_name": "Ben", "last_name": "Miller", "vcard": CARD}},
            Attachment("contact", "Ben Miller", thing=Contact("Ben Miller", ("+492211", "0221/2"), DETAILS)),
            "",
        ),
        ({"dice": {"emoji": "🎲", "value": 4}}, Attachment("dice", "🎲", thing=Dice("🎲", 4)), ""),
        ({"story": {"chat": CHANNEL, "id": 1}}, Attachment("story", "City news"), ""),
        (
            {"paid_media": {"star_count": 5, "paid_media": [{"type": "preview"}]}},
            Attachment("paid_media", thing=PaidMedia(1, 5)),
            "",
        ),
        ({"game": {"title": "Chess", "description": "x", "photo": [SIZED]}}, Attachment("game", "Chess"), "x"),
        (
            {
                "checklist": {
                    "title": "To do",
                    "tasks": [{"id": 1, "text": "Trees"}, {"id": 2, "text": "Bikes", "completion_date": DATE}],
                }
            },
            Attachment("checklist", "To do", thing=Checklist((Task(rich("Trees"), False), Task(rich("Bikes"), True)))),
            "",
        ),
        (
            {
                "invoice": {
                    "title": "Ticket", "description": "One day", "currency": "EUR", "total_amount": 1250,
                    "start_parameter": "x",
                }
            },
            Attachment("invoice", "Ticket", thing=Invoice(1250, "EUR")),
            "One day",
        ),
        (
            {
                "giveaway": {
                    "chats": [CHANNEL], "winners_selection_date": DRAWN, "winner_count": 3,
                    "prize_description": "Books",
                }
            },
            Attachment("giveaway", thing=Giveaway(3, datetime(2026, 12, 24, tzinfo=UTC))),
            "Books",
        ),
    ],
)  # fmt: skip
def test_what_is_no_file(content: Json, expected: Attachment, text: str) -> None:
    event = said(**content)
    assert (event.attachment, plain(event.text)) == (expected, text)


def test_a_poll_as_it_stands() -> None:
    poll: Json = {
        "id": "1", "question": "Where?", "options": [], "total_voter_count": 0, "is_closed": False,
        "is_anonymous": True, "type": "regular", "allows_multiple_answers": True, "allows_revoting": True,
        "members_only": False,
    }  # fmt: skip
    poll["options"] = [{"text": text, "voter_count": 0, "persistent_id": text} for text in ("Park", "Hall")]
    asked = PollSnapshot(
        question=rich("Where?"),
        options=(PollChoice(rich("Park")), PollChoice(rich("Hall"))),
        multiple=True,
        anonymous=True,
        voters=0,
        poll="1",
    )
    assert said(poll=poll).attachment == Attachment("poll", "Where?", thing=asked)
    poll["options"][1]["voter_count"] = 2
    poll |= {"type": "quiz", "is_closed": True, "total_voter_count": 2}
    attached = said(poll=poll).attachment
    assert attached
    assert isinstance(attached.thing, PollSnapshot)
    assert (attached.thing.quiz, attached.thing.closed, attached.thing.voters) == (True, True, 2)
    assert [each.votes for each in attached.thing.options] == [0, 2]

    [closed] = converted({"poll": poll})
    assert closed == PollClosed(id="5", poll="1", at=NOW, attachment=attached)
    assert converted({"poll": poll | {"is_closed": False}}) == []


def test_a_live_location_moves_and_ends() -> None:
    ended = datetime.fromtimestamp(DATE + 60, UTC)
    for more, live in (
        ({"live_period": 900}, LiveLocation(Location(50.94, 6.96), SAID + timedelta(minutes=15))),
        ({}, LiveLocation(Location(50.94, 6.96), ended, ended=True)),
    ):
        [edit] = converted({"edited_message": message(location=HALL | more, edit_date=DATE + 60)})
        assert isinstance(edit, Edit)
        assert edit.attachment == Attachment("location", thing=live)


def test_a_rich_message_is_text_with_its_structure() -> None:
    table = (("City", "Trees"), ("Köln", "5"))
    style = {"align": "left", "valign": "top"}
    cells = [[{"text": cell, "is_header": row == 0} | style for cell in cells] for row, cells in enumerate(table)]
    blocks = [
        {"type": "heading", "text": "Plan", "size": 1},
        {"type": "paragraph", "text": ["See ", {"type": "bold", "text": "page <5>"}]},
        {"type": "list", "items": [{"label": "•", "blocks": [{"type": "paragraph", "text": "Trees"}]}]},
        {"type": "pre", "text": "x = 1", "language": "python"},
        {"type": "blockquote", "blocks": [{"type": "paragraph", "text": "Ja"}]},
        {"type": "table", "cells": cells},
        {"type": "footer", "text": [{"type": "email_address", "text": "us", "email_address": "a@b.de"}]},
    ]
    event = said(rich_message={"blocks": blocks})
    assert event.attachment is None
    assert bold("Plan") in event.text
    assert bold("page <5>") in event.text
    assert Pre("x = 1", "python") in event.text
    assert Quote(rich("Ja")) in event.text
    assert Link("mailto:a@b.de", rich("us")) in event.text
    assert all(isinstance(each, Text) or plain((each,)) for each in event.text)
    assert [line for line in plain(event.text).splitlines() if line] == [
        "Plan", "See page <5>", "• Trees", "x = 1", "Ja", "City  Trees", "───────────", "Köln      5", "us",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("piece", "node"),
    [
        (
            {"type": "text_mention", "user": {"id": 4711, "is_bot": False, "first_name": "A"}},
            Mention(ACCOUNT, rich("x")),
        ),
        ({"type": "date_time", "unix_time": 86400, "date_time_format": "wDT"}, Moment(86400, "x", "wDT")),
        ({"type": "text_mention"}, Text("x")),
        ({"type": "date_time", "unix_time": "never"}, Text("x")),
        ({"type": "url", "url": "x-mention:4711"}, Text("x")),
        ({"type": "url", "url": "https://example.org"}, Link("https://example.org", rich("x"))),
        ({"type": "mathematical_expression", "expression": "x^2 \\le \\alpha"}, Text("x² ≤ α")),
        ({"type": "superscript"}, Text("x")),
    ],
)
def test_a_rich_text_has_what_entities_have(piece: Json, node: Node) -> None:
    paragraph = {"type": "paragraph", "text": [{"text": "x"} | piece]}
    assert text_of_rich({"blocks": [paragraph]}) == (node,)


def test_details_of_a_rich_message_are_folded() -> None:
    inner = [{"type": "paragraph", "text": "more"}]
    details = {"type": "details", "summary": "S", "blocks": inner}
    assert text_of_rich({"blocks": [details]}) == (bold("S"), Quote(rich("more"), folded=True))


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"blocks": [{"type": "unheard_of", "text": {"type": "unheard_of", "text": "x"}}]}, "x"),
        ({"blocks": [{"type": "table", "cells": 5}, "x", {"type": "list", "items": [{"blocks": 7}]}]}, ""),
        ({"blocks": {"type": "paragraph"}}, ""),
        (None, ""),
    ],
)
def test_a_rich_message_may_hold_anything(message: object, text: str) -> None:
    assert plain(text_of_rich(message)).strip() == text


def test_what_a_rich_message_shows_between_its_texts_is_mentioned() -> None:
    blocks = [{"type": "details", "summary": "More", "blocks": [{"type": "photo", "photo": [SIZED]}]}]
    event = said(rich_message={"blocks": blocks})
    assert (event.attachment, event.text) == (Attachment("embedded"), rich(bold("More")))
