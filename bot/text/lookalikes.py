"""Names that people take for each other."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from bot.text.characters import INVISIBLE

_INVISIBLE = re.compile(f"[{INVISIBLE}]")
_KNOWN_NAMES = 4096

# TR39 keeps small letters from capitals, but Cyrillic ones are often small capitals.
_SMALL_CAPITALS = {ord(small): letter for small, letter in zip("ʙɢʜɪʟɴʀʏᴀᴅᴇᴊᴋᴍᴘᴛĸ", "bghilnryadejkmptk", strict=True)}

# What TR39 does not have: umlauts written with an e (by now without their dots), two letters that run together, and,
# since case does not count, the i whose capital looks like an l.
_ALIKE = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("vv", "w"), ("i", "l"))


@lru_cache(maxsize=_KNOWN_NAMES)
def skeleton(name: str) -> str:
    """Give what is left of a cleaned name without everything that people overlook; for comparison only.

    Names with the same skeleton can be taken for each other: they differ in case, accents,
    width, spaces or punctuation, in ä, ae and a, or in characters that Unicode's TR39 calls
    confusable, such as 0 and o, 1 and l, m and rn. A name of signs alone is its own skeleton.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKD", name))
    seen = _as_seen(_as_seen(plain).casefold())
    for written, letter in _ALIKE:
        seen = seen.replace(written, letter)
    return seen or plain


def prepare() -> None:
    """Read the table of confusable characters now, which takes a moment, and not when the first name is compared."""
    _table()


def _as_seen(text: str) -> str:
    """Give the letters and digits of a decomposed text, those that look alike as the same."""
    return "".join(filter(_counts, text.translate(_table())))


def _counts(char: str) -> bool:
    """Tell letters and digits from accents and punctuation; vowel signs of Indian scripts are letters too."""
    kind = unicodedata.category(char)
    return kind[0] in "LN" or (kind in {"Mc", "Mn"} and not unicodedata.combining(char))


@cache
def _table() -> dict[int, str]:
    """Give what TR39 has in place of each confusable character.

    Of the library its data alone: with its code, which keeps all of it, they would take 18 MB and not 8.
    """
    with (files("confusable_homoglyphs") / "confusables.json").open("rb") as file:
        confusable: dict[str, list[str]] = json.load(file, object_hook=_character)
    prototypes = {ord(char): _prototype(char, confusable) for char in confusable if len(char) == 1}
    return _SMALL_CAPITALS | {char: like.translate(_SMALL_CAPITALS) for char, like in prototypes.items()}


def _character(entry: dict[str, str]) -> dict[str, str] | str:
    """Give of an entry, `{"c": "о", "n": "CYRILLIC SMALL LETTER O"}`, the character alone."""
    return entry["c"] if entry.keys() == {"c", "n"} else entry


def _prototype(char: str, confusable: dict[str, list[str]]) -> str:
    """Give the one that all characters like this are listed under; of a mere pair, the longer one."""
    alike = (char, *confusable[char])
    return max(alike, key=lambda each: (len(confusable[each]), len(each), each.isascii(), each))
