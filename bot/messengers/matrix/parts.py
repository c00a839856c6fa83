"""The messages that one operation sends, each under a transaction id of its own."""

from __future__ import annotations

from bot.model import FileKind, Send, SendPoll, Sent


def part_id(token: str, number: int) -> str:
    """Return the transaction id of a message of an operation; buttons have `TOKEN.NUMBER`."""
    return f"{token}-{number}" if number else token


def number_of_parts(operation: Send | SendPoll) -> int:
    """Return how many messages an operation sends, at most: one before a sticker or a place says whose it is."""
    if not isinstance(operation, Send):
        return 1
    files, place = operation.post.files, operation.post.location
    return 2 if place or (files and files[0].kind is FileKind.STICKER) else max(1, len(files))


def sent_as(operation: Send | SendPoll, ids: list[str]) -> Sent:
    """Return the result of an operation that has sent these messages."""
    return Sent(tuple(ids), ids[0] if isinstance(operation, SendPoll) else "")
