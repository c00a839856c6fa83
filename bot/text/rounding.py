"""Numbers rounded as people expect it, the same on cards, in exports and in the shell."""

from __future__ import annotations

from fractions import Fraction
from math import floor


def half_up(value: Fraction) -> int:
    """Return the nearest whole number, of two equally near ones the higher; `round` returns the even one."""
    return floor(value + Fraction(1, 2))
