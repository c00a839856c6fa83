"""All tables of the schema, each defined with its repository: for statements that join them, and for migrations."""

from storage.actions.tables import action_owners, action_points
from storage.agreements.tables import agreement_entries, agreements
from storage.audit import audit
from storage.calendars.tables import calendar_links
from storage.chats.tables import chats
from storage.cities.tables import cities, dialogue_cities, dialogues
from storage.codes.tables import codes, guesses, pairings
from storage.columns import UtcDateTime, metadata
from storage.counters import counters
from storage.deliveries.tables import HELD, OPEN, UNFINISHED_STATES, deliveries, is_open
from storage.feeds.tables import PENDING_ITEM, feed_digests, feed_items, feeds, shared_links
from storage.files.tables import delivery_files, file_chunks, files
from storage.followup.tables import due_reminders, silenced_digests
from storage.intake import cursors, inbox
from storage.jobs.tables import jobs
from storage.menus import menus
from storage.messages.tables import copies, edits, messages, reactions, votes
from storage.minutes.tables import minutes, minutes_lines, participants
from storage.mutes import muted_chats
from storage.news.tables import news
from storage.numbers import numbers
from storage.people.tables import accounts, people
from storage.polls.tables import ballot_drafts, ballots, poll_topics, polls, secret_ballots, told_voters
from storage.reactions.tables import reaction_displays, relayed_reactions
from storage.roles.tables import roles
from storage.roundtables.tables import (
    agenda_items,
    invitations,
    meetings,
    reminders,
    roundtables,
    series,
    speeches,
)

__all__ = [
    "HELD",
    "OPEN",
    "PENDING_ITEM",
    "UNFINISHED_STATES",
    "UtcDateTime",
    "accounts",
    "action_owners",
    "action_points",
    "agenda_items",
    "agreement_entries",
    "agreements",
    "audit",
    "ballot_drafts",
    "ballots",
    "calendar_links",
    "chats",
    "cities",
    "codes",
    "copies",
    "counters",
    "cursors",
    "deliveries",
    "delivery_files",
    "dialogue_cities",
    "dialogues",
    "due_reminders",
    "edits",
    "feed_digests",
    "feed_items",
    "feeds",
    "file_chunks",
    "files",
    "guesses",
    "inbox",
    "invitations",
    "is_open",
    "jobs",
    "meetings",
    "menus",
    "messages",
    "metadata",
    "minutes",
    "minutes_lines",
    "muted_chats",
    "news",
    "numbers",
    "pairings",
    "participants",
    "people",
    "poll_topics",
    "polls",
    "reaction_displays",
    "reactions",
    "relayed_reactions",
    "reminders",
    "roles",
    "roundtables",
    "secret_ballots",
    "series",
    "shared_links",
    "silenced_digests",
    "speeches",
    "told_voters",
    "votes",
]
