"""The unit of work: one transaction and its repositories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cached_property

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.actions.recorded import ActionRecords
from storage.actions.repository import Actions
from storage.agreements.checking import AgreementCheck
from storage.agreements.repository import Agreements
from storage.audit import Audit
from storage.base import StorageError, first_line, in_trouble
from storage.calendars.repository import CalendarLinks
from storage.chats.repository import Chats
from storage.cities.repository import Cities, Dialogues
from storage.codes.repository import Codes, Pairings
from storage.counters import Counters
from storage.deliveries.repository import Deliveries
from storage.feeds.items import FeedItems
from storage.feeds.repository import Feeds, SharedLinks
from storage.files.repository import StoredFiles
from storage.followup.repository import DueReminders, WeeklyDigests
from storage.intake import Cursors, ProcessedEvents
from storage.jobs import Jobs
from storage.menus import MenuDigests
from storage.messages.repository import Messages
from storage.messages.votes import NativeVotes
from storage.minutes.lines import MinutesLines
from storage.minutes.participants import Participants
from storage.minutes.repository import MinutesOfMeetings
from storage.mutes import Mutes
from storage.news.repository import NewsItems
from storage.numbers import Numbers
from storage.people.links import Links
from storage.people.repository import People
from storage.polls.ballots import BallotBox
from storage.polls.drafts import BallotDrafts
from storage.polls.repository import Polls
from storage.purge import Purge
from storage.reactions.repository import Reactions
from storage.roles.repository import Roles
from storage.roundtables.agenda import Agenda
from storage.roundtables.invitations import Invitations
from storage.roundtables.meetings import Proceedings
from storage.roundtables.reminders import Reminders
from storage.roundtables.repository import Roundtables


class Store:
    """The repositories on one open transaction.

    `queued`: lanes that got deliveries; `scheduled`: due times of new jobs.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        """Work on an open transaction."""
        self._connection = connection
        self.queued: set[str] = set()
        self.scheduled: set[datetime] = set()

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Open a nested transaction that is rolled back alone if its block raises.

        Raises StorageError if the database itself has failed: the whole transaction must then be rolled back. An error
        about rejected values is raised unchanged: only the block is rolled back, and the transaction goes on.
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
        """The cities."""
        return Cities(self._connection)

    @cached_property
    def dialogues(self) -> Dialogues:
        """The dialogues."""
        return Dialogues(self._connection, self.menu_digests)

    @cached_property
    def chats(self) -> Chats:
        """The chats."""
        return Chats(self._connection, self.queued, self.menu_digests, self.jobs)

    @cached_property
    def people(self) -> People:
        """The people and their accounts."""
        return People(self._connection, self.menu_digests, self.jobs)

    @cached_property
    def links(self) -> Links:
        """The links between accounts."""
        return Links(self._connection, self.jobs)

    @cached_property
    def roles(self) -> Roles:
        """The appointments of people in dialogues."""
        return Roles(self._connection, self.menu_digests, self.jobs)

    @cached_property
    def calendar_links(self) -> CalendarLinks:
        """The links by which people subscribe to calendars."""
        return CalendarLinks(self._connection)

    @cached_property
    def news(self) -> NewsItems:
        """The news that coordinators have posted."""
        return NewsItems(self._connection)

    @cached_property
    def mutes(self) -> Mutes:
        """The muted channels and groups."""
        return Mutes(self._connection)

    @cached_property
    def codes(self) -> Codes:
        """The one-time codes."""
        return Codes(self._connection)

    @cached_property
    def pairings(self) -> Pairings:
        """The pairings that await confirmation."""
        return Pairings(self._connection)

    @cached_property
    def audit(self) -> Audit:
        """The audit log."""
        return Audit(self._connection)

    @cached_property
    def menu_digests(self) -> MenuDigests:
        """The command menus set at the messengers."""
        return MenuDigests(self._connection, self.jobs)

    @cached_property
    def processed_events(self) -> ProcessedEvents:
        """The processed events."""
        return ProcessedEvents(self._connection)

    @cached_property
    def cursors(self) -> Cursors:
        """The read position of each account."""
        return Cursors(self._connection)

    @cached_property
    def jobs(self) -> Jobs:
        """The work that is due at a time."""
        return Jobs(self._connection, self.scheduled)

    @cached_property
    def purge(self) -> Purge:
        """The deletion of expired rows."""
        return Purge(self._connection)

    @cached_property
    def counters(self) -> Counters:
        """The newest message numbers seen."""
        return Counters(self._connection)

    @cached_property
    def messages(self) -> Messages:
        """The stored messages and their copies."""
        return Messages(self._connection)

    @cached_property
    def native_votes(self) -> NativeVotes:
        """The votes in native polls that can be removed."""
        return NativeVotes(self._connection)

    @cached_property
    def deliveries(self) -> Deliveries:
        """The rows of the outbox."""
        return Deliveries(self._connection, self.queued)

    @cached_property
    def files(self) -> StoredFiles:
        """The files made by the bot that wait to be delivered."""
        return StoredFiles(self._connection)

    @cached_property
    def feeds(self) -> Feeds:
        """The news feeds."""
        return Feeds(self._connection, self.numbers)

    @cached_property
    def feed_items(self) -> FeedItems:
        """The items of the news feeds."""
        return FeedItems(self._connection)

    @cached_property
    def shared_links(self) -> SharedLinks:
        """The links that people have posted lately."""
        return SharedLinks(self._connection)

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers by which people name what a dialogue has."""
        return Numbers(self._connection)

    @cached_property
    def roundtables(self) -> Roundtables:
        """The roundtables and their series."""
        return Roundtables(self._connection, self.numbers)

    @cached_property
    def agenda(self) -> Agenda:
        """The agendas of roundtables."""
        return Agenda(self._connection)

    @cached_property
    def invitations(self) -> Invitations:
        """The invitations to roundtables."""
        return Invitations(self._connection)

    @cached_property
    def meetings(self) -> Proceedings:
        """The roundtables that have begun."""
        return Proceedings(self._connection)

    @cached_property
    def reminders(self) -> Reminders:
        """The reminders of roundtables."""
        return Reminders(self._connection)

    @cached_property
    def polls(self) -> Polls:
        """The polls and their topics."""
        return Polls(self._connection, self.numbers, self.ballots)

    @cached_property
    def reactions(self) -> Reactions:
        """The reactions of people that are passed on."""
        return Reactions(self._connection, self.jobs)

    @cached_property
    def ballots(self) -> BallotBox:
        """The ballots that are cast."""
        return BallotBox(self._connection)

    @cached_property
    def ballot_drafts(self) -> BallotDrafts:
        """The private ballots that are being filled in."""
        return BallotDrafts(self._connection)

    @cached_property
    def agreements(self) -> Agreements:
        """What cities agree on, with its history."""
        return Agreements(self._connection)

    @cached_property
    def agreement_check(self) -> AgreementCheck:
        """The verification of what cities agree on."""
        return AgreementCheck(self._connection)

    @cached_property
    def actions(self) -> Actions:
        """The action points."""
        return Actions(self._connection, self.numbers, self.agreements)

    @cached_property
    def due_reminders(self) -> DueReminders:
        """The reminders of action points."""
        return DueReminders(self._connection)

    @cached_property
    def weekly_digests(self) -> WeeklyDigests:
        """The cities that do not want the weekly digest."""
        return WeeklyDigests(self._connection)

    @cached_property
    def action_records(self) -> ActionRecords:
        """The action points as they are exported."""
        return ActionRecords(self._connection)

    @cached_property
    def minutes(self) -> MinutesOfMeetings:
        """The minutes of meetings."""
        return MinutesOfMeetings(self._connection, self.numbers, self.agreements)

    @cached_property
    def minutes_lines(self) -> MinutesLines:
        """The lines of minutes."""
        return MinutesLines(self._connection)

    @cached_property
    def participants(self) -> Participants:
        """Who was present at meetings."""
        return Participants(self._connection)
