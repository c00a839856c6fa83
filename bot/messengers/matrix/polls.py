"""The content of native polls (MSC3381), under the unstable names that clients know."""

from __future__ import annotations

from bot.messengers.matrix.raw import Raw
from bot.model import NativePoll
from bot.text.html import plain_body

_UNSTABLE = "org.matrix.msc3381.poll"
_TEXT = "org.matrix.msc1767.text"
START, END = f"{_UNSTABLE}.start", f"{_UNSTABLE}.end"
"""The event types that we send."""


def start(poll: NativePoll) -> Raw:
    """Return the content that begins a poll; the ids of its answers are their numbers from 0."""
    question = plain_body(poll.question)
    return {
        START: {
            "kind": f"{_UNSTABLE}.disclosed",
            "max_selections": len(poll.options) if poll.multiple else 1,
            "question": {_TEXT: question, "msgtype": "m.text", "body": question},
            "answers": [{"id": str(number), _TEXT: option} for number, option in enumerate(poll.options)],
        },
        _TEXT: "\n".join([question, *poll.options]),
        "m.mentions": {},
    }


def end(id: str) -> Raw:
    """Return the content that ends the poll that event `id` began."""
    return {END: {}, _TEXT: "🏁", "m.relates_to": {"rel_type": "m.reference", "event_id": id}, "m.mentions": {}}
