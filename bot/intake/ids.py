"""The ids of events, which the database has to take."""

from __future__ import annotations

import secrets

import structlog

from bot.model import ChatChange, Encryption, Event, Membership, Migration, PollClosed, PollEnd, Vote, is_id

log = structlog.get_logger()

LONGEST_EVENT_ID = 1000
"""Bytes of an event's id; some are composed of several of the messenger's ids."""


def has_ids(event: Event) -> bool:
    """Return whether all ids of an event are valid; an event without cannot be stored (trust: case 91)."""
    ids = [] if isinstance(event, Migration) or event.sender.account is None else [event.sender.account.id]
    match event:
        case Migration():
            ids += [event.chat.id, event.to.id]
        case Membership() | ChatChange() | Encryption():
            ids.append(event.chat.id)
        case _:
            ids += [event.ref.chat.id, event.ref.id] if event.ref else []
            ids += [event.poll] if isinstance(event, Vote | PollEnd | PollClosed) else []
            ids += [event.source] if isinstance(event, Vote) and event.source else []
    if is_id(event.id, LONGEST_EVENT_ID) and all(map(is_id, ids)):
        return True
    log.error("event put aside", number=secrets.token_hex(3), kind=type(event).__name__, error="an id that is none")
    return False
