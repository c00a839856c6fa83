"""Sanitise untrusted names and texts so that they cannot imitate the bot's attributions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from bot.model import RichText
from bot.text.addresses import looks_like_address
from bot.text.characters import COLONS, DOTS, INVISIBLE, between_clusters, utf8_safe
from bot.text.flat import PLAIN, Run, changed
from bot.text.tree import flatten, nest

__all__ = ["MARK", "city_name", "clean_line", "clean_name", "guard", "is_attribution", "utf8_safe"]

MARK = "│ "
"""Precedes a line by somebody else that looks like one of the bot's attributions."""

LONGEST_CITY = 60
"""Maximum length of a city's name in characters."""

_LONGEST_NAME = 2000
_MARKS_PER_LETTER = 2

_ZWJ = "\u200d"
_EMOJI_VARIANT = "\ufe0f"
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_COLON = re.compile(f"[{COLONS}]")
_DOT = re.compile(f"[{DOTS}]")
_CITY_SIGNS = frozenset(" -‐‑–'’ʼ.,()/&")
_PING = re.compile(r"(?<!\w)@(?=\w)")


def clean_name(name: str, fallback: str, limit: int = 48) -> str:
    """Return a display name fit for an attribution: one line of at most `limit` characters, or `fallback`.

    Removes invisible and direction-changing characters (trust: cases 3, 4), line breaks and stacked accents (6, 7),
    and the characters that separate name, city and text in an attribution (20); an `@` in it pings nobody (26).
    """
    name = clean_line(_DOT.sub("-", _COLON.sub(" ", name[:_LONGEST_NAME])), limit)
    return name if any(unicodedata.category(char)[0] in "LNPS" for char in name) else fallback


def clean_line(text: str, limit: int) -> str:
    """Return a single visible line of at most `limit` characters in which an `@` pings nobody; may be empty."""
    line = _visible(utf8_safe(text[:_LONGEST_NAME]).replace("\ufffd", ""))
    line = unicodedata.normalize("NFC", _BLANKS.sub(" ", line))
    line = " ".join("".join(_few_marks(_PING.sub("＠", line))).split())
    if len(line) <= limit:
        return line
    return line[: between_clusters(line, 0, limit - 1)].rstrip() + "…"


def city_name(typed: str) -> str | None:
    """Return the name of a city as it is stored and shown after people's names, or None if it is not a valid one.

    Cleaned like other names and limited to letters, digits, spaces and some punctuation, so that it can imitate
    neither a role nor the end of an attribution (trust: case 107) and no client turns it into a link.
    """
    name = " ".join(unicodedata.normalize("NFC", _visible(utf8_safe(typed[:_LONGEST_NAME]))).split())
    name = "".join(_few_marks(name))
    good = all(unicodedata.category(char)[0] in "LMN" or char in _CITY_SIGNS for char in name)
    has_letter = any(unicodedata.category(char)[0] == "L" for char in name)
    return name if good and has_letter and len(name) <= LONGEST_CITY and not _makes_link(name) else None


def _makes_link(name: str) -> bool:
    return any(map(looks_like_address, name.split()))


def _visible(name: str) -> str:
    return _INVISIBLE.sub(lambda match: match[0] if _makes_emoji(match) else "", name)


def _makes_emoji(match: re.Match[str]) -> bool:
    """Whether an invisible character joins or colours emoji."""
    before, after = match.string[: match.start()].rstrip(_EMOJI_VARIANT)[-1:], match.string[match.end() :][:1]
    if match[0] == _EMOJI_VARIANT:
        return _is_emoji(before)
    return match[0] == _ZWJ and _is_emoji(before) and _is_emoji(after)


def _is_emoji(char: str) -> bool:
    return char > "\u2000" and unicodedata.category(char) in {"So", "Sk"}


def _few_marks(name: str) -> Iterator[str]:
    """Drop combining marks that have no base letter or exceed the maximum for one."""
    room = 0
    for char in name:
        if unicodedata.category(char) in {"Mn", "Me"}:
            room -= 1
            if room < 0:
                continue
        else:
            room = 0 if char == " " else _MARKS_PER_LETTER
        yield char


# Texts

