"""Native polls in rooms, as Element reads and writes them: MSC3381 under its unstable names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

from bot.sandbox.matrix_session import RawEvent
from bot.sandbox.page.views import ViewPoll

START, RESPONSE, END = (f"org.matrix.msc3381.poll.{each}" for each in ("start", "response", "end"))
_TEXT = "org.matrix.msc1767.text"


@dataclass
class RoomPoll:
    """A poll with everything that was sent about it. The last response of each person counts, until the end."""

    question: str
    answers: dict[str, str]
    """Id to text."""
    most: int
    creator: str
    responses: dict[str, RawEvent] = field(default_factory=dict)
    """By the id of the event."""
    end: RawEvent | None = None

    @classmethod
    def of(cls, event: RawEvent) -> Self:
        """Read the event that begins it."""
        start = event["content"][START]
        answers = {answer["id"]: answer[_TEXT] for answer in start["answers"]}
        return cls(start["question"][_TEXT], answers, start.get("max_selections", 1), event["sender"])

    def hear(self, event: RawEvent) -> None:
        """Take a response, or the end from the one who began the poll."""
        if event["type"] == RESPONSE:
            self.responses[event["event_id"]] = event
        elif event["sender"] == self.creator and self.end is None:
            self.end = event

    def forget(self, id: str) -> bool:
        """Drop a response that was redacted, so that the one before it counts; return whether there was one."""
        return self.responses.pop(id, None) is not None

    def view(self) -> ViewPoll:
        """Return how it stands."""
        chosen: dict[str, Sequence[str]] = {}
        for event in sorted(self.responses.values(), key=lambda each: each["origin_server_ts"]):
            if self.end is None or event["origin_server_ts"] <= self.end["origin_server_ts"]:
                chosen[event["sender"]] = event["content"].get(RESPONSE, {}).get("answers", [])[: self.most]
        by = {id: tuple(sender for sender, ids in chosen.items() if id in ids) for id in self.answers}
        options = tuple((id, text, by[id]) for id, text in self.answers.items())
        return ViewPoll(options, self.most > 1, self.end is not None)


def start(question: str, options: Sequence[str]) -> RawEvent:
    """Return the content of a poll that somebody makes, with one answer for each."""
    answers = [{"id": str(number), _TEXT: option} for number, option in enumerate(options)]
    poll = {"question": {_TEXT: question}, "kind": f"{START.rpartition('.')[0]}.disclosed", "max_selections": 1}
    fallback = "\n".join([question, *(f"{number}. {option}" for number, option in enumerate(options, 1))])
    return {START: poll | {"answers": answers}, _TEXT: fallback}


def response(poll: str, answers: Sequence[str]) -> RawEvent:
    """Return the content of a vote; no answers take an earlier one back."""
    return {RESPONSE: {"answers": [*answers]}, "m.relates_to": {"rel_type": "m.reference", "event_id": poll}}
