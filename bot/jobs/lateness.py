"""What comes late, because the bot was not running when it was due."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.text.catalogue import LazyText, _

GRACE = timedelta(minutes=5)
"""Delay up to which something is not late."""


def is_late(due: datetime, now: datetime) -> bool:
    """Whether what was due at a time is late now."""
    return now - due > GRACE


def mark(due: datetime) -> LazyText:
    """Return the mark of a reminder that has come late."""
    return _("This reminder is late: it was due on {due}. I was not running then.", due=due)
