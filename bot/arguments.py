r"""What stands behind a command's word: one line, then lines `- item` and `key: value`, read the same for all commands.

arguments = read("Bäume\n- Linde\n- Eiche\nende: morgen", {"closes": ("ende",)})
arguments.line, arguments.items, arguments.values      # "Bäume", ("Linde", "Eiche"), {"closes": "morgen"}
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.text.characters import fold

Keys = Mapping[str, tuple[str, ...]]
"""The keys that a command knows: the English word of each, and those of other languages."""

_ITEM = re.compile(r"\s*[-*•–]\s+(?P<item>\S.*)")
# `when://…` is an address.
_KEY = re.compile(r"\s*(?P<key>[^\s:：]+)\s*[:：](?!//)(?P<value>.*)")
_INLINE = re.compile(r"(?<!\S)(?P<key>[^\s:：]+)\s*[:：](?!//)")
_WORD = re.compile(r"[^\W\d_][^\W\d_-]*(?:-[^\W\d_]+)*")
_NEAR = 0.75
_NONE: Keys = {}


@dataclass(frozen=True, slots=True)
class Arguments:
    """What was read; nothing of it begins or ends with white space.

    `line` is the first line; it is empty where that is an item or has a key. `text` is further
    lines that are neither, with the blank ones between them. `values` goes by the English words
    of the keys; the last value of a key counts, and may be "".
    """

    line: str
    text: str
    items: tuple[str, ...]
    values: Mapping[str, str]


def read(args: str, keys: Keys = _NONE, *, inline: bool = False) -> Arguments:
    """Read what stands behind a command's word; with `inline`, known keys may stand within the first line too.

    A key may be written in any case, with spaces before its colon, with ä as ae. Never raises;
    each line that is not blank ends up in one of the four fields.
    """
    english = _english(keys)
    first, *others = args.split("\n")
    parts = _parts(first, english) if inline else (first,)
    line: list[str] = []
    text: list[str] = []
    items: list[str] = []
    values: dict[str, str] = {}
    for number, each in enumerate([*parts, *others]):
        key = _KEY.fullmatch(each)
        if key and (word := english.get(fold(key["key"]))):
            values[word] = key["value"].strip()
        elif item := _ITEM.fullmatch(each):
            items.append(item["item"].strip())
        else:
            (text if number else line).append(each)
    return Arguments("".join(line).strip(), "\n".join(text).strip(), tuple(items), values)


def near_key(line: str, keys: Keys) -> str | None:
    """Give the key that was probably meant by a line that begins like one: `lokale: de_DE` meant `locale`."""
    found = _KEY.fullmatch(line)
    if found is None or not _WORD.fullmatch(found["key"]):
        return None
    words = {fold(word): word for english, others in keys.items() for word in (english, *others)}
    close = difflib.get_close_matches(fold(found["key"]), words, n=1, cutoff=_NEAR)
    return words[close[0]] if close else None


def _english(keys: Keys) -> dict[str, str]:
    return {fold(word): english for english, others in keys.items() for word in (english, *others)}


def _parts(line: str, english: Mapping[str, str]) -> Iterator[str]:
    """Part a line before each known key."""
    start = 0
    for found in _INLINE.finditer(line):
        if fold(found["key"]) in english:
            yield line[start : found.start()]
            start = found.start()
    yield line[start:]
