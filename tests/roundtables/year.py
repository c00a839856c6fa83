"""A year of roundtables in six dialogues between twelve time zones, driven by a clock, with an app that is killed."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import App
from bot.commands.context import Context
from bot.fetching.reader import FeedReader
from bot.model import Account, ChatRef, MessengerName, Moment, Role
from handlers.roundtables import _announcement, _reminders, _series
from storage import City, Database, Dialogue, Roundtable, RoundtableState, Store
from storage.roundtables.repository import Scheduled
from tests.clocks import Clock
from tests.fake_chats import FakeMessage
from tests.fake_web import FakeFetcher, LocalParser
from tests.fakes import MATRIX, TELEGRAM, FakeMessenger
from tests.places import PLACES
from tests.roundtables.killing import Killer, MortalProcess
from tests.roundtables.oracle import Addressee, Appointed, Bell

BEGIN, END = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
ZONES = (
    ("Köln", "de_DE", "Europe/Berlin"),
    ("Indianapolis", "en_US", "America/Indiana/Indianapolis"),
    ("Leeds", "en_GB", "Europe/London"),
    ("Los Angeles", "en_US", "America/Los_Angeles"),
    ("Wien", "de_AT", "Europe/Vienna"),
    ("St. John’s", "en_CA", "America/St_Johns"),
    ("Kyjiw", "en_GB", "Europe/Kyiv"),
    ("Phoenix", "en_US", "America/Phoenix"),
    ("Sydney", "en_AU", "Australia/Sydney"),
    ("New York", "en_US", "America/New_York"),
    ("Pune", "en_GB", "Asia/Kolkata"),
    ("Auckland", "en_NZ", "Pacific/Auckland"),
)
PRESETS = ((168, 24, 1), (24,), (48, 3), (72, 25, 2, 1), (168, 167, 12))
"""Hours before the start."""
OWN = (None, (), (24, 2), (120, 26, 1), None)
"""The times that people choose; None: none of their own."""
RISK = 0.15
"""Of being killed whenever something happens."""


@dataclass(frozen=True)
class Happening:
    """What happens to the roundtable `number` at a time: it is scheduled, moved to a start, or cancelled (None)."""

    at: datetime
    number: int
    start: datetime | None


class Year:
    """The world: the app on a database, two messengers in memory, and what was planned."""

    def __init__(self, url: str, killer: Killer, *, roundtables: int, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - a test, no secret
        self._risk = 0.0
        self._web = FakeFetcher()
        self.clock = Clock(BEGIN)
        self._process = MortalProcess(url, killer, self._new_app, self.clock)
        self.fakes = {
            name: FakeMessenger(name, can)
            for name, can in ((MessengerName.TELEGRAM, TELEGRAM), (MessengerName.MATRIX, MATRIX))
        }
        self.dialogues: list[Dialogue] = []
        self.addressees: list[Addressee] = []
        self.appointed: list[Appointed] = []
        self.bells: Counter[Bell] = Counter()
        self._count = roundtables
        self.later: list[Appointed] = []
        """The further roundtables of series."""
        self._ids: dict[int, int] = {}
        self._series: dict[int, str] = {}
        self._seen: Counter[ChatRef] = Counter()

    # --- the process ---

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the app, and stop it in the end."""
        await self._process.start()
        try:
            yield
        finally:
            await self._process.stop()

    @property
    def database(self) -> Database:
        return self._process.database

    @property
    def app(self) -> App:
        return self._process.app

    @property
    def kills(self) -> int:
        return self._process.kills

    def _new_app(self, database: Database) -> App:
        return App(
            database,
            self.fakes.values(),
            clock=self.clock,
            backoff=(0.001, 0.002),
            secret=bytes(32),
            places=PLACES,
            feeds=FeedReader(self._web, LocalParser()),
        )

    async def _quiet(self) -> None:
        """Do and deliver what is due. Now and then the app is killed meanwhile, and another one finishes the work."""
        while self._dice.random() < self._risk:
            if not await self._process.dies(self._dice.randint(0, 150)):
                return
            await self._process.start()
        await self._process.work()

    # --- the year ---

    async def set_up(self) -> None:
        """Create the dialogues: of each city, a chat, a coordinator, a mayor and one of the staff."""
        async with self.database.begin() as store:
            cities = [await store.cities.add(*each) for each in ZONES]
            for number in range(len(cities) // 2):
                pair = cities[2 * number : 2 * number + 2]
                dialogue = await store.dialogues.add(" – ".join(each.name for each in pair), tuple(pair))
                self.dialogues.append(dialogue)
                for city, messenger in zip(pair, MessengerName, strict=True):
                    chat = self._chat(messenger, f"-{100 + dialogue.id}", dialogue.id, city.zone)
                    await store.chats.pair(chat, dialogue, city)
                    await store.counters.record([f"{chat.id}/0"])
                    for role in (Role.COORDINATOR, Role.MAYOR, Role.STAFF):
                        await self._add_person(store, dialogue, city, messenger, role)

    def _chat(self, messenger: MessengerName, id: str, dialogue: int, zone: str, **more: Any) -> ChatRef:
        chat = ChatRef(messenger, id if messenger is MessengerName.TELEGRAM else f"!{id}:test")
        self.fakes[messenger].messages_in(chat)
        self.addressees.append(Addressee(chat, dialogue, zone, **more))
        return chat

    async def _add_person(
        self, store: Store, dialogue: Dialogue, city: City, messenger: MessengerName, role: Role
    ) -> None:
        """Appoint somebody who has opened a private chat; some live elsewhere, or have chosen their own times."""
        id = str(1000 + len(self.addressees))
        account = Account(messenger, id if messenger is MessengerName.TELEGRAM else f"@{id}:test")
        person = await store.people.get_or_create(account, f"Person {id}", "", BEGIN)
        zone, own = self._dice.choice([city.zone, city.zone, self._dice.choice(ZONES)[2]]), self._dice.choice(OWN)
        await store.people.set(person, zone=zone, locale=city.locale)
        if own is not None:
            await store.people.remind(person, [timedelta(hours=each) for each in own])
        await store.roles.set(dialogue, person, city, role, BEGIN)
        chat = self._chat(messenger, id, dialogue.id, zone, private=True, own=own)
        await store.chats.get_or_create(chat, person_id=person.id)
        await store.counters.record([f"{chat.id}/0"])

    async def pass_by(self) -> None:
        """Advance the clock through the year, stopping wherever something happens or is due."""
        happenings = deque(self._plan())
        self._risk = 0.0
        await self._process.work()
        self._risk = RISK
        while self.clock.now < END:
            coming = [END, *([happenings[0].at] if happenings else []), *await self._due()]
            self.clock.now = max(self.clock.now, min(each for each in coming))
            if happenings and happenings[0].at <= self.clock.now:
                await self._happens(happenings.popleft())
            at = self.clock.now
            await self._quiet()
            self._listen(at)

    async def _due(self) -> list[datetime]:
        """Return when the next jobs of features are due."""
        async with self.database.begin() as store:
            kinds = self.app.features.jobs
            found = [await store.jobs.next_due(each, self.clock.now) for each in kinds]
        return [each for each in found if each]

    def _listen(self, at: datetime) -> None:
        """Record the reminders that have been posted since the clock was moved to `at`."""
        for each in self.addressees:
            posts = [post for post in self.fakes[each.chat.messenger].messages_in(each.chat) if post.post]
            for post in posts[self._seen[each.chat] :]:
                if post.text.startswith("🔔"):
                    self.bells[self._bell(each.chat, post, at)] += 1
            self._seen[each.chat] = len(posts)

    @staticmethod
    def _bell(chat: ChatRef, message: FakeMessage, at: datetime) -> Bell:
        assert message.post
        (start,) = [node.unix for node in message.post.text if isinstance(node, Moment)]
        return chat, message.text.removeprefix("🔔 ").partition(" (")[0], start, at

    # --- what is planned ---

    def _plan(self) -> list[Happening]:
        """Return what happens in the year, in order; series go on by themselves."""
        happenings = []
        for number in range(self._count):
            dialogue = self._dice.choice(self.dialogues)
            start = self._start_in(self._dice.choice(dialogue.cities).zone)
            self.appointed.append(Appointed(dialogue.id, f"Roundtable {number}", self._dice.choice(PRESETS)))
            at = start - timedelta(hours=self._dice.choice((400, 200, 100, 20, 2)), minutes=7)
            happenings.append(Happening(at, number, start))
            if self._dice.random() < 0.2:
                at += (start - at) * self._dice.random()
                happenings.append(Happening(_odd(at), number, start + timedelta(hours=self._dice.randint(5, 200))))
            elif self._dice.random() < 0.1:
                happenings.append(Happening(_odd(at + (start - at) * self._dice.random()), number, None))
        for number in range(self._count, self._count + max(self._count // 20, 1)):
            zone = self._dice.choice(self.dialogues[0].cities).zone
            first = datetime(2027, 1, 1 + number % 28, self._dice.randint(5, 22), 30, tzinfo=ZoneInfo(zone))
            months = [first.replace(month=month).astimezone(UTC) for month in range(2, 13)]
            months.append(first.replace(year=2028).astimezone(UTC))
            self._series[number] = zone
            happenings.append(Happening(BEGIN + timedelta(hours=number, minutes=7), number, months[0]))
            self.appointed.append(Appointed(self.dialogues[0].id, f"Series {number}", (168, 24, 1)))
            self.later += [
                Appointed(self.dialogues[0].id, f"Series {number}", (168, 24, 1), [(BEGIN, start)])
                for start in months[1:]
            ]
        return sorted((each for each in happenings if BEGIN < each.at < END), key=lambda each: each.at)

    def _start_in(self, zone: str) -> datetime:
        """Return a quarter of an hour in the year, by day or in the evening, often close to a change of clocks."""
        days = self._dice.choice((range(7, 360), range(68, 92), range(297, 315)))
        midnight = datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)) + timedelta(days=self._dice.choice(days))
        return (midnight + timedelta(minutes=15 * self._dice.randrange(5 * 4, 24 * 4))).astimezone(UTC)

    async def _happens(self, what: Happening) -> None:
        appointed, now = self.appointed[what.number], self.clock.now
        async with self.database.begin() as store:
            ctx = self.app.services.context(store, now, "roundtables")
            if not appointed.versions:
                if what.start is None or what.start <= now:
                    return
                self._ids[what.number] = (await self._announce(ctx, what.number, what.start)).id
                appointed.versions.append((now, what.start))
                return
            roundtable = await store.roundtables.get(self._ids[what.number])
            if roundtable.state is not RoundtableState.PLANNED or roundtable.starts_at <= now:
                return
            if what.start is None:
                appointed.cancelled = now
                changed = await store.roundtables.change(roundtable, revised=True, state=RoundtableState.CANCELLED)
            else:
                appointed.versions.append((now, what.start))
                changed = await store.roundtables.change(
                    roundtable, revised=True, starts_at=what.start, ends_at=what.start + roundtable.length
                )
            await _reminders.plan(ctx, changed)

    async def _announce(self, ctx: Context, number: int, start: datetime) -> Roundtable:
        appointed = self.appointed[number]
        planned: Scheduled = {
            "title": appointed.title,
            "description": "",
            "place": "",
            "starts_at": start,
            "ends_at": start + timedelta(hours=1),
            "zone": "UTC",
            "remind": [timedelta(hours=each) for each in appointed.hours],
            "created_by": None,
            "chair_id": None,
        }
        series = None
        if zone := self._series.get(number):
            planned["zone"] = zone
            rule = f"FREQ=MONTHLY;BYMONTHDAY={start.astimezone(ZoneInfo(zone)).day}"
            series = await ctx.store.roundtables.add_series(
                appointed.dialogue, rule, zone=zone, starts_at=start, length=timedelta(hours=1)
            )
        roundtable = await ctx.store.roundtables.add(
            appointed.dialogue, ctx.now, series=series, occurrence_at=start if series else None, **planned
        )
        if series:
            await _series.schedule_next(ctx, series, roundtable)
        return await _announcement.publish(ctx, roundtable)


def _odd(at: datetime) -> datetime:
    """Return a time in the same hour at which no reminder is due."""
    return at.replace(minute=7, second=0, microsecond=0)
