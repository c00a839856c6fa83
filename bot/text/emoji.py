"""Emoji, as they are compared and sent: with and without the characters that only change how they look."""

from __future__ import annotations

import re
import unicodedata

_DRESSING = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]")
"""Variation selectors and skin tones."""
_PARTS = frozenset("\u200d\ufe0f\u20e3")
_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_LONGEST = 32
_VARIABLE = frozenset("👍👎❤✍☃⚡🕊😐🏆☺✌☝☀⭐✔☑☹🗿")
"""Frequent ones that have a variant in colour (Unicode, emoji-variation-sequences)."""
_SIGNS = re.compile("[\u2640\u2642](?!\ufe0f)")


def undressed(emoji: str) -> str:
    """Return an emoji without variation selectors and skin tone; any other text as it is."""
    return _DRESSING.sub("", emoji) or emoji


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji or a few symbols, without letters, digits and spaces."""
    if _KEYCAP.fullmatch(text):
        return True
    signs = [char for char in text if char not in _PARTS and not "\U000e0020" <= char <= "\U000e007f"]
    return bool(signs) and len(text) <= _LONGEST and all(unicodedata.category(char) in {"So", "Sk"} for char in signs)


def qualified(emoji: str) -> str:
    """Return an emoji with the variation selectors that clients send (Matrix specification, "m.reaction")."""
    if "\ufe0f" in emoji:
        return emoji
    head = emoji[:1] + ("\ufe0f" if emoji[:1] in _VARIABLE and not _DRESSING.match(emoji[1:2]) else "")
    return _SIGNS.sub(lambda sign: f"{sign[0]}\ufe0f", head + emoji[1:])
