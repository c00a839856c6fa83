"""Marked lines as people type them: `#agreed We plant 30 trees`, in English or German, several in one message."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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

_MEANINGS = {word: meaning for meaning, words in WORDS.items() for word in words}
_MARKED = re.compile(r"\s*[#＃]\s?(?P<word>[^\W\d_]{2,20})(?=[\s:：]|$)\s*[:：]?\s*(?P<text>.*)")
_KEY = re.compile(r"\s*(?P<key>[^\W\d_]{2,20})\s*[:：]\s*\S")
_ACTION_KEYS = {fold(word) for key, others in KEYS.items() for word in (key, *others)}
_NEAR = 0.7


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line that begins with `#word`; `word` as typed. `following`: the lines after it that have no mark."""

    word: str
    text: str
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


def read(text: RichText) -> list[MarkedLine]:
    """Return the marked lines of a message whose word is known, or close to one that is.

    Lines below one that makes an action point belong to it if they begin with one of its keys (`lead: Köln`).
    A quotation or a block of code is somebody else's text: no line in it is one.
    """
    found: list[MarkedLine] = []
    for line in _own_words(text).split("\n"):
        marked = _MARKED.fullmatch(line)
        if marked:
            found.append(_line(marked))
        elif found and found[-1].meaning == LineKind.ACTION and _has_key(line):
            found[-1] = replace(found[-1], text=f"{found[-1].text}\n{line.strip()}")
        elif found and line.strip():
            found[-1].following.append(line.strip())
    return [each for each in found if each.meaning or each.near]


def _line(marked: re.Match[str]) -> MarkedLine:
    line = MarkedLine(marked["word"], " ".join(marked["text"].split()))
    return replace(line, text=line.text.replace(LINE_BREAK, "\n")) if line.meaning == LineKind.ACTION else line


def _has_key(line: str) -> bool:
    """Whether a line belongs to the action point above it: `lead: Köln`, or its text in a second language."""
    key = _KEY.match(line)
    return key is not None and (len(key["key"]) == 2 or fold(key["key"]) in _ACTION_KEYS)


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
