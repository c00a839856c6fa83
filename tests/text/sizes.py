"""How long the texts are that would take minutes if the time grew faster than their length."""

from tests.length import FULL

SIZE = 100_000 if FULL else 40_000
"""Characters."""
