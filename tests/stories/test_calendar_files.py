"""The calendar file of a roundtable: what it says, in whose language, and what becomes of a series."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bot.calendars import write_calendar
from bot.commands.context import Context
from bot.text.catalogue import LocaleContext
from handlers.roundtables import _calendar, _files
from storage import Answer, NewItem, Participation, Roundtable, RoundtableState, Series, Store, tables
from tests.calendars.test_calendars import strictly
from tests.stories.conftest import ANNA, GRACE, Story

START = datetime(2027, 2, 23, 10, tzinfo=UTC)
GERMAN, AMERICAN = LocaleContext("de_DE", "Europe/Berlin"), LocaleContext("en_US", "America/Indiana/Indianapolis")


async def planned(store: Store, now: datetime, series: Series | None = None, start: datetime = START) -> Roundtable:
    (dialogue,) = await store.dialogues.all()
    anna = await store.people.by_account(ANNA.account) if ANNA.account else None
    grace = await store.people.by_account(GRACE.account) if GRACE.account else None
    assert anna
    assert grace
    roundtable = await store.roundtables.add(
        dialogue.id,
        now,
        series=series,
        occurrence_at=start if series else None,
        title="Städte vereint; für ein, demokratisches Europa",
        description="",
        place="https://meet.example.org/städte (Kennwort: 12)",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        zone="Europe/Berlin",
        remind=(timedelta(days=1), timedelta(hours=1)),
        created_by=anna.id,
        chair_id=anna.id,
    )
    await store.agenda.set(roundtable.id, [NewItem("Begrüßung", timedelta(minutes=15)), NewItem("Aussprache")])
    for person, city, part in ((anna, 0, Participation.SPEAKER), (grace, 1, Participation.LISTENER)):
        await invite(store, roundtable, person.id, dialogue.cities[city].id, part)
    return roundtable


async def invite(store: Store, roundtable: Roundtable, person_id: int, city_id: int, part: Participation) -> None:
    values = {"roundtable_id": roundtable.id, "person_id": person_id, "city_id": city_id, "part": part}
    answer = {"answer": Answer.YES if part is Participation.SPEAKER else Answer.OPEN, "explicit": False}
    await store._connection.execute(sa.insert(tables.invitations).values(**values, **answer))


async def file(ctx: Context, roundtable: Roundtable, reads: LocaleContext) -> tuple[str, bytes]:
    made = _files.calendar(ctx, roundtable)
    assert callable(made)
    (it,) = await made(reads)
    return it.name, await ctx.store.files.chunk(it.source, 0)


async def test_it_invites_in_the_readers_language(story: Story) -> None:
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.app.clock())
        roundtable = await planned(store, ctx.now)
        name, german = await file(ctx, roundtable, GERMAN)
        other, american = await file(ctx, roundtable, AMERICAN)
    assert (name, other) == ("runde-1.ics", "roundtable-1.ics")
    (read,) = strictly(german).events
    (there,) = strictly(american).events
    assert (read.uid, read.sequence, read.start) == (roundtable.uid, 0, START)
    assert read.description == "Runde 1 von Köln – Indianapolis\n1. Begrüßung (15 min)\n2. Aussprache"
    assert str(there.description).startswith("Roundtable 1 of Köln – Indianapolis")
    assert [(each.common_name, each.role, each.status) for each in read.attendees] == [
        ("Anna Weber (Köln)", "REQ-PARTICIPANT", "ACCEPTED"),
        ("Grace Miller (Indianapolis)", "NON-PARTICIPANT", "NEEDS-ACTION"),
    ]
    assert read.url == "https://meet.example.org/st%C3%A4dte"
    assert b"METHOD:REQUEST" in german
    assert b"@grace" not in german


async def test_a_move_and_a_cancellation_are_newer_versions_of_the_same_event(story: Story) -> None:
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.app.clock())
        roundtable = await planned(store, ctx.now)
        later, end = (at + timedelta(days=1) for at in (roundtable.starts_at, roundtable.ends_at))
        moved = await store.roundtables.change(roundtable, revised=True, starts_at=later, ends_at=end)
        _name, data = await file(ctx, moved, GERMAN)
        (read,) = strictly(data).events
        assert (read.uid, read.sequence, read.start) == (roundtable.uid, 1, later)
        gone = await store.roundtables.change(moved, revised=True, state=RoundtableState.CANCELLED, reason="Sturm")
        _name, data = await file(ctx, gone, GERMAN)
        (read,) = strictly(data).events
    assert b"METHOD:CANCEL" in data
    assert (read.uid, read.sequence, read.status) == (roundtable.uid, 2, "CANCELLED")
    assert "Abgesagt: Sturm" in str(read.description)


async def test_a_series_comes_with_its_rule_and_one_meeting_of_it_as_an_exception(story: Story) -> None:
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.app.clock())
        (dialogue,) = await store.dialogues.all()
        series = await store.roundtables.add_series(
            dialogue.id, "FREQ=WEEKLY;COUNT=8", zone="Europe/Berlin", starts_at=START, length=timedelta(hours=2)
        )
        first = await planned(store, ctx.now, series)
        _name, data = await file(ctx, first, GERMAN)
        (read,) = strictly(data).events
        assert read.uid == series.uid
        starts = [each.start_datetime.astimezone(UTC) for each in strictly(data).timeline]
        assert [each.hour for each in starts] == [10, 10, 10, 10, 10, 9, 9, 9], "11:00 in Berlin, over the change"
        second = await planned(store, ctx.now, series, START + timedelta(days=7))
        moved = await store.roundtables.change(second, revised=True, starts_at=second.starts_at + timedelta(hours=1))
        _name, exception = await file(ctx, moved, GERMAN)
        assert b"RECURRENCE-ID;TZID=Europe/Berlin:20270302T110000" in exception
        gone = await store.roundtables.change(moved, revised=True, state=RoundtableState.CANCELLED)
        _name, without = await file(ctx, gone, GERMAN)
        assert b"METHOD:CANCEL" in without
        assert b"RECURRENCE-ID;TZID=Europe/Berlin:20270302T110000" in without
        await store.roundtables.end_series(series.id, ctx.now)
        _name, shortened = await file(ctx, gone, GERMAN)
        assert b"METHOD:REQUEST" in shortened
        assert [each.start_datetime for each in strictly(shortened).timeline] == [START], "what was held stays"
        last = await store.roundtables.change(first, revised=True, state=RoundtableState.CANCELLED)
        _name, over = await file(ctx, last, GERMAN)
    (read,) = strictly(over).events
    assert (read.uid, read.status, b"METHOD:CANCEL" in over) == (series.uid, "CANCELLED", True)
    numbers = [int(re.findall(rb"SEQUENCE:(\d+)", each)[0]) for each in (data, exception, without, over)]
    assert numbers == sorted(set(numbers)), "each is newer than the one before"


async def test_a_subscribed_calendar_leaves_out_what_was_cancelled_of_a_series(story: Story) -> None:
    async with story.database.begin() as store:
        ctx = story.app.services.context(store, story.app.clock())
        (dialogue,) = await store.dialogues.all()
        series = await store.roundtables.add_series(
            dialogue.id, "FREQ=WEEKLY;COUNT=4", zone="Europe/Berlin", starts_at=START, length=timedelta(hours=2)
        )
        await planned(store, ctx.now, series)
        second = await planned(store, ctx.now, series, START + timedelta(days=7))
        third = await planned(store, ctx.now, series, START + timedelta(days=14))
        await store.roundtables.change(second, revised=True, state=RoundtableState.CANCELLED)
        later, end = (at + timedelta(days=1) for at in (third.starts_at, third.ends_at))
        await store.roundtables.change(third, revised=True, starts_at=later, ends_at=end)
        events = await _calendar.subscribed(ctx, dialogue, None, GERMAN)
    days = [(each.start_datetime - START).days for each in strictly(write_calendar(events)).timeline]
    assert days == [0, 15, 21]
