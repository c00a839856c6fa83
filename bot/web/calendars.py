"""Calendars that people subscribe to, each at an address that only its owner knows.

The token in the address is all that protects it: 192 random bits, of which only a keyed digest is stored. What a
calendar shows is looked up at each request, with the rights that its owner has then.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aiohttp import web

from bot.calendars import MIME, CalendarEntry, write_calendar
from bot.clock import Clock
from bot.commands.context import Services
from bot.features import Feature
from bot.text.catalogue import LocaleContext, _
from bot.text.languages import zone_of
from bot.voice import words
from bot.web.throttle import Throttle
from storage import CalendarLink, City, Database, Dialogue, Person, Store

REFRESH = timedelta(hours=6)
"""How often calendars are to ask again."""
REQUESTS, EACH = 1200, 30
"""Requests a minute: all together, and for one calendar."""

_TOKEN = re.compile(r"[\w-]{32}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Calendars:
    """The answers to `/calendar/TOKEN.ics`."""

    def __init__(self, database: Database, services: Services, features: Sequence[Feature], clock: Clock) -> None:
        """Show what each of the `features` declares (`Feature.calendar`)."""
        self._database = database
        self._services = services
        self._features = [each for each in features if each.calendar]
        self._clock = clock
        self._throttle = Throttle(REQUESTS, EACH)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [web.get("/calendar/{token}.ics", self._calendar)]

    async def _calendar(self, request: web.Request) -> web.Response:
        """Answer with a calendar; 404 for every token that is none, or no longer one (trust: cases 114, 115)."""
        token = request.match_info["token"]
        if not self._throttle.allows():
            return _too_many()
        if not _TOKEN.fullmatch(token):
            raise web.HTTPNotFound
        digest = self._services.signer.digest(f"calendar {token}")
        async with self._database.begin() as store:
            link = await store.calendar_links.find(digest)
            if link is None:
                raise web.HTTPNotFound
            if not self._throttle.allows(digest):
                return _too_many()
            name, events = await self._contents(store, link)
        tag = self._tag(name, events)
        headers = {"ETag": f'"{tag}"', "Cache-Control": "private, max-age=3600"}
        if tag in [each.value for each in request.if_none_match or ()]:
            return web.Response(status=304, headers=headers)
        body = await asyncio.to_thread(write_calendar, events, name=name, uid=f"calendar-{link.id}", refresh=REFRESH)
        headers |= {"Content-Disposition": 'attachment; filename="intercity.ics"'}
        return web.Response(body=body, content_type=MIME, charset="utf-8", headers=headers)

    async def _contents(self, store: Store, link: CalendarLink) -> tuple[str, list[CalendarEntry]]:
        """Return the name of a calendar and its events, in the language of its owner."""
        person = await store.people.get(link.person_id)
        roles = await store.roles.of_person(person.id)
        reads = _reader(person, [each.city for each in roles])
        if link.dialogue_id is None:
            dialogues = [await store.dialogues.get(each.dialogue_id) for each in roles]
            name = words(_("My roundtables and action points"), reads)
        else:
            dialogues = [await self._coordinated(store, person, link.dialogue_id)]
            name = dialogues[0].name
        ctx = self._services.context(store, self._clock())
        whose = person if link.dialogue_id is None else None
        events = list[CalendarEntry]()
        for dialogue in dialogues:
            for feature in self._features:
                assert feature.calendar  # noqa: S101 - chosen so
                events += await feature.calendar(ctx, dialogue, whose, reads)
        return name, events

    async def _coordinated(self, store: Store, person: Person, dialogue_id: int) -> Dialogue:
        """Return a dialogue. Raises HTTPNotFound unless the person still is its coordinator (trust: case 116)."""
        coordinators = await self._services.rights.coordinators(store, dialogue_id)
        if person.id not in {each.id for each in coordinators}:
            raise web.HTTPNotFound
        return await store.dialogues.get(dialogue_id)

    def _tag(self, name: str, events: Sequence[CalendarEntry]) -> str:
        """Return a tag of what a calendar shows, which is made without writing it."""
        return self._services.signer.fingerprint(repr((name, [replace(each, stamp=_EPOCH) for each in events])))


def _reader(person: Person, cities: Sequence[City]) -> LocaleContext:
    """Return what a person reads: as they have chosen or, as long as nothing is known of them, as their city does."""
    locale = person.locale or person.guessed_locale or (cities[0].locale if cities else "en_GB")
    return LocaleContext(locale, person.zone or person.guessed_zone or zone_of(locale))


def _too_many() -> web.Response:
    return web.Response(status=429, headers={"Retry-After": "60"})
