"""Things as text, in the languages of three cities."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.model import (
    Attachment,
    Checklist,
    Contact,
    ContactDetail,
    Dice,
    Giveaway,
    Invoice,
    Link,
    LiveLocation,
    Location,
    PaidMedia,
    PollChoice,
    PollSnapshot,
    Task,
    Thing,
    plain,
    rich,
)
from bot.relay.dice import thrown
from bot.relay.things import thing_text
from bot.text.catalogue import LocaleContext, render

KOELN = LocaleContext("de_DE", "Europe/Berlin")
LEEDS = LocaleContext("en_GB", "Europe/London")
INDY = LocaleContext("en_US", "America/Indiana/Indianapolis")
AT = datetime(2027, 1, 13, 13, 30, tzinfo=UTC)
HALL = Location(50.94, 6.96, "Rathaus", "Markt 1")
CHOICES = (PollChoice(rich("Park"), 2), PollChoice(rich("Halle"), 0))
POLL = PollSnapshot(question=rich("Wo?"), options=CHOICES, voters=2, anonymous=True)


def read(thing: Thing, reader: LocaleContext, name: str = "") -> list[str]:
    """Return the lines of a thing as a reader sees them."""
    told = thing_text(Attachment("x", name, thing=thing))
    assert told
    text = plain(render(told, reader)).replace("\u202f", " ").replace("\xa0", " ")
    return text.replace("\u2068", "").replace("\u2069", "").split("\n")


@pytest.mark.parametrize(
    ("thing", "reader", "expected"),
    [
        (HALL, KOELN, ["📍 Standort: Rathaus, Markt 1"]),
        (Location(50.94, 6.96), LEEDS, ["📍 Location: 50.94000, 6.96000"]),
        (LiveLocation(HALL, AT), KOELN, ["📍 Live-Standort bis 14:30 Uhr: Rathaus, Markt 1"]),
        (LiveLocation(HALL, AT), INDY, ["📍 Live location until 8:30 AM: Rathaus, Markt 1"]),
        (LiveLocation(HALL), LEEDS, ["📍 Live location: Rathaus, Markt 1"]),
        (LiveLocation(None, AT), LEEDS, ["📍 Live location until 13:30"]),
        (
            LiveLocation(HALL, AT, ended=True),
            KOELN,
            ["📍 Live-Standort, um 14:30 Uhr beendet. Zuletzt hier: Rathaus, Markt 1"],
        ),
        (LiveLocation(None, ended=True), LEEDS, ["📍 Live location, ended"]),
        (
            Contact(
                "Ben",
                ("+49 221 1",),
                (ContactDetail("ORG", rich("Stadt")), ContactDetail("PHOTO", ()), ContactDetail("X-AIM", rich("b"))),
            ),
            KOELN,
            ["📇 Kontakt: Ben", "Telefon: +49 221 1", "Organisation: Stadt",
             "Bild: nur im ursprünglichen Chat sichtbar", "X-aim: b"],
        ),
        (
            POLL,
            KOELN,
            ["📊 Umfrage: Wo?", "• Park: 2 Stimmen", "• Halle: 0 Stimmen", "Die Umfrage ist anonym.",
             "Abstimmen kann man nur im ursprünglichen Chat.", "Bisher haben 2 Personen abgestimmt."],
        ),
        (
            PollSnapshot(question=rich("Wo?"), options=(PollChoice(rich("Park")),), multiple=True, quiz=True),
            LEEDS,
            ["📊 Quiz: Wo?", "• Park", "Several answers may be chosen.",
             "Voting is possible only in the original chat."],
        ),
        (
            PollSnapshot(question=rich("Wo?"), options=CHOICES, voters=2, closed=True),
            INDY,
            ["📊 Poll: Wo?", "• Park: 2 votes", "• Halle: 0 votes", "The poll has ended: 2 people have voted."],
        ),
        (
            Checklist((Task(rich("Bäume"), True), Task(rich("Räder"), False))),
            KOELN,
            ["☑️ Checkliste: Plan", "• Bäume (erledigt)", "• Räder"],
        ),
        (
            Invoice(1250, "EUR"),
            KOELN,
            ["🧾 Rechnung: Plan, 12,50 €. Bezahlen kann man sie nur im ursprünglichen Chat."],
        ),
        (
            Invoice(100, "XTR"),
            LEEDS,
            ["🧾 Invoice: Plan, 100 Telegram Stars. It can be paid only in the original chat."],
        ),
        (
            Invoice(5, "XYZ"),
            LEEDS,
            ["🧾 Invoice: Plan, XYZ0.05. It can be paid only in the original chat."],
        ),
        (Giveaway(3, AT, drawn=True), KOELN, ["🎁 Verlosung: Alle 3 Gewinne sind gezogen."]),
        (
            PaidMedia(2, 1),
            KOELN,
            ["[2 Bilder und Videos für 1 Telegram-Stern – nur im ursprünglichen Chat sichtbar]"],
        ),
    ],
)  # fmt: skip
def test_what_others_read(thing: Thing, reader: LocaleContext, expected: list[str]) -> None:
    assert read(thing, reader, "Plan") == expected


def test_a_giveaway_says_when() -> None:
    (line,) = read(Giveaway(1, AT), KOELN)
    assert line.startswith("🎁 Verlosung: Am Mittwoch, 13. Januar 2027, 14:30")


def test_links_lead_to_the_map_and_to_the_phone() -> None:
    for thing, url in (
        (HALL, "https://www.openstreetmap.org/?mlat=50.94000&mlon=6.96000#map=16/50.94000/6.96000"),
        (Contact("Ben", ("+49 (221) 1-2",)), "tel:+4922112"),
    ):
        told = thing_text(Attachment("x", thing=thing))
        assert told
        assert [each.url for each in render(told, LEEDS) if isinstance(each, Link)] == [url]


@pytest.mark.parametrize(
    ("emoji", "value", "expected"),
    [
        ("🎲", 4, "🎲 Würfel: 4"),
        ("🎯", 1, "🎯 Darts: Scheibe verfehlt (1 von 6)"),
        ("🎯", 5, "🎯 Darts: Scheibe getroffen (5 von 6)"),
        ("🎯", 6, "🎯 Darts: Volltreffer (6 von 6)"),
        ("🎳", 1, "🎳 Bowling: 0 Pins (1 von 6)"),
        ("🎳", 2, "🎳 Bowling: 1 Pin (2 von 6)"),
        ("🎳", 6, "🎳 Bowling: Strike (6 von 6)"),
        ("🏀", 2, "🏀 Basketball: daneben (2 von 5)"),
        ("🏀", 3, "🏀 Basketball: am Ring hängen geblieben (3 von 5)"),
        ("🏀", 5, "🏀 Basketball: im Korb (5 von 5)"),
        ("⚽️", 2, "⚽ Fußball: daneben (2 von 5)"),
        ("⚽", 3, "⚽ Fußball: Tor (3 von 5)"),
        ("🎰", 1, "🎰 Spielautomat: Bar, Bar, Bar (1 von 64)"),
        ("🎰", 64, "🎰 Spielautomat: Sieben, Sieben, Sieben (64 von 64)"),
        ("🎰", 2, "🎰 Spielautomat: Trauben, Bar, Bar (2 von 64)"),
        ("🎰", 17, "🎰 Spielautomat: Bar, Bar, Trauben (17 von 64)"),
        ("🎻", 9, "🎻 Zufallswert: 9"),
        ("🎲", 7, "🎲 Zufallswert: 7"),
    ],
)
def test_dice_in_words(emoji: str, value: int, expected: str) -> None:
    shown = plain(render(thrown(Dice(emoji, value)), KOELN))
    assert shown.replace("\u2068", "").replace("\u2069", "") == expected
