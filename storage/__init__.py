"""Persistence: the tables, the database, and one repository per capability."""

from storage.actions.recorded import RecordedAction, RecordedOwner
from storage.actions.records import ActionFilter, ActionOwner, ActionPoint, NewOwner, Terms
from storage.actions.repository import ActionLinks
from storage.agreements.checking import AgreementFault
from storage.agreements.records import BY_ITSELF, AgreementKind, AgreementRecord, Signatory
from storage.audit import NOBODY, Note
from storage.base import StorageError
from storage.calendars.records import CalendarLink
from storage.chats.records import LEFT, NO_RIGHTS, Chat
from storage.cities.records import City, Dialogue
from storage.codes.records import OneTimeCode, Pairing, Purpose
from storage.database import Database
from storage.deliveries.merging import Merge
from storage.deliveries.posts import STORED
from storage.deliveries.posts import dump as dump_post
from storage.deliveries.posts import load as load_post
from storage.deliveries.records import Delivery, State
from storage.deliveries.turns import BACKGROUND, BOT, Share
from storage.feeds.records import Backlog, Feed, FeedState, ItemState, StoredItem
from storage.followup.records import DueReminder, PlannedDueReminder
from storage.jobs import AT_ONCE, Job
from storage.locks import TakenError
from storage.menus import MENUS
from storage.messages.records import DELETED, Copy, HeldBack, StoredMessage, StoredReaction, StoredVote
from storage.minutes.records import MINUTES, TAKE_MINUTES, AttendanceKind, LineKind, Minutes, MinutesLine, Participant
from storage.minutes.repository import OpenMinutesError
from storage.news.records import NewsItem
from storage.people.records import Person, Profile
from storage.polls.records import (
    LINKED,
    BallotDraft,
    CastBallot,
    Electorate,
    NotOpenError,
    Poll,
    PollState,
    Topic,
    Voter,
)
from storage.polls.repository import NewTopic, PollChange, PollRules
from storage.reactions.records import REACTIONS, ReactionDisplay, RelayedReaction
from storage.roles.records import ROSTER, Appointment, RosterMember
from storage.roundtables.agenda import LONGEST_ITEM, MOST_ITEMS, NewItem
from storage.roundtables.records import (
    AGENDA,
    AgendaItem,
    Answer,
    Invitation,
    Meeting,
    Participation,
    Reminder,
    ReminderState,
    Roundtable,
    RoundtableState,
    Series,
    Speech,
)
from storage.roundtables.reminders import PlannedReminder
from storage.schema import upgrade
from storage.store import Store

__all__ = [
    "AGENDA",
    "AT_ONCE",
    "BACKGROUND",
    "BOT",
    "BY_ITSELF",
    "DELETED",
    "LEFT",
    "LINKED",
    "LONGEST_ITEM",
    "MENUS",
    "MINUTES",
    "MOST_ITEMS",
    "NOBODY",
    "NO_RIGHTS",
    "REACTIONS",
    "ROSTER",
    "STORED",
    "TAKE_MINUTES",
    "ActionFilter",
    "ActionLinks",
    "ActionOwner",
    "ActionPoint",
    "AgendaItem",
    "AgreementFault",
    "AgreementKind",
    "AgreementRecord",
    "Answer",
    "Appointment",
    "AttendanceKind",
    "Backlog",
    "BallotDraft",
    "CalendarLink",
    "CastBallot",
    "Chat",
    "City",
    "Copy",
    "Database",
    "Delivery",
    "Dialogue",
    "DueReminder",
    "Electorate",
    "Feed",
    "FeedState",
    "HeldBack",
    "Invitation",
    "ItemState",
    "Job",
    "LineKind",
    "Meeting",
    "Merge",
    "Minutes",
    "MinutesLine",
    "NewItem",
    "NewOwner",
    "NewTopic",
    "NewsItem",
    "NotOpenError",
    "Note",
    "OneTimeCode",
    "OpenMinutesError",
    "Pairing",
    "Participant",
    "Participation",
    "Person",
    "PlannedDueReminder",
    "PlannedReminder",
    "Poll",
    "PollChange",
    "PollRules",
    "PollState",
    "Profile",
    "Purpose",
    "ReactionDisplay",
    "RecordedAction",
    "RecordedOwner",
    "RelayedReaction",
    "Reminder",
    "ReminderState",
    "RosterMember",
    "Roundtable",
    "RoundtableState",
    "Series",
    "Share",
    "Signatory",
    "Speech",
    "State",
    "StorageError",
    "Store",
    "StoredItem",
    "StoredMessage",
    "StoredReaction",
    "StoredVote",
    "TakenError",
    "Terms",
    "Topic",
    "Voter",
    "dump_post",
    "load_post",
    "upgrade",
]
