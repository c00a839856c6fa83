"""Polls: their options, who voted for which, and when they close."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.telegram.actors import ChatActor, Record, Who
from bot.sandbox.telegram.errors import Json


@dataclass(eq=False)
class TelegramPoll:
    """A regular poll in a chat."""

    id: str
    owner: Who
    chat: ChatActor
    question: str
    options: tuple[str, ...]
    anonymous: bool = True
    multiple: bool = False
    revoting: bool = True
    closed: bool = False
    open_period: int = 0
    close_date: int = 0
    description: Json = field(default_factory=dict)
    """The fields `description` and `description_entities`, which only messages show."""
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    """User id to the numbers of the options, from 0."""
    record: Record | None = None
    """The message that holds the poll."""

    @property
    def poll(self) -> Json:
        """The Poll object as an update carries it."""
        state: Json = {
            "id": self.id,
            "question": self.question,
            "options": [self._option(number, text) for number, text in enumerate(self.options)],
            "total_voter_count": len(self.votes),
            "is_closed": self.closed,
            "is_anonymous": self.anonymous,
            "type": "regular",
            "allows_multiple_answers": self.multiple,
            "allows_revoting": self.revoting,
            "members_only": False,
        }
        times = {"open_period": self.open_period, "close_date": self.close_date}
        return state | (times if self.close_date and not self.closed else {})

    @property
    def message(self) -> Json:
        """The fields of the message that holds the poll."""
        return {"poll": self.poll | self.description}

    def persistent(self, options: tuple[int, ...]) -> list[str]:
        """Return the persistent ids of options."""
        return [f"{self.id}o{number}" for number in options]

    def _option(self, number: int, text: str) -> Json:
        count = sum(number in chosen for chosen in self.votes.values())
        return {"persistent_id": self.persistent((number,))[0], "text": text, "voter_count": count}
