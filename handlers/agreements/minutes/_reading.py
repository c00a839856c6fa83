"""Marked lines as people type them: `#agreed We plant 30 trees`, in English or German, several in one message."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.commands.arguments import Keys
from bot.commands.parse import LINE_BREAK
from bot.model import Link, Node, Pre, Quote, RichText, Span, plain
from bot.text.characters import fold
from handlers.agreements.actions._parsing import KEYS
from storage import LineKind

UNDO = "undo"
WORDS: Mapping[str, tuple[str, ...]] = {
    LineKind.TOPIC: ("topic", "thema"),
    LineKind.AGREED: ("agreed", "beschluss", "beschlossen"),
    LineKind.ACTION: ("action", "aufgabe"),
    LineKind.INFO: ("info",),
    LineKind.IDEA: ("idea", "idee"),
    LineKind.LINK: ("link",),
    UNDO: ("undo", "zurueck"),
}
"""The words that mark a line, folded: English first, then German."""
_IN_TWO_LANGUAGES = {LineKind.TOPIC, LineKind.AGREED, LineKind.INFO, LineKind.IDEA}

_MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words}
_MARKED = re.compile(r"\s*[#＃]\s?(?P<word>[^\W\d_]{2,20})(?=[\s:：]|$)\s*[:：]?\s*(?P<text>.*)")
_KEY = re.compile(r"\s*(?P<key>[^\W\d_]{2,20})\s*[:：]\s*(?P<value>\S.*)")
_KEY_FOLLOWS = re.compile(rf"{re.escape(LINE_BREAK)}(?=(?P<key>[^\W\d_]{{2,20}})\s*[:：])")
_ACTION_KEYS = {fold(word) for key, others in KEYS.items() for word in (key, *others)}
_NONE: Keys = {}
_MOST = 100
"""Marked lines that are looked at in one message."""
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line that begins with `#word`; `word` as typed.

    `second`: a language and the text in it, from a line below. `following`: the lines below that do not belong to it.
    """

    word: str
    text: str
    second: tuple[str, str] | None = None
    following: list[str] = field(default_factory=list, compare=False)

    @property
    def meaning(self) -> str:
        """A `LineKind`, UNDO, or empty if the word is none that is known."""
        return _MEANINGS.get(fold(self.word), "")

    @property
    def near(self) -> str:
        """The word that an unknown one probably means, or empty."""
        close = difflib.get_close_matches(fold(self.word), _MEANINGS, n=1, cutoff=_NEAR)
        return close[0] if close and not self.meaning else ""


def read(text: RichText, languages: Keys = _NONE) -> list[MarkedLine]:
    """Return the marked lines of a message whose word is known, or close to one that is.

    A line below that begins with one of the `languages` (`de: …`) is its text in that one; below one that makes an
    action point, this and the other keys of action points belong to what is typed. A quotation or a block of code is
    somebody else's text: no line in it is one.
    """
    named = {fold(word): language for language, others in languages.items() for word in (language, *others)}
    found: list[MarkedLine] = []
    for line in _split(_own_words(text), {*named, *_ACTION_KEYS}):
        marked = _MARKED.fullmatch(line)
        if marked and len(found) == _MOST:
            break
        if marked:
            found.append(MarkedLine(marked["word"], " ".join(marked["text"].split())))
        elif found and line.strip():
            found[-1] = _continued(found[-1], line, named)
    return [each for each in found if each.meaning or each.near]


def _split(text: str, keys: Collection[str]) -> list[str]:
    """Return the lines of a text, in which ` | ` before one of the keys is a line break."""
    return _KEY_FOLLOWS.sub(lambda found: "\n" if fold(found["key"]) in keys else found[0], text).split("\n")


def _continued(marked: MarkedLine, line: str, languages: Mapping[str, str]) -> MarkedLine:
    """Return a marked line with the line below it."""
    key = _KEY.fullmatch(line)
    word = fold(key["key"]) if key else ""
    if key and marked.meaning == LineKind.ACTION and (word in _ACTION_KEYS or word in languages):
        return replace(marked, text=f"{marked.text}\n{line.strip()}")
    if key and marked.meaning in _IN_TWO_LANGUAGES and word in languages and marked.second is None:
        return replace(marked, second=(languages[word], " ".join(key["value"].split())))
    marked.following.append(line.strip())
    return marked


def _own_words(nodes: Sequence[Node]) -> str:
    """Return a text without quotations, and with the addresses of its links."""
    return "".join(map(_shown, nodes))


def _shown(node: Node) -> str:
    match node:
        case Quote() | Pre():
            return "\n"
        case Link() if node.url.startswith(("http://", "https://")):
            label = plain(node.children)
            return node.url if label in node.url else f"{label} ({node.url})"
        case Span() | Link():
            return _own_words(node.children)
        case _:
            return plain((node,))
