r"""Parser for command arguments: one line, then lines `- item` and `key: value`, the same for all commands.

arguments = parse_arguments("Bäume\n- Linde\n- Eiche\nende: morgen", {"closes": ("ende",)})
arguments.line, arguments.items, arguments.values      # "Bäume", ("Linde", "Eiche"), {"closes": "morgen"}
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.text.catalogue import UserError, _
from bot.text.characters import fold
from bot.text.excerpts import shortened

Keys = Mapping[str, tuple[str, ...]]
"""The keys that a command accepts: the English word of each, and those of other languages."""

_ITEM = re.compile(r"\s*[-*•–—]\s+(?P<item>\S.*)")
# `when://…` is a URL, not a key.
_KEY = re.compile(r"\s*(?P<key>[^\s:：]+)\s*[:：](?!//)(?P<value>.*)")
_INLINE = re.compile(r"(?<!\S)(?P<key>[^\s:：]+)\s*[:：](?!//)")
_WORD = re.compile(r"[^\W\d_][^\W\d_-]*(?:-[^\W\d_]+)*")
_NEAR = 0.75
_NONE: Keys = {}


@dataclass(frozen=True, slots=True)
class Arguments:
    """Parsed arguments, stripped of surrounding white space.

    `line` is the first line, or empty if that is an item or has a key. `text` holds the other lines
    that are neither, with the blank ones between them. `values` is keyed by the English words; the
    last value of a key wins, and may be "".
    """

    line: str
    text: str
    items: tuple[str, ...]
    values: Mapping[str, str]


def parse_arguments(args: str, keys: Keys = _NONE, *, inline: bool = False) -> Arguments:
    """Parse the text after a command's word; with `inline`, known keys may also occur within the first line.

    Keys match in any case, with spaces before the colon, and with ä written as ae. Never raises;
    every non-blank line ends up in one of the four fields.
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
    """Return the key that a line with a misspelt one probably meant: `locale` for `lokale: de_DE`."""
    found = _KEY.fullmatch(line)
    if found is None or not _WORD.fullmatch(found["key"]):
        return None
    words = {fold(word): word for english, others in keys.items() for word in (english, *others)}
    close = difflib.get_close_matches(fold(found["key"]), words, n=1, cutoff=_NEAR)
    return words[close[0]] if close else None


def check_keys(text: str, keys: Keys) -> None:
    """Raise UserError for a line that seems to begin with a misspelt key."""
    for line in text.splitlines():
        if near := near_key(line, keys):
            raise UserError(
                _("I do not understand “{line}”. Did you mean `{key}:`?", line=shortened(line), key=near), usage=True
            )


def check_length(text: str, longest: int) -> None:
    """Raise UserError for a text with too many characters."""
    if len(text) > longest:
        raise UserError(
            _("This is too long, {n} characters are possible at most: “{text}”", n=longest, text=shortened(text))
        )


def _english(keys: Keys) -> dict[str, str]:
    return {fold(word): english for english, others in keys.items() for word in (english, *others)}


def _parts(line: str, english: Mapping[str, str]) -> Iterator[str]:
    """Split a line before each known key."""
    start = 0
    for found in _INLINE.finditer(line):
        if fold(found["key"]) in english:
            yield line[start : found.start()]
            start = found.start()
    yield line[start:]
