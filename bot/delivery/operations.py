"""What is known of an operation before it is tried: how many calls it counts as, and whether it can succeed at all."""

from __future__ import annotations

from bot.messengers.base import Capabilities, PermanentError
from bot.model import Operation, Reason, Remove, Replace, Send
from storage import Delivery


def further_calls(operation: Operation) -> int:
    """Return how many calls an operation counts as, besides one.

    Each message of an album is one for the messenger; a merged message is read before a section is changed.
    """
    match operation:
        case Send():
            return max(0, len(operation.post.files) + sum(len(post.files) for post in operation.more) - 1)
        case Replace() | Remove():
            return int(operation.section is not None)
    return 0


def refusal_of(delivery: Delivery, can: Capabilities) -> PermanentError | None:
    """Return the error of a delivery that need not be tried."""
    if delivery.unreadable:
        return PermanentError("this row cannot be read")
    posts = [each.post for each in (delivery, *delivery.followers) if each.post]
    limit, files = can.upload_bytes, [file for post in posts for file in post.files if not can.has(file)]
    if limit is not None and any((file.size or 0) > limit for file in files):
        return PermanentError("the file is too large", Reason.TOO_LARGE)
    return None
