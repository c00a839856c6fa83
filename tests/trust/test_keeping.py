"""Stored data: kept no longer, and for nobody else, than was promised."""

from __future__ import annotations

import asyncio
import traceback
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.messengers.base import PermanentError
from bot.messengers.matrix.position import Position, Waiting, capped
from bot.settings import FixedSettings
from storage import Database, State, StorageError, upgrade
from storage import tables as t
from tests.trust.world import ANNA, INDY, KOELN, TOM, World


async def _fails(world: World, text: str, times: int = 1) -> str:
    """Fail to deliver a message of Tom's to Köln, and return its id."""
    world.telegram.faults = [PermanentError("bad message") for _ in range(times)]
    await world.speaks(INDY, TOM, text)
    assert world.at(KOELN) == []
    return world.original(INDY, text)


async def _retries(world: World) -> int:
    """Do what `intercity outbox retry` does; return how many deliveries were queued again."""
    async with world.database.begin() as store:
        failed = await store.deliveries.in_state([State.FAILED])
        count = await store.deliveries.retry([each.id for each in failed])
    await world.quiet()
    return count


async def _is_failing(world: World, text: str) -> str:
    """Write a message as Tom that Telegram holds until `release` and then rejects; return its id."""
    await world.speaks(INDY, TOM, "hello")  # by now both messengers are logged in
    world.telegram.hold()
    world.telegram.faults = [PermanentError("bad message")]
    world.matrix.says(INDY, TOM, text)
    async with asyncio.timeout(10):
        while True:
            async with world.database.begin() as store:
                if await store.deliveries.in_state([State.SENDING]):
                    return world.original(INDY, text)


async def _words_kept(world: World) -> list[str]:
    async with world.database.begin() as store:
        return [str(each.post) for each in await store.deliveries.in_state(list(State)) if each.post]


async def test_case_110_what_was_taken_back_is_not_sent_by_a_retry(world: World) -> None:
    id = await _fails(world, "in anger")
    world.matrix.deletes(INDY, TOM, id)
    await world.quiet()
    assert not any("anger" in words for words in await _words_kept(world))
    assert await _retries(world) == 0
    assert world.at(KOELN) == []


async def test_case_110_what_is_taken_back_while_it_fails_is_not_sent_by_a_retry(world: World) -> None:
    id = await _is_failing(world, "in anger")
    world.matrix.deletes(INDY, TOM, id)
    await world.matrix.taken_in()
    world.telegram.release()
    await world.quiet()
    assert not any("anger" in words for words in await _words_kept(world))
    assert await _retries(world) == 0
    assert len(world.at(KOELN)) == 1


async def test_case_110_what_was_taken_back_in_a_chat_that_has_left_is_not_sent_by_a_retry(world: World) -> None:
    id = await _fails(world, "in anger")
    async with world.database.begin() as store:
        koeln = await store.chats.by_ref(KOELN)
        assert koeln
        await store.chats.unpair(koeln)
    world.matrix.deletes(INDY, TOM, id)
    await world.quiet()
    assert await _retries(world) == 0
    assert world.at(KOELN) == []


async def test_case_110_a_retry_sends_the_words_as_they_are_now(world: World) -> None:
    id = await _fails(world, "5 million")
    world.matrix.edits(INDY, TOM, id, "5 thousand")
    await world.quiet()
    assert world.at(KOELN) == []
    assert await _retries(world) == 1
    assert world.at(KOELN) == ["Tom Jackson · Indianapolis: 5 thousand"]


async def test_case_110_a_retry_sends_the_words_to_which_it_was_changed_while_it_failed(world: World) -> None:
    id = await _is_failing(world, "5 million")
    world.matrix.edits(INDY, TOM, id, "5 thousand")
    await world.matrix.taken_in()
    world.telegram.release()
    await world.quiet()
    assert await _retries(world) == 1
    assert world.at(KOELN)[1:] == ["Tom Jackson · Indianapolis: 5 thousand"]


async def test_case_110_a_change_that_failed_does_not_come_back_over_a_newer_one(world: World) -> None:
    await world.speaks(INDY, TOM, "5 million")
    id = world.original(INDY, "5 million")
    world.telegram.faults = [PermanentError("bad message")]
    for words in ("5 billion", "5 thousand"):
        world.matrix.edits(INDY, TOM, id, words)
        await world.quiet()
    assert await _retries(world) == 0
    assert world.at(KOELN) == ["Tom Jackson · Indianapolis: 5 thousand"]


@pytest.mark.parametrize("longer", [True, False])
async def test_case_110_a_retry_sends_as_many_parts_as_there_are_now(world: World, longer: bool) -> None:
    long = "many words " * 700
    id = await _fails(world, "short" if longer else long, 1 if longer else 2)
    world.matrix.edits(INDY, TOM, id, long if longer else "short")
    await world.quiet()
    assert world.at(KOELN) == []
    assert await _retries(world) == (2 if longer else 1)
    text = " ".join(each.text for each in world.telegram.messages_in(KOELN)).split()
    assert text == (long if longer else "short").split()


async def test_case_110_what_failed_does_not_go_to_a_chat_that_has_left_the_dialogue(world: World) -> None:
    await _fails(world, "among us")
    await world.commands(KOELN, ANNA, "unpair")
    await world.picks(KOELN, ANNA, "✅")
    before = world.at(KOELN)
    assert await _retries(world) == 0
    assert world.at(KOELN) == before


async def test_case_112_the_data_are_closed_to_others(tmp_path: Path) -> None:
    """A folder that existed already, and a database that an earlier version has left readable."""
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    file = folder / "intercity.db"
    for name in ("intercity.db", "intercity.db-wal"):
        (folder / name).touch()
        (folder / name).chmod(0o644)
    database = Database(f"sqlite+aiosqlite:///{FixedSettings(data_dir=folder).make_data_dir()}/intercity.db")
    await upgrade(database)
    modes = {path.name: path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())}
    await database.close()
    assert file.stat().st_size
    assert set(modes.values()) <= {0o700, 0o600}, modes


async def test_case_113_who_has_no_part_in_a_dialogue_any_more_is_forgotten(world: World) -> None:
    await world.speaks(INDY, TOM, "hello")
    await world.later(timedelta(days=40))
    await world.forget()
    assert await world.person(TOM), "the dialogue lasts"
    async with world.database.begin() as store:
        for chat in await store.chats.paired():
            await store.chats.unpair(chat)
    await world.later(timedelta(days=40))
    await world.forget()
    assert await world.person(TOM) is None


async def test_case_113_errors_of_the_database_repeat_no_words(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.sqlite'}")
    await upgrade(database)
    words = "very private".upper()
    row = {"post": {"text": [words]}, "error": words}
    errors = []
    for prepared in (True, False):
        try:
            async with database.begin() as store:
                if prepared:
                    await store.deliveries._insert(t.deliveries, **row)
                await store.deliveries._connection.execute(sa.insert(t.deliveries), row)
        except StorageError as error:
            errors.append("".join(traceback.format_exception(error)))
    await database.close()
    assert [words in each for each in errors] == [False, False]


async def test_case_113_the_cursor_has_an_end() -> None:
    """A member of an encrypted room sends undecryptable events with a session id of 60 kB."""
    huge = [Waiting("!room:test", f"$event{number}", "x" * 60_000) for number in range(300)]
    good = [Waiting("!room:test", f"$good{number}", "x" * 43) for number in range(300)]
    position = Position("s1", capped([*good, *huge]))
    assert len(str(position)) < 65_536
    assert Waiting("!room:test", "$good299", "x" * 43) in position.waiting
