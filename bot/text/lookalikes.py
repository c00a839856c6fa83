"""Detect names that can be mistaken for each other."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from bot.text.characters import INVISIBLE

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_KNOWN_NAMES = 4096

# TR39 distinguishes lower case from capitals, but Cyrillic lower-case letters often look like small capitals.
_SMALL_CAPITALS = {ord(small): letter for small, letter in zip("ʙɢʜɪʟɴʀʏᴀᴅᴇᴊᴋᴍᴘᴛĸ", "bghilnryadejkmptk", strict=True)}

# Not in TR39: umlauts written with an e (their dots are already stripped), two letters that run together, and, since
# case is ignored, the i whose capital looks like an l.
_ALIKE = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("vv", "w"), ("i", "l"))


@lru_cache(maxsize=_KNOWN_NAMES)
def skeleton(name: str) -> str:
    """Return a cleaned name without the differences that people overlook; for comparison only.

    Names with the same skeleton can be mistaken for each other: they differ only in case, accents, width, spaces or
    punctuation, in ä, ae and a, or in characters that Unicode's TR39 calls confusable, such as 0 and o, 1 and l,
    m and rn. A name of symbols alone is its own skeleton.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKD", name))
    seen = _as_seen(_as_seen(plain).casefold())
    for written, letter in _ALIKE:
        seen = seen.replace(written, letter)
    return seen or plain


def prepare() -> None:
    """Load the table of confusable characters at startup, since it takes a moment."""
    _table()


def _as_seen(text: str) -> str:
    """Return the letters and digits of a decomposed text, with confusable ones mapped to their prototype."""
    return "".join(filter(_counts, text.translate(_table())))


def _counts(char: str) -> bool:
    """Whether a character is a letter or digit, not an accent or punctuation; Indic vowel signs count as letters."""
    kind = unicodedata.category(char)
    return kind[0] in "LN" or (kind in {"Mc", "Mn"} and not unicodedata.combining(char))


@cache
def _table() -> dict[int, str]:
    """Return the TR39 prototype of each confusable character.

    Only the library's data file is used: its code keeps all of it in memory, 18 MB rather than 8.
    """
    with (files("confusable_homoglyphs") / "confusables.json").open("rb") as file:
        confusable: dict[str, list[str]] = json.load(file, object_hook=_character)
    prototypes = {ord(char): _prototype(char, confusable) for char in confusable if len(char) == 1}
    return _SMALL_CAPITALS | {char: like.translate(_SMALL_CAPITALS) for char, like in prototypes.items()}


def _character(entry: dict[str, str]) -> dict[str, str] | str:
    """Reduce an entry such as `{"c": "о", "n": "CYRILLIC SMALL LETTER O"}` to its character."""
    return entry["c"] if entry.keys() == {"c", "n"} else entry


def _prototype(char: str, confusable: dict[str, list[str]]) -> str:
    """Return the character under which all its lookalikes are listed; of a mere pair, the longer one."""
    alike = (char, *confusable[char])
    return max(alike, key=lambda each: (len(confusable[each]), len(each), each.isascii(), each))
