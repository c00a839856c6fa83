"""Which bounds are trusted after a start."""

from datetime import UTC, datetime

from bot.delivery.bounds import Bounds
from bot.model import ChatRef, MessengerName, Send
from storage import Delivery, State

CHAT = ChatRef(MessengerName.TELEGRAM, "-1001")
AFTER = f"{CHAT}/9"


def first_attempt() -> Delivery:
    return Delivery(
        id=6,
        chat_id=1,
        chat=CHAT,
        message_id=1,
        part=0,
        kind=Send.kind,
        state=State.SENDING,
        token="t",
        blocked=False,
        operation=None,
        unreadable=False,
        uncertain=False,
        after_id=AFTER,
        attempts=1,
        error="",
        reason=None,
        queued_at=datetime(2026, 11, 26, tzinfo=UTC),
        tried_at=None,
        done_at=None,
    )


def test_a_bound_is_doubtful_until_its_own_messenger_has_caught_up() -> None:
    bounds = Bounds()
    bounds.claimed(first_attempt())
    bounds.caught_up(MessengerName.MATRIX)
    assert bounds.of(first_attempt()) == ""
    bounds.caught_up(MessengerName.TELEGRAM)
    assert bounds.of(first_attempt()) == AFTER
