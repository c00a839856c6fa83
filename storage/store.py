"""One transaction: the repositories, one for each capability."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import Audit
from storage.base import StorageError, first_line, in_trouble
from storage.chats import Chats
from storage.checkups import Checkups
from storage.cities import Cities, Dialogues
from storage.codes import Codes, Pairings
from storage.counters import Counters
from storage.deliveries import Deliveries
from storage.inbox import Cursors, Inbox
from storage.links import Links
from storage.menus import Menus
from storage.messages import Messages
from storage.mutes import Mutes
from storage.people import People, Roles
from storage.purge import Purge
from storage.readiness import Readiness


class Store:
    """The repositories on one open transaction.

    `queued`: lanes that got deliveries in it; `changed`: what else somebody waits for, as `Database` says.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self.queued: set[str] = set()
        self.changed: set[str] = set()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Open a part that is undone alone when its block raises.

        Raises StorageError when the database itself is in trouble: then nothing may be kept. What it does not take
        in this block is raised as it is: nothing of the block is kept, and the transaction goes on.
        """
        try:
            async with self._connection.begin_nested():
                yield
        except SQLAlchemyError as error:
            if in_trouble(error):
                raise StorageError(first_line(error)) from error
            raise

    @cached_property
    def cities(self) -> Cities:
        """Give the cities."""
        return Cities(self._connection)

    @cached_property
    def dialogues(self) -> Dialogues:
        """Give the dialogues."""
        return Dialogues(self._connection)

    @cached_property
    def chats(self) -> Chats:
        """Give the chats."""
        return Chats(self._connection, self.queued, self.changed)

    @cached_property
    def people(self) -> People:
        """Give the people and their accounts."""
        return People(self._connection)

    @cached_property
    def links(self) -> Links:
        """Return who is one person with whom."""
        return Links(self._connection)

    @cached_property
    def roles(self) -> Roles:
        """Give who is what in which dialogue."""
        return Roles(self._connection, self.changed)

    @cached_property
    def mutes(self) -> Mutes:
        """Return the channels and groups that are muted."""
        return Mutes(self._connection)

    @cached_property
    def codes(self) -> Codes:
        """Give the one-time codes."""
        return Codes(self._connection)

    @cached_property
    def pairings(self) -> Pairings:
        """Give what is asked to be paired and has to be confirmed."""
        return Pairings(self._connection)

    @cached_property
    def audit(self) -> Audit:
        """Give who changed what."""
        return Audit(self._connection)

    @cached_property
    def readiness(self) -> Readiness:
        """Return the chats of which it is not known yet that all works there."""
        return Readiness(self._connection, self.chats, self.changed)

    @cached_property
    def checkups(self) -> Checkups:
        """Give the examinations that were asked for."""
        return Checkups(self._connection, self.changed)

    @cached_property
    def menus(self) -> Menus:
        """Give the menus that the messengers have."""
        return Menus(self._connection)

    @cached_property
    def inbox(self) -> Inbox:
        """Give the events that have taken effect."""
        return Inbox(self._connection)

    @cached_property
    def cursors(self) -> Cursors:
        """Give how far each account has read."""
        return Cursors(self._connection)

    @cached_property
    def purge(self) -> Purge:
        """Return what deletes rows that have expired."""
        return Purge(self._connection)

    @cached_property
    def counters(self) -> Counters:
        """Return the newest ids that were seen."""
        return Counters(self._connection)

    @cached_property
    def messages(self) -> Messages:
        """Give what was said, and its copies."""
        return Messages(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """Give what has to go out."""
        return Deliveries(self._connection, self.queued)
