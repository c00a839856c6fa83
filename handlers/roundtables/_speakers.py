"""Who speaks next: the cities take turns, and within a city those who asked first come first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from storage import AgendaItem, Invitation, Participation, Speech

SPEECH = timedelta(minutes=3)
"""How long somebody may speak who has asked to; who introduces an item has the time of the item."""
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SpeakingRecord:
    """How long a city has spoken in a meeting, and when it last got the floor."""

    spoken: timedelta = timedelta()
    last: datetime = _NEVER


def waiting(invitations: Iterable[Invitation], speeches: Sequence[Speech], now: datetime) -> list[Invitation]:
    """Return the speakers who have asked to speak, in the order in which they get the floor.

    Next is the city that has spoken least, unless another one has waited since before that city's last turn and has had
    none since: so nobody waits behind two of another city.
    """
    asked = [each for each in invitations if each.wishes_to_speak_at and each.part is Participation.SPEAKER]
    queues: dict[int, list[Invitation]] = {}
    for each in sorted(asked, key=_since):
        queues.setdefault(each.city_id, []).append(each)
    records = {city: _record_of(city, speeches, now) for city in queues}
    order = []
    for number in range(len(asked)):
        city = _next(queues, records)
        order.append(queues[city].pop(0))
        records[city] = SpeakingRecord(records[city].spoken + SPEECH, now + timedelta(microseconds=number + 1))
        queues = {each: queue for each, queue in queues.items() if queue}
    return order


def budget(speech: Speech, item: AgendaItem | None) -> timedelta:
    """Return how long a speech may take."""
    planned = item.planned if item else None
    if planned is None:
        return SPEECH
    return planned if item and item.speaker_id == speech.person_id else min(SPEECH, planned)


def length(speech: Speech, now: datetime) -> timedelta:
    """Return how long somebody has spoken so far."""
    return (speech.ended_at or now) - speech.started_at


def _record_of(city: int, speeches: Sequence[Speech], now: datetime) -> SpeakingRecord:
    record = SpeakingRecord()
    for each in speeches:
        if each.city_id == city:
            record = replace(record, spoken=record.spoken + length(each, now), last=max(record.last, each.started_at))
    return record


def _next(queues: Mapping[int, Sequence[Invitation]], records: Mapping[int, SpeakingRecord]) -> int:
    """Return the city whose turn it is; the one whose last turn is longest ago is always free to have one."""
    free = [city for city in queues if not any(_precedes(each, city, queues, records) for each in queues)]
    return min(free, key=lambda city: (records[city].spoken, _since(queues[city][0])))


def _precedes(
    other: int, city: int, queues: Mapping[int, Sequence[Invitation]], records: Mapping[int, SpeakingRecord]
) -> bool:
    """Whether another city, which was waiting when this one got the floor, has not had it since."""
    had = records[city].last
    return records[other].last < had and _since(queues[other][0])[0] <= had


def _since(invitation: Invitation) -> tuple[datetime, int]:
    return invitation.wishes_to_speak_at or _NEVER, invitation.person_id
