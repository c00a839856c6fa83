"""What people send besides texts and files. All of it is untrusted, and no messenger reports every field.

Strings that are shown in the bot's own sentences are cleaned like names (`bot.text.foreign`); what may have links or
several lines is rich text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.model.richtext import RichText


@dataclass(frozen=True, slots=True)
class Location:
    """A point on the map, in degrees (WGS 84), with a name and an address if it has them."""

    latitude: float
    longitude: float
    title: str = ""
    address: str = ""

    @property
    def label(self) -> str:
        """What it is called: its name and address or, without them, its coordinates."""
        named = ", ".join(filter(None, (self.title, self.address)))
        return named or f"{self.latitude:.5f}, {self.longitude:.5f}"


@dataclass(frozen=True, slots=True)
class LiveLocation:
    """A location that moves, as it was last reported; None: not yet.

    `until`: when the sharing ends or, if it has `ended`, when it did; None: whenever the person ends it.
    """

    location: Location | None
    until: datetime | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ContactDetail:
    """What else a vCard says: the name of a property in capitals (RFC 6350, section 6), and its value."""

    name: str
    value: RichText


@dataclass(frozen=True, slots=True)
class Contact:
    """An entry of an address book."""

    name: str
    phones: tuple[str, ...] = ()
    details: tuple[ContactDetail, ...] = ()


@dataclass(frozen=True, slots=True)
class Dice:
    """The result of an animated emoji that shows a random value (Bot API, "Dice")."""

    emoji: str
    value: int


@dataclass(frozen=True, slots=True)
class PollChoice:
    """An option of a poll, with its votes so far; None: unknown."""

    text: RichText
    votes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSnapshot:
    """A native poll that people have made, as it stands. `multiple`: several options may be chosen.

    `quiz`: one option is right. `anonymous`: nobody sees who has voted for what. `voters`: how many have voted.
    `poll`: the messenger's id of it, where its end is reported by that alone (`PollClosed`).
    """

    question: RichText
    options: tuple[PollChoice, ...]
    multiple: bool = False
    quiz: bool = False
    anonymous: bool = False
    closed: bool = False
    voters: int | None = None
    poll: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """An entry of a checklist."""

    text: RichText
    done: bool


@dataclass(frozen=True, slots=True)
class Checklist:
    """A list of tasks."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Invoice:
    """A price, in the smallest units of a currency (ISO 4217; XTR: Telegram Stars)."""

    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Giveaway:
    """A draw of prizes; `drawn`: the winners are known."""

    winners: int
    at: datetime
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class PaidMedia:
    """A number of pictures and videos that cost Telegram Stars."""

    count: int
    stars: int


Thing: TypeAlias = Location | LiveLocation | Contact | Dice | PollSnapshot | Checklist | Invoice | Giveaway | PaidMedia
