"""The outbox: what has to be delivered, and the state of each delivery.

    queued ⇄ sending → delivered | failed | cancelled

A row is `sending` from before it is handed to the messenger until its result is committed, so after
a crash only the rows in that state have an unknown outcome.
"""

from __future__ import annotations

from storage.deliveries.lanes import Lanes
from storage.deliveries.queueing import Queueing
from storage.deliveries.repair import Repair


class Deliveries(Queueing, Lanes, Repair):
    """The rows of the outbox."""
