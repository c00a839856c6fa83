"""Character classes and helpers: safe storage and sending, invisible characters, length, grapheme clusters."""

from __future__ import annotations

import re
import unicodedata

BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks, embeddings, overrides and isolates of the bidirectional algorithm, for a regex character class."""

INVISIBLE = BIDI + (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e0fff"
)
"""Invisible characters other than white space, for a regex character class."""

DOTS = "\u00b7\u0387\u1427\u2022\u2027\u2219\u22c5\u2e31\u30fb\ua78f\uff65"
"""Characters that look like the `·` of an attribution."""

COLONS = ":\u02d0\u2236\ua789\ufe13\ufe55\uff1a"
"""Characters that look like the `:` of an attribution."""

_CLUSTER = 64
"""Maximum length of a grapheme cluster in characters; longer ones are split."""

_UNSAFE = re.compile("[\ud800-\udfff\0]")
_ODD = re.compile("[\0-\b\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_INK = re.compile(rf"[^\s\x00-\x1f\x7f-\x9f{INVISIBLE}]")
_CONTROL = re.compile("[\x01-\b\x0e-\x1f\x7f-\x9f]")


def utf8_safe(text: str) -> str:
    """Replace lone surrogates and NUL with U+FFFD, so that every database and encoder accepts the text.

    The length in UTF-16 code units is preserved.
    """
    if not _UNSAFE.search(text):
        return text
    units = text.replace("\0", "\ufffd").encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "replace")


def clean_text(text: str) -> str:
    r"""Make `text` UTF-8 safe, convert line breaks to "\n", and drop control characters other than "\t"."""
    if not _ODD.search(text):
        return text
    return _CONTROL.sub("", _LINE_BREAK.sub("\n", utf8_safe(text)))


def is_blank(text: str) -> bool:
    """Whether a text has no visible characters."""
    return not _INK.search(text)


def units(text: str) -> int:
    """Return the length in UTF-16 code units."""
    return len(text) + sum(char > "\uffff" for char in text) if not text.isascii() else len(text)


def between_clusters(text: str, start: int, end: int) -> int:
    """Return the last position in `text`, after `start` and up to `end`, that does not split a grapheme cluster.

    `end` lies within the text. A cluster of more than 64 characters is split at `end`.
    """
    return next((at for at in range(end, max(start, end - _CLUSTER), -1) if not _joined(text, start, at)), end)


def _joined(text: str, start: int, at: int) -> bool:
    """Whether the characters before and after `at` belong to the same grapheme cluster."""
    before, char = text[at - 1], text[at]
    if _is_flag_half(char):
        first = at
        while first > start and _is_flag_half(text[first - 1]):
            first -= 1
        return (at - first) % 2 == 1
    return unicodedata.category(char)[0] == "M" or "\u200d" in {before, char} or _modifies(char)


def _is_flag_half(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _modifies(char: str) -> bool:
    """Whether this is a skin tone or tag modifying an emoji."""
    return "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f"


def fold(text: str) -> str:
    """Return the form in which typed words are compared, ignoring case, spacing, and ä/ae and ß/ss spellings."""
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        folded = folded.replace(umlaut, letters)
    return folded
