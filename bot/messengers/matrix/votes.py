"""Votes in our native polls (MSC3381), under stable and unstable names."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from bot.messengers.matrix.memory import Memory, Recent
from bot.messengers.matrix.polls import END, START
from bot.messengers.matrix.power import power_of, power_to_redact
from bot.messengers.matrix.raw import Raw, as_dict, size
from bot.messengers.matrix.reading import EventReader
from bot.messengers.matrix.rooms import Room
from bot.model import PollEnd, Vote, is_id

_RESPONSE = "org.matrix.msc3381.poll.response"
RESPONSES, ENDS = ("m.poll.response", _RESPONSE), ("m.poll.end", END)


@dataclass(slots=True)
class _Poll:
    """A poll of ours: how many options it has, and how many may be chosen; 0 if it is not ours."""

    options: int = 0
    most: int = 0
    ended_at: float = inf
    """When it ended, in milliseconds: what was sent later does not count (MSC3381, "Ending a poll")."""


class Votes:
    """Knows the polls that people vote in; those of before a restart are fetched."""

    def __init__(self, me: str, memory: Memory) -> None:
        """Fetch through `memory`."""
        self._me = me
        self._memory = memory
        self._polls = Recent[tuple[str, str], _Poll](1_000)

    async def read(self, reader: EventReader, event: Raw, *, readable: bool = True) -> Vote | None:
        """Convert a response; None if it counts for nothing: not in a poll of ours, or one that has ended."""
        id = referenced_id(event)
        if not id or event.get("sender") == self._me:
            return None
        poll = await self._poll(reader.room, id)
        if not poll.options or sent_at(event) > poll.ended_at:
            return None
        return reader.vote(event, id, _options(as_dict(event.get("content")), poll) if readable else None)

    async def ended(self, reader: EventReader, event: Raw) -> PollEnd | None:
        """Record the end of a poll, and return it if it is one of ours that somebody else, who may do so, has ended."""
        id, mine = referenced_id(event), event.get("sender") == self._me
        if not id or (mine and (reader.room.id, id) not in self._polls):
            return None
        poll = await self._poll(reader.room, id)
        if not poll.options or not self._may_end(reader.room, event):
            return None
        poll.ended_at = min(poll.ended_at, sent_at(event))
        return None if mine else reader.poll_end(event, id)

    async def _poll(self, room: Room, id: str) -> _Poll:
        if (room.id, id) not in self._polls:
            self._polls.note((room.id, id), await self._fetched(room, id))
        return self._polls[room.id, id]

    async def _fetched(self, room: Room, id: str) -> _Poll:
        event = await self._memory.clear_event(room.id, id)
        start = as_dict(as_dict(event.get("content")).get(START))
        answers = start.get("answers")
        if event.get("sender") != self._me or not isinstance(answers, list):
            return _Poll()
        poll = _Poll(len(answers), size(start.get("max_selections")) or 1)
        async for each in self._memory.references(room.id, id):
            if each.get("type") in ENDS and self._may_end(room, each):
                poll.ended_at = min(poll.ended_at, sent_at(each))
        return poll

    def _may_end(self, room: Room, event: Raw) -> bool:
        sender = str(event.get("sender"))
        return sender == self._me or power_of(room.state, sender) >= power_to_redact(room.state)


def referenced_id(event: Raw) -> str:
    """Return the id of the event that an event refers to (m.reference), or an empty string."""
    relation = as_dict(as_dict(event.get("content")).get("m.relates_to"))
    id = relation.get("event_id")
    return id if relation.get("rel_type") == "m.reference" and is_id(id) else ""


def sent_at(event: Raw) -> int:
    """Return when an event was sent, as its server claims, in milliseconds."""
    return size(event.get("origin_server_ts")) or 0


def _options(content: Raw, poll: _Poll) -> tuple[int, ...]:
    """Return the chosen options; none if the vote is spoiled: an unknown answer, or something else than answers."""
    chosen = chosen_in(content)
    known = {str(number): number for number in range(poll.options)}
    if not isinstance(chosen, list) or not all(isinstance(each, str) and each in known for each in chosen):
        return ()
    return tuple(dict.fromkeys(known[each] for each in chosen[: poll.most]))


def chosen_in(content: Raw) -> object:
    """Return what a response chooses, under stable and unstable names."""
    chosen = content.get("m.selections", as_dict(content.get(_RESPONSE)).get("answers"))
    return as_dict(content.get("m.poll.response")).get("answers") if chosen is None else chosen