_PART = re.compile(rf"(?:[^\S\n]|[{INVISIBLE}]){{16,}}+|\n")
_LINE = re.compile(r"\n")
_HEADER_END = re.compile(rf"(?<!\d)[{COLONS}](?!//)|[{COLONS}](?![\d/])")
_TURN = re.compile("[\u202a-\u202e\u2066-\u2069\n]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_EMBEDDING_END = "\u202c"
_ISOLATE_END = "\u2069"
_ISOLATES = "\u2066\u2067\u2068"


class _Edit(NamedTuple):
    """An edit at position `at`: the number of characters to remove and the unstyled text to insert."""

    at: int
    out: int
    put: str


def guard(text: RichText) -> RichText:
    """Return a person's text in normal form, made safe so that it cannot imitate the bot's attributions.

    A line that looks like an attribution, `Name · City: …`, is preceded by a visible mark (trust: case 19), also in a
    quote and after white space wide enough to wrap the line; direction changes end with their line (29); lone
    surrogates and NUL are replaced (30).
    """
    return nest(changed(flatten(text), _guarded, _guarded_code))


def _guarded(runs: Sequence[Run]) -> Iterator[Run]:
    return _edited(runs, _edits("".join(run.text for run in runs)))


def _guarded_code(text: str) -> str:
    return "".join(run.text for run in _guarded([Run(text, PLAIN)]))


def _edits(solid: str) -> list[_Edit]:
    marked = {*_headers(solid, _LINE), *_headers(solid, _PART)} if _DOT.search(solid) else ()
    turns = _turns(solid) if _BIDI.search(solid) else ()
    return sorted([*(_Edit(at, 0, MARK) for at in marked), *turns])


def _headers(solid: str, parting: re.Pattern[str]) -> Iterator[int]:
    """Yield the start of each part that looks like an attribution."""
    start = 0
    for end, following in [*(match.span() for match in parting.finditer(solid)), (len(solid), 0)]:
        if is_attribution(solid[start:end]):
            yield start
        start = following


def is_attribution(line: str) -> bool:
    """Whether a line begins like one of the bot's attributions; with a mark before it, it does not."""
    if not _DOT.search(line):
        return False
    line = _INVISIBLE.sub("", line).strip()
    dot = _DOT.search(line, 1)
    if not dot or line.startswith(MARK.rstrip()):
        return False
    ends = [match.start() for match in _HEADER_END.finditer(line, dot.end())]
    return bool(ends) and bool(_DOT.sub("", line[dot.end() : ends[-1]]).strip())


def _turns(solid: str) -> Iterator[_Edit]:
    """Close embeddings and isolates at the end of each line, innermost first; remove unmatched ends."""
    open_ones = _Open()
    for match in _TURN.finditer(solid + "\n"):
        char, at = match[0], match.start()
        if char == "\n":
            if open_ones.ends:
                yield _Edit(at, 0, "".join(reversed(open_ones.ends)))
                open_ones = _Open()
        elif char not in {_EMBEDDING_END, _ISOLATE_END}:
            open_ones.begin(char)
        elif not open_ones.end(char):
            yield _Edit(at, 1, "")


class _Open:
    """The embeddings and isolates open on a line: `ends` holds the characters that would end them."""

    def __init__(self) -> None:
        self.ends: list[str] = []
        self._isolates = 0

    def begin(self, char: str) -> None:
        isolate = char in _ISOLATES
        self.ends.append(_ISOLATE_END if isolate else _EMBEDDING_END)
        self._isolates += isolate

    def end(self, char: str) -> bool:
        """End an embedding, or an isolate with the embeddings in it; return whether there was one."""
        if char == _EMBEDDING_END:
            found = self.ends[-1:] == [char]
        else:
            found = self._isolates > 0
            self._isolates -= found
            while found and self.ends[-1] != char:
                self.ends.pop()
        if found:
            self.ends.pop()
        return found


def _edited(runs: Iterable[Run], edits: Iterable[_Edit]) -> Iterator[Run]:
    following = iter(edits)
    edit = next(following, None)
    at = 0
    for text, look in runs:
        done = 0
        while edit and edit.at < at + len(text):
            if done < edit.at - at:
                yield Run(text[done : edit.at - at], look)
            if edit.put:
                yield Run(edit.put, PLAIN)
            done = edit.at - at + edit.out
            edit = next(following, None)
        yield Run(text[done:], look)
        at += len(text)
    while edit:
        yield Run(edit.put, PLAIN)
        edit = next(following, None)
