"""Both conversions as the relay makes them, and what must hold of every result."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from html.parser import HTMLParser
from random import Random
from time import process_time
from typing import TypeVar

from bot.sandbox.telegram import entities as emulated
from bot.text import html, telegram
from bot.text.characters import BIDI, clean_text, units
from bot.text.names import guard
from bot.text.pings import without_pings
from bot.text.telegram import Entity
from tests.text.random_texts import random_html, random_message
from tests.text.trees import ink

_ALLOWED: dict[str, dict[str, str]] = {
    **{tag: {} for tag in ("strong", "em", "u", "del", "pre", "blockquote")},
    "code": {"class": r"language-\S+"},
    "span": {"data-mx-spoiler": ""},
    "a": {"href": r"(?:https?://|ftp://|mailto:|magnet:|matrix:)\S+"},
}
"""What the specification of Matrix allows, as far as it is used: attributes with what their values match."""
_PILL = re.compile(r"https?://matrix\.to/#/(?:@|%40)|matrix:u/", re.IGNORECASE)
T = TypeVar("T")
_BIDI = re.compile(f"[{BIDI}]")


class StrictReader(HTMLParser):
    """An HTML parser that accepts only what is well-formed and allowed; collects text and links."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            assert not attrs
            self.words.append("\n")
            return
        allowed = _ALLOWED[tag]
        assert all(re.fullmatch(allowed[name], value or "") for name, value in attrs), attrs
        self.links += [value or "" for name, value in attrs if name == "href"]
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{tag} is closed out of turn"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def to_matrix(text: str, entities: Sequence[Entity]) -> tuple[str, str]:
    """Return the HTML and the plain text of what somebody wrote on Telegram."""
    tree = guard(telegram.parse(text, entities))
    return html.render(tree), html.plain_body(tree)


def to_telegram(source: str) -> tuple[str, list[Entity]]:
    """Return the text and the entities of what somebody wrote on Matrix."""
    return without_pings(*telegram.render(guard(html.parse(source))))


def check_to_matrix(text: str, entities: Sequence[Entity], made: tuple[str, str]) -> None:
    """Check that no word is lost, that the HTML is valid, and that it mentions nobody."""
    read = StrictReader(made[0])
    kept = iter(ink("".join(read.words)))
    assert all(char in kept for char in ink(_BIDI.sub("", clean_text(text)))), "something is lost"
    assert not set(filter(_PILL.match, read.links)) - {each.url for each in entities}


def check_to_telegram(made: tuple[str, list[Entity]]) -> None:
    """Check that Telegram takes the entities as they are, and finds no mention in the text."""
    text, entities = made
    given = [_as_json(each) for each in entities]
    stored, found = emulated.normalise(text, given, lambda _user: False)
    assert ink(_BIDI.sub("", stored)) == ink(_BIDI.sub("", text))
    assert not {each["type"] for each in found} & {"mention", "text_mention"}
    assert [each.offset for each in entities] == sorted(each.offset for each in entities)
    assert all(0 <= each.offset < each.offset + each.length <= units(text) for each in entities)


def _as_json(entity: Entity) -> dict[str, object]:
    known = {"type": entity.type, "offset": entity.offset, "length": entity.length}
    more = {"url": entity.url, "language": entity.language, "unix_time": entity.unix_time}
    return known | {name: value for name, value in more.items() if value}


def cross_at_random(random: Random, count: int) -> tuple[list[float], list[float]]:
    """Convert `count` random texts both ways and check them; return the seconds that each took."""
    there, back = [], []
    for _ in range(count):
        message, source = random_message(random), random_html(random)
        for_matrix, seconds = timed(partial(to_matrix, *message))
        there.append(seconds)
        for_telegram, seconds = timed(partial(to_telegram, source))
        back.append(seconds)
        check_to_matrix(*message, for_matrix)
        check_to_telegram(for_telegram)
    return there, back


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return the result of some work, and the seconds of processor time that it took."""
    begin = process_time()
    return work(), process_time() - begin
