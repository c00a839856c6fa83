"""Which bounds hold when a message whose answer was lost is looked for.

A bound is the newest id that was seen of a counter before the first attempt (`storage.counters`). In a database that
was restored from a backup it is too old: messages of ours stand behind it that the database does not know, and the
first of them would be taken for the lost one.
"""

from __future__ import annotations

from bot.model import MessengerName
from storage import Delivery


class Bounds:
    """What this process has seen of the messengers that count their messages.

    A messenger's first batch of events shows whether the database is up to date (`Batch.gap`). Before it only two
    bounds hold: a message that this process has delivered, and that of a row which was being sent when the process
    started. As a lane sends one message at a time, the first unknown one behind the latter is that very row, also after
    a restore.
    """

    def __init__(self) -> None:
        """Have seen nothing."""
        self._current: set[MessengerName] = set()
        self._delivered: dict[str, str] = {}
        self._doubtful: set[int] = set()

    def caught_up(self, messenger: MessengerName, *, gap: bool = False) -> None:
        """Note that what is committed goes on where the messenger is. `gap`: old bounds were deleted for that."""
        self._current.add(messenger)
        if not gap:
            self._doubtful.clear()

    def claimed(self, delivery: Delivery) -> None:
        """Note that a row is about to be sent."""
        proven = delivery.chat.messenger in self._current or delivery.after_id in self._delivered.values()
        if not (proven or delivery.uncertain):
            self._doubtful.add(delivery.id)

    def delivered(self, delivery: Delivery, native_id: str) -> None:
        """Note the id that a row was given."""
        self._doubtful.discard(delivery.id)
        if delivery.chat.messenger not in self._current:
            self._delivered[delivery.chat.lane] = native_id

    def of(self, delivery: Delivery) -> str:
        """Return the id behind which a row is to be looked for, empty: there is none that holds."""
        return "" if delivery.id in self._doubtful else delivery.after_id
