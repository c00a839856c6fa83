"""The calendar file of a roundtable."""

from __future__ import annotations

from bot.commands.context import Context
from bot.voice import Files
from storage import Roundtable


def calendar(_ctx: Context, _roundtable: Roundtable) -> Files:
    """Return the calendar file (iCalendar, RFC 5545) of a roundtable, made for each reader."""
    return ()
