"""What a coordinator should know about the time of a roundtable before it is announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.text.catalogue import LazyText
from storage import City


def of(_start: datetime, _end: datetime, _zone: str, _cities: Sequence[City]) -> list[LazyText]:
    """Return the warnings about a time: night hours, public holidays, weeks in which only one side changed clocks."""
    return []
