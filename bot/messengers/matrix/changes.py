"""Who comes and goes, and how a room looks: changes of its state. Any value may have any type (trust: case 80)."""

from __future__ import annotations

from bot.messengers.matrix.raw import Raw, as_dict, clean, is_state
from bot.messengers.matrix.state import StateReader
from bot.model import Account, ChatChange, ChatChangeKind, MessengerName, Sender, is_id

_LOOKS = {"m.room.name": (ChatChangeKind.TITLE, "name"), "m.room.avatar": (ChatChangeKind.PHOTO, "url")}


def change_of(reader: StateReader, event: Raw) -> ChatChange | None:
    """Convert a change that people made; None for any other event, for private rooms, and for one that changes nothing.

    A new display name is no arrival. Raises Malformed.
    """
    if not is_state(event) or reader.me in (event["sender"], event["state_key"]) or reader.room.private:
        return None
    now, before = event["content"], as_dict(as_dict(event.get("unsigned")).get("prev_content"))
    if event["type"] == "m.room.member":
        kind = _movement(event, now, before)
        return reader.chat_change(event, kind, people=(_member(event, now, before),)) if kind else None
    kind, key = _LOOKS.get(event["type"], (None, ""))
    if kind is None or event["state_key"] or now.get(key) == before.get(key):
        return None
    title = clean(now[key]) if kind is ChatChangeKind.TITLE and isinstance(now.get(key), str) else ""
    return reader.chat_change(event, kind, title=title) if title or kind is ChatChangeKind.PHOTO else None


def _movement(event: Raw, now: Raw, before: Raw) -> ChatChangeKind | None:
    came, was_in = now.get("membership"), before.get("membership") == "join"
    if not is_id(event["state_key"]) or (came == "join") == was_in:
        return None
    if came == "join":
        return ChatChangeKind.JOINED
    return ChatChangeKind.LEFT if event["state_key"] == event["sender"] else ChatChangeKind.REMOVED


def _member(event: Raw, now: Raw, before: Raw) -> Sender:
    """Return who came or went; whoever leaves takes their name along."""
    names = (each.get("displayname") for each in (now, before))
    name = next((clean(each) for each in names if isinstance(each, str) and each.strip()), event["state_key"])
    return Sender(Account(MessengerName.MATRIX, event["state_key"]), name)
