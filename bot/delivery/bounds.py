"""The bounds that can be trusted when looking for a message whose response was lost.

A bound is the newest id seen of a counter before the first attempt (`storage.counters`). In a database restored from a
backup it is too old: it is followed by messages of ours that the database does not know, and the first of them would
be mistaken for the lost one.
"""

from __future__ import annotations

from bot.model import MessengerName, Sent
from storage import Delivery


class Bounds:
    """What this process knows about messengers that number their messages.

    A messenger's first batch of events shows whether the database is up to date (`Batch.gap`). Until then only two
    bounds can be trusted: a message that this process has delivered, and the bound of a row that was being sent when
    the process started. As a lane sends one message at a time, the first unknown message after the latter is that very
    row, even after a restore.
    """

    def __init__(self) -> None:
        """Start without any knowledge."""
        self._current: set[MessengerName] = set()
        self._delivered: dict[str, str] = {}
        self._doubtful: dict[int, MessengerName] = {}

    def caught_up(self, messenger: MessengerName, *, gap: bool = False) -> None:
        """Record that the database has caught up with a messenger. `gap`: after a gap, which deleted old bounds."""
        self._current.add(messenger)
        if not gap:
            self._doubtful = {id: name for id, name in self._doubtful.items() if name is not messenger}

    def claimed(self, delivery: Delivery) -> None:
        """Record that a row is about to be sent."""
        proven = delivery.chat.messenger in self._current or delivery.after_id in self._delivered.values()
        if not (proven or delivery.uncertain):
            self._doubtful[delivery.id] = delivery.chat.messenger

    def delivered(self, delivery: Delivery, sent: Sent) -> None:
        """Record the ids assigned to a row."""
        self._doubtful.pop(delivery.id, None)
        if delivery.chat.messenger not in self._current:
            self._delivered[delivery.chat.lane] = sent.ids[-1] if sent.ids else ""

    def of(self, delivery: Delivery) -> str:
        """Return the id after which to look for a row; empty if no bound can be trusted."""
        return "" if delivery.id in self._doubtful else delivery.after_id
