"""vCards (RFC 6350, and its predecessors 2.1 and 3.0), the files of address books. What is in them is untrusted."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.model import ContactDetail, Link, RichText, Text
from bot.text.characters import utf8_safe

_LINE = re.compile(
    r"(?:[\w-]+\.)?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?P<params>(?:;[^:]*)?):(?P<value>.*)", re.ASCII | re.DOTALL
)
_FOLD = re.compile(r"\r?\n[ \t]")
_SOFT_BREAK = re.compile(r"=\r?\n")
_NUMBER = re.compile(r"\+?\d[\d .()/-]{1,30}")
_HIDDEN = frozenset({"BEGIN", "END", "VERSION", "PRODID", "REV", "UID", "FN", "N", "TEL", "SOURCE", "KIND", "XML"})
"""Properties that say nothing about the contact, or nothing besides the name and the numbers."""
_BINARY = frozenset({"PHOTO", "LOGO", "SOUND", "KEY"})
_ADDRESSES = {"EMAIL": "mailto:", "URL": ""}
_MOST = 40
"""Properties that are shown."""
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a vCard: its name in capitals, and its value as plain text."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Card:
    """The one contact of a vCard: its name as shown, its first and last name, its numbers, and all properties."""

    name: str
    first: str
    last: str
    phones: tuple[str, ...]
    properties: tuple[Property, ...]


def read_card(text: str) -> Card | None:
    """Return the contact of a vCard; None if it is none, or holds several."""
    found = list(_properties(text))
    if [each.name for each in found].count("BEGIN") != 1 or Property("BEGIN", "VCARD") not in found:
        return None
    named = {each.name: each.value for each in reversed(found)}
    last, first = (*(part.strip() for part in named.get("N", "").split(";")), "", "")[:2]
    name = named.get("FN", "").strip() or " ".join(filter(None, (first, last))) or named.get("ORG", "")
    phones = dict.fromkeys(each.value.removeprefix("tel:").strip() for each in found if each.name == "TEL")
    return Card(name, first, last, tuple(filter(None, phones)), tuple(found))


def contact_details(text: str, phone: str = "") -> tuple[tuple[str, ...], tuple[ContactDetail, ...]]:
    """Return the numbers of a vCard, with `phone` before them, and what else it says: nothing is left out."""
    card = read_card(text)
    given = card.phones if card else ()
    numbers = {dialled(each): each for each in (*reversed(given), phone) if each.strip()}
    shown = [each for each in card.properties if each.name not in _HIDDEN and each.value.strip()] if card else []
    return tuple(reversed(numbers.values())), tuple(map(_detail, shown[:_MOST]))


def dialled(phone: str) -> str:
    """Return a number as it is dialled: a leading plus and digits; empty if it is none."""
    return re.sub(r"[^\d+]", "", phone) if _NUMBER.fullmatch(phone.strip()) else ""


def phone_link(phone: str) -> Link | Text:
    """Return a number that a tap calls (RFC 3966), if it is one."""
    number = dialled(phone)
    return Link(f"tel:{number}", (Text(phone),)) if number else Text(phone)


def _detail(property: Property) -> ContactDetail:
    value: RichText = (Text(property.value[:_LONGEST]),)
    if property.name in _ADDRESSES and not re.search(r"\s", property.value):
        value = (Link(_ADDRESSES[property.name] + property.value.removeprefix("mailto:"), value),)
    return ContactDetail(property.name, () if property.name in _BINARY else value)


def _properties(text: str) -> Iterator[Property]:
    """Yield the properties in order, decoded."""
    unfolded = _FOLD.sub("", _joined(utf8_safe(text)))
    for line in unfolded.splitlines():
        if found := _LINE.fullmatch(line):
            yield Property(
                found["name"].upper(), _value(found["name"].upper(), found["params"].upper(), found["value"])
            )


def _joined(text: str) -> str:
    """Undo the soft line breaks of quoted-printable values (vCard 2.1)."""
    return _SOFT_BREAK.sub("", text) if "QUOTED-PRINTABLE" in text.upper() else text


def _value(name: str, params: str, value: str) -> str:
    if "QUOTED-PRINTABLE" in params:
        value = quopri.decodestring(value.encode()).decode("utf-8", "replace")
    if name in {"ADR", "ORG"}:  # structured: its parts stand apart
        value = ", ".join(filter(None, (part.strip() for part in re.split(r"(?<!\\);", value))))
    return re.sub(r"\\([\\,;:])", r"\1", re.sub(r"\\[nN]", "\n", value)).replace("\r", "").strip()
