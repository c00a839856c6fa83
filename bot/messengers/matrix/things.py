"""Places, live locations and polls in the content of events. Any value may have any type (trust: case 80)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from bot.messengers.matrix.raw import Raw, as_dict, line, objects, size, text_in, words
from bot.model import Attachment, LiveLocation, Location, PollChoice, PollSnapshot, rich

BEACON_INFOS = ("m.beacon_info", "org.matrix.msc3672.beacon_info")
"""State events that begin and end the sharing of a live location (MSC3672), each of one person."""
BEACONS = ("m.beacon", "org.matrix.msc3672.beacon")
"""Events with where it is now, which refer to the one that began it."""
STARTS = ("m.poll.start", "org.matrix.msc3381.poll.start")
_LOCATIONS = ("m.location", "org.matrix.msc3488.location")
_TIMES = ("m.ts", "org.matrix.msc3488.ts")
_GEO = re.compile(r"\Ageo:(-?\d{1,3}(?:\.\d{1,15})?),(-?\d{1,3}(?:\.\d{1,15})?)(?:[,;].*)?\Z", re.DOTALL)
_MOST_OPTIONS = 50
_LONGEST_SHARE = timedelta(days=365)


def location_of(content: Raw) -> Attachment:
    """Return the location of an m.location."""
    extensible = _first(content, _LOCATIONS)
    body, geo = content.get("body"), content.get("geo_uri", extensible.get("uri"))
    label = line(extensible.get("description")) or ("" if _names_only_itself(body, geo) else line(body))
    return Attachment("location", label, thing=_point(geo, label))


def live_location(content: Raw, now: datetime, location: Location | None = None) -> Attachment:
    """Return the live location that a beacon_info begins, or has ended at the time `now`; `location`: where it is."""
    label, live = line(content.get("description")), content.get("live") is True
    began = next((at for key in _TIMES if (at := size(content.get(key))) is not None), None)
    length = timedelta(milliseconds=min(size(content.get("timeout")) or 0, 2**40))
    start = datetime.fromtimestamp(min(began, 2**42) / 1000, UTC) if began is not None else now
    until = start + length if timedelta(0) < length < _LONGEST_SHARE else None
    return Attachment("location", label, thing=LiveLocation(location, until if live else now, ended=not live))


def ends_share(event: Raw) -> bool:
    """Whether an event says that somebody does not share a live location any more."""
    return event.get("type") in BEACON_INFOS and as_dict(event.get("content")).get("live") is not True


def beacon_location(content: Raw) -> Location | None:
    """Return where a beacon says that somebody is."""
    location = _first(content, _LOCATIONS)
    return _point(location.get("uri"), line(location.get("description")))


def poll_of(content: Raw, votes: Mapping[str, int] | None = None, voters: int | None = None) -> Attachment:
    """Return a poll, which has ended if its `votes` are given: how many each answer has got, by its id."""
    poll = poll_start(content)
    question, closed = text_in(poll.get("question")), votes is not None
    answers = objects(poll.get("answers"))[:_MOST_OPTIONS]
    options = tuple(
        PollChoice(rich(text), votes.get(answer_id(each), 0) if votes is not None else None)
        for each in answers
        if (text := words(each))
    )
    multiple = (size(poll.get("max_selections")) or 1) > 1
    snapshot = PollSnapshot(question=rich(question), options=options, multiple=multiple, closed=closed, voters=voters)
    return Attachment("poll", line(question), thing=snapshot)


def poll_start(content: Raw) -> Raw:
    """Return what an event that begins a poll says of it."""
    return _first(content, ("m.poll", *STARTS))


def answer_id(answer: Raw) -> str:
    """Return the id by which votes name an answer."""
    id = answer.get("m.id", answer.get("id"))
    return id if isinstance(id, str) else ""


def _first(content: Raw, keys: tuple[str, ...]) -> Raw:
    return next((found for key in keys if (found := as_dict(content.get(key)))), {})


def _point(geo: object, label: str) -> Location | None:
    """Return the location of a geo URI (RFC 5870), None if it names none on earth."""
    found = _GEO.match(geo) if isinstance(geo, str) else None
    if not found:
        return None
    latitude, longitude = map(float, found.groups())
    return Location(latitude, longitude, label) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def _names_only_itself(body: object, geo: object) -> bool:
    """Whether a body is what clients write for those that show no map: `Location geo:… at 2026-…`."""
    return isinstance(body, str) and isinstance(geo, str) and ("geo:" in body or geo in body)
