"""Roundtables are stored."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from bot.jobs.purge import Retention
from bot.model import Account, ChatRef, MessengerName, Post, rich
from storage import Database, Dialogue, NewItem, Roundtable, RoundtableState, Series, StorageError, Store
from storage import tables as t
from tests.databases import made_on

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def dialogue_in(store: Store) -> Dialogue:
    koeln = await store.cities.add("Köln", "de_DE", "Europe/Berlin")
    leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
    return await store.dialogues.add("Köln – Leeds", (koeln, leeds))


async def planned(
    store: Store, dialogue_id: int, start: datetime = NOW + DAY, series: Series | None = None
) -> Roundtable:
    return await store.roundtables.add(
        dialogue_id,
        NOW,
        series=series,
        occurrence_at=start if series else None,
        title="Cities united",
        description="",
        place="online",
        starts_at=start,
        ends_at=start + timedelta(hours=2),
        zone="Europe/Berlin",
        remind=(7 * DAY, timedelta(hours=1)),
        created_by=None,
        chair_id=None,
    )


async def test_what_is_stored_is_read_again_under_the_next_number(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        first, second = await planned(store, dialogue.id), await planned(store, dialogue.id)
        found = await store.roundtables.numbered(dialogue.id, 2)
        assert await store.roundtables.numbered(dialogue.id + 1, 2) is None
    assert (first.number, second.number, first.uid == second.uid) == (1, 2, False)
    assert found == second
    assert (second.remind, second.state, second.length) == (
        (7 * DAY, timedelta(hours=1)),
        RoundtableState.PLANNED,
        timedelta(hours=2),
    )


async def test_numbers_of_concurrent_transactions_differ(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)

    async def add() -> int:
        async with database.begin() as store:
            return (await planned(store, dialogue.id)).number

    assert sorted(await asyncio.gather(*(add() for _ in range(5)))) == [1, 2, 3, 4, 5]


async def test_a_job_never_waits_for_a_command_that_may_be_waiting_for_it(postgres: str) -> None:
    with made_on(postgres) as url:
        database = Database(url)
        try:
            async with database.begin() as store:
                roundtable = await planned(store, (await dialogue_in(store)).id)
            async with database.begin() as command:
                await command.roundtables.get(roundtable.id)
                async with asyncio.timeout(10):
                    with pytest.raises(StorageError, match="lock"):
                        await as_job(database, roundtable)
            await as_job(database, roundtable)
        finally:
            await database.close()


async def as_job(database: Database, roundtable: Roundtable) -> None:
    async with database.begin() as store:
        assert await store.roundtables.of_job(roundtable.id) == roundtable


async def test_a_change_of_what_calendars_show_counts(database: Database) -> None:
    async with database.begin() as store:
        roundtable = await planned(store, (await dialogue_in(store)).id)
        titled = await store.roundtables.change(roundtable, title="United", remind=(DAY,))
        moved = await store.roundtables.change(titled, revised=True, starts_at=NOW + 2 * DAY)
    assert (titled.title, titled.remind, titled.sequence) == ("United", (DAY,), 0)
    assert (moved.starts_at, moved.sequence, moved.uid) == (NOW + 2 * DAY, 1, roundtable.uid)


async def test_what_is_over_is_listed_apart(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        last, soon, ended, cancelled = [await planned(store, dialogue.id, NOW + days * DAY) for days in (4, 3, 2, 1)]
        await store.roundtables.change(ended, state=RoundtableState.ENDED)
        await store.roundtables.change(cancelled, state=RoundtableState.CANCELLED, reason="ill")
        await store.roundtables.change(soon, state=RoundtableState.RUNNING)
        assert [each.id for each in await store.roundtables.coming(dialogue.id)] == [soon.id, last.id]
        assert [each.id for each in await store.roundtables.past(dialogue.id, 5)] == [ended.id, cancelled.id]
        assert len(await store.roundtables.past(dialogue.id, 1)) == 1


async def test_a_new_agenda_keeps_what_has_begun(database: Database) -> None:
    async with database.begin() as store:
        roundtable = await planned(store, (await dialogue_in(store)).id)
        await store.agenda.set(roundtable.id, [NewItem("Welcome", timedelta(minutes=10)), NewItem("Old")])
        welcome, _old = await store.agenda.of(roundtable.id)
        await begin(store, welcome.id)
        await store.agenda.set(roundtable.id, [NewItem("New"), NewItem("Newer")])
        items = await store.agenda.of(roundtable.id)
    assert [(each.position, each.text) for each in items] == [(0, "Welcome"), (1, "New"), (2, "Newer")]
    assert items[0].planned == timedelta(minutes=10)


async def begin(store: Store, item_id: int) -> None:
    begun = sa.update(t.agenda_items).where(t.agenda_items.c.id == item_id)
    await store._connection.execute(begun.values(started_at=NOW))


async def test_a_series_has_its_occurrences_newest_first_and_ends_once(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        series = await store.roundtables.add_series(
            dialogue.id, "FREQ=WEEKLY", zone="Europe/Berlin", starts_at=NOW, length=timedelta(hours=1)
        )
        first, second = [await planned(store, dialogue.id, NOW + weeks * 7 * DAY, series) for weeks in (1, 2)]
        assert [each.id for each in await store.roundtables.of_series(series.id)] == [second.id, first.id]
        assert (series.length, series.ended_at) == (timedelta(hours=1), None)
        assert await store.roundtables.end_series(series.id, NOW)
        assert not await store.roundtables.end_series(series.id, NOW + DAY)
        assert (await store.roundtables.series(series.id)).ended_at == NOW


async def test_it_is_kept_for_a_year_with_its_card_and_its_number_is_not_used_again(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        group = await store.chats.pair(ChatRef(MessengerName.TELEGRAM, "-1001"), dialogue, dialogue.cities[0])
        card = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        await store.deliveries.send(group, card, Post(rich("Roundtable 1")), NOW)
        delivery = await store.deliveries.claim(group.ref.lane, NOW)
        assert delivery
        await store.deliveries.fail(delivery, "refused", NOW)
        series = await store.roundtables.add_series(
            dialogue.id, "FREQ=WEEKLY", zone="Europe/Berlin", starts_at=NOW, length=timedelta(hours=1)
        )
        roundtable = await planned(store, dialogue.id, series=series)
        await store.agenda.set(roundtable.id, [NewItem("Welcome")])
        await store.roundtables.change(roundtable, card_id=card)
        await store.roundtables.end_series(series.id, NOW)
        await store.people.get_or_create(Account(MessengerName.TELEGRAM, "11"), "Anna", "", NOW)
    await Retention().delete_expired(database, NOW + 360 * DAY)
    async with database.begin() as store:
        assert (await store.messages.get(card)).id == card
        assert await store.roundtables.numbers(dialogue.id) == [1]
    await Retention().delete_expired(database, NOW + 367 * DAY)
    async with database.begin() as store:
        assert await store.roundtables.numbers(dialogue.id) == []
        assert (await planned(store, dialogue.id)).number == 2


async def test_the_buttons_of_an_invitation_work_until_the_roundtable(database: Database) -> None:
    async with database.begin() as store:
        dialogue = await dialogue_in(store)
        older, _bare = [await store.messages.add(sent_at=at, dialogue_id=dialogue.id) for at in (NOW - DAY, NOW)]
        roundtable = await planned(store, dialogue.id, NOW + 60 * DAY)
        invitation = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
        for id in (older, invitation):
            await store.messages.set_buttons(id, {"👍": "attend"})
    await Retention().delete_expired(database, NOW + 50 * DAY)
    async with database.begin() as store:
        assert await messages(store) == [invitation]
        await store.roundtables.change(roundtable, state=RoundtableState.ENDED, ended_at=NOW + 60 * DAY)
    await Retention().delete_expired(database, NOW + 61 * DAY)
    async with database.begin() as store:
        assert await messages(store) == []


async def messages(store: Store) -> list[int]:
    return [row.id for row in await store._connection.execute(sa.select(t.messages.c.id))]
