"""What an animated emoji with a random value shows, in words (Bot API, "Dice")."""

from __future__ import annotations

from bot.model import Dice
from bot.text.catalogue import LazyText, _, n_

_REELS = (_("bar"), _("grapes"), _("lemon"), _("seven"))
"""What each of the three reels shows, as two bits of the value less one, the left reel in the lowest."""
_MOST = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
_PINS = (0, 1, 3, 4, 5)
"""How many of the six pins fall at each value but the last, which is a strike."""


def thrown(dice: Dice) -> LazyText:
    """Return the result as a text, with its value."""
    emoji, value = dice.emoji.rstrip("\ufe0f"), dice.value
    most = _MOST.get(emoji)
    if most is None or not 1 <= value <= most:
        return _("{emoji} Random value: {value}", emoji=dice.emoji, value=value)
    if emoji == "🎲":
        return _("🎲 Dice: {value}", value=value)
    if emoji == "🎰":
        bits = value - 1
        left, middle, right = (_REELS[bits >> shift & 3] for shift in (0, 2, 4))
        return _(
            "🎰 Slot machine: {left}, {middle}, {right} ({value} of {most})",
            left=left,
            middle=middle,
            right=right,
            value=value,
            most=most,
        )
    return _(
        "{game}: {result} ({value} of {most})", game=_GAMES[emoji], result=_result(emoji, value), value=value, most=most
    )


_GAMES = {"🎯": _("🎯 Darts"), "🎳": _("🎳 Bowling"), "🏀": _("🏀 Basketball"), "⚽": _("⚽ Football")}


def _result(emoji: str, value: int) -> LazyText:
    match emoji:
        case "🎯":
            return _("missed the board") if value == 1 else _("bullseye") if value == 6 else _("hit the board")
        case "🎳":
            return _("strike") if value == 6 else n_("{n} pin", "{n} pins", _PINS[value - 1])
        case "🏀":
            return _("in the basket") if value >= 4 else _("stuck at the rim") if value == 3 else _("missed")
    return _("goal") if value >= 3 else _("missed")
