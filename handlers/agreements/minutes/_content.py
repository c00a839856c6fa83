"""What the cities agree on when they confirm minutes: all that was noted, as JSON in the history of the agreement.

    {"title", "place", "roundtable": number | None, "started", "ended": ISO 8601,
     "cities": [{"name", "zone", "language"}],
     "chair": {"who", "city", "role"} | None,
     "present": [{"entry", "who", "city", "role", "excused"}],
     "writers": ["who"],
     "lines": [{"kind", "text", "translation", "language", "action"}],
     "polls": [{"number", "question", "method", "topics": [text], "closed", "in_force", "result"}],
     "actions": [{"number", "version", "state", and what `Terms.content` returns}],
     "corrections": [{"text", "language", "city", "at", "version"}]}

People are named by pseudonyms; `entry` is the id of a `Participant`. `result`: a `bot.voting.Result` by the names of
the cities, or None. A correction says to which version it was made.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from bot.commands.context import Context
from bot.model import Role
from bot.voting import Result
from storage import ActionPoint, AttendanceKind, City, Minutes, MinutesLine, Poll, PollState

Json: TypeAlias = dict[str, Any]


async def content_of(ctx: Context, minutes: Minutes, ended: datetime) -> Json:
    """Return the content of minutes that end now."""
    cities = (await ctx.store.dialogues.get(minutes.dialogue_id)).cities
    by_id = {each.id: each for each in cities}
    lines = await ctx.store.minutes_lines.of(minutes)
    return {
        "title": minutes.title,
        "place": minutes.place,
        "roundtable": minutes.roundtable,
        "started": minutes.started_at.isoformat(),
        "ended": ended.isoformat(),
        "cities": [{"name": each.name, "zone": each.zone, "language": _language(each)} for each in cities],
        "chair": await _person(ctx, minutes, minutes.chair_id),
        "present": await _present(ctx, minutes, by_id),
        "writers": [await _pseudonym(ctx, minutes, id) for id in dict.fromkeys(each.person_id for each in lines) if id],
        "lines": [_line(each, by_id) for each in lines],
        "polls": [await _poll(ctx, each) for each in await _polls(ctx, minutes, ended)],
        "actions": [await _action(ctx, each) for each in await ctx.store.actions.made_during(minutes, ended)],
        "corrections": [],
    }


def is_empty(content: Mapping[str, Any]) -> bool:
    """Whether nothing was noted."""
    return not (content["lines"] or content["polls"] or content["actions"])


def corrected(content: Mapping[str, Any], text: str, city: City | None, at: datetime, version: int) -> Json:
    """Return the content with a correction to a version of it."""
    new = {
        "text": text,
        "language": _language(city) if city else "",
        "city": city.name if city else "",
        "at": at.isoformat(),
        "version": version,
    }
    return {**content, "corrections": [*content["corrections"], new]}


def _language(city: City) -> str:
    return city.locale.partition("_")[0]


def _line(line: MinutesLine, cities: Mapping[int, City]) -> Json:
    city = cities.get(line.city_id or 0)
    return {
        "kind": str(line.kind),
        "text": line.text,
        "translation": line.translation,
        "language": _language(city) if city else "",
        "action": line.action,
    }


async def _person(ctx: Context, minutes: Minutes, person_id: int | None) -> Json | None:
    """Return a person as the history names them, with their city and role in the dialogue."""
    if person_id is None:
        return None
    person = await ctx.store.people.get(person_id)
    appointment = await ctx.store.roles.of(minutes.dialogue_id, person_id)
    role = appointment.role if appointment else Role.GUEST
    return {
        "who": await _pseudonym(ctx, minutes, person_id),
        "city": appointment.city.name if appointment else "",
        "role": str(Role.COORDINATOR if ctx.rights.by_settings(person) else role),
    }


async def _pseudonym(ctx: Context, minutes: Minutes, person_id: int) -> str:
    person = await ctx.store.people.get(person_id)
    return ctx.signer.pseudonym(minutes.dialogue_id, person.accounts[0]) if person.accounts else ""


async def _present(ctx: Context, minutes: Minutes, cities: Mapping[int, City]) -> list[Json]:
    present = []
    for each in await ctx.store.participants.of(minutes):
        person = await _person(ctx, minutes, each.person_id) or {"who": "", "role": ""}
        city = cities[each.city_id].name if each.city_id in cities else person.get("city", "")
        excused = each.how is AttendanceKind.EXCUSED
        present.append({**person, "entry": each.id, "city": city, "excused": excused})
    return present


async def _polls(ctx: Context, minutes: Minutes, ended: datetime) -> list[Poll]:
    """Return the polls that were opened or closed during the meeting."""
    polls = await ctx.store.polls.of_dialogue(minutes.dialogue_id)
    return sorted((each for each in polls if _belongs(each, minutes, ended)), key=lambda each: each.number)


def _belongs(poll: Poll, minutes: Minutes, ended: datetime) -> bool:
    times = (poll.opened_at, poll.closed_at)
    return poll.state in {PollState.OPEN, PollState.CLOSED} and any(
        at is not None and minutes.started_at <= at <= ended for at in times
    )


async def _poll(ctx: Context, poll: Poll) -> Json:
    names = {each.id: each.name for each in await ctx.store.cities.all()}
    topics = await ctx.store.polls.topics(poll.id)
    return {
        "number": poll.number,
        "question": poll.question,
        "method": str(poll.method),
        "topics": [each.text for each in topics],
        "closed": poll.closed_at.isoformat() if poll.state is PollState.CLOSED and poll.closed_at else None,
        "in_force": poll.in_force_at is not None,
        "result": Result.from_json(poll.result).renamed(names).to_json() if poll.result else None,
    }


async def _action(ctx: Context, point: ActionPoint) -> Json:
    history = await ctx.store.agreements.history(point.id)
    version = point.agreement.current_version
    terms = next(each.content for each in history if each.version == version)
    return {**terms, "number": point.number, "version": version, "state": str(point.state)}
