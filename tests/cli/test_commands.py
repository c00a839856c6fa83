"""The shell commands: their effects and error messages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.cli import main
from bot.model import Account, ChatRef, MessengerName, Post, rich
from storage import ROSTER, Database, NewTopic, PollState, State

GROUP = "telegram:-1001234567890"
ROOM = "matrix:!abc:example.org"
NOW = datetime(2026, 11, 23, tzinfo=UTC)

Shell = Callable[..., str]


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    """Run a command and return its output; `code` and the error line are checked."""
    monkeypatch.chdir(tmp_path)

    def run(*args: str, code: int = 0, error: str = "") -> str:
        monkeypatch.setattr("sys.argv", ["intercity", *args])
        with pytest.raises(SystemExit) as end:
            main()
        out = capsys.readouterr()
        assert (end.value.code, error in out.err) == (code, True), out.err
        assert out.err.count("\n") == (1 if code else 0), "an error is one line"
        return out.out

    yield run
    structlog.reset_defaults()  # the command logs to this test's stderr


@pytest.fixture
def paired(shell: Shell) -> Shell:
    """Two cities with a chat each."""
    shell("city", "add", "Köln", "--locale", "de_DE", "--zone", "Europe/Berlin")
    shell("city", "add", "Leeds", "--locale", "en_GB", "--zone", "Europe/London")
    shell("dialogue", "add", "Köln – Leeds", "Köln", "Leeds")
    shell("chat", "add", "Köln – Leeds", "Köln", GROUP)
    shell("chat", "add", "köln – leeds", "LEEDS", ROOM)
    return shell


def test_what_is_added_is_listed(paired: Shell) -> None:
    paired("role", "set", "Köln – Leeds", "telegram:4711", "mayor", "--city", "Köln")
    assert json.loads(paired("city", "list", "--json"))[0] == {
        "name": "Köln",
        "locale": "de_DE",
        "zone": "Europe/Berlin",
    }
    assert json.loads(paired("dialogue", "list", "--json")) == [{"name": "Köln – Leeds", "cities": ["Köln", "Leeds"]}]
    assert [(row["chat"], row["city"]) for row in json.loads(paired("chat", "list", "--json"))] == [
        (GROUP, "Köln"),
        (ROOM, "Leeds"),
    ]
    (role,) = json.loads(paired("role", "list", "--json"))
    assert (role["role"], role["city"], role["accounts"]) == ("mayor", "Köln", "telegram:4711")
    assert "Köln  de_DE  Europe/Berlin" in paired("city", "list")


def test_what_is_removed_is_gone(paired: Shell) -> None:
    paired("role", "set", "Köln – Leeds", "telegram:4711", "mayor", "--city", "Köln")
    paired("role", "remove", "Köln – Leeds", "telegram:4711")
    paired("chat", "remove", GROUP)
    paired("city", "remove", "Leeds", code=2, error="still takes part")
    paired("dialogue", "remove", "Köln – Leeds")
    paired("city", "remove", "Leeds")
    for group in ("role", "chat", "dialogue"):
        assert json.loads(paired(group, "list", "--json")) == []


def test_a_dialogue_is_removed_with_its_polls(paired: Shell, tmp_path: Path) -> None:
    asyncio.run(hold_polls(tmp_path))
    paired("chat", "remove", GROUP)
    paired("dialogue", "remove", "Köln – Leeds")
    paired("city", "remove", "Leeds")
    paired("city", "remove", "Köln")
    assert json.loads(paired("dialogue", "list", "--json")) == []


async def hold_polls(folder: Path) -> None:
    """Hold two polls, with a card in both chats and a ballot each, and close the second one."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'data' / 'intercity.db'}")
    async with database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        for secret in (False, True):
            poll = await store.polls.add(dialogue.id, NOW, question="What first?", secret=secret, closes_at=NOW)
            await store.polls.set_topics(poll.id, [NewTopic("Bridges")])
            card = await store.messages.add(sent_at=NOW, dialogue_id=dialogue.id)
            for chat in await store.chats.of_dialogue(dialogue.id):
                await store.deliveries.send(chat, card, Post(rich("Poll 1")), NOW)
            poll = await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW, card_id=card)
            anna = await store.people.get_or_create(Account(MessengerName.TELEGRAM, "11"), "Anna", "", NOW)
            voter = "digest" if secret else anna.id
            city_id = dialogue.cities[0].id
            await store.ballots.cast(poll, voter, city_id, "1=5", messenger=MessengerName.TELEGRAM, at=NOW)
            await store.ballot_drafts.save(poll.id, anna.id, "1=2", 7, NOW)
        await store.polls.close(poll, NOW, {}, in_force=True)
    await database.close()


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ("city add Paris --locale xx --zone Europe/Paris", "de_DE"),
        ("city add Paris --locale fr_FR --zone Paris", "Europe/Berlin"),
        ("city add Paris --zone Europe/Paris", "--locale"),
        ("city add Köln --locale de_DE --zone Europe/Berlin", "intercity city list"),
        ("city remove Paris", "intercity city add"),
        ("dialogue add X Köln", "two or more different cities"),
        ("dialogue add X Köln Köln", "two or more different cities"),
        ("dialogue add X Köln Paris", "intercity city add"),
        ("dialogue remove X", "intercity dialogue add"),
        ("chat add X Köln telegram:-1009", "intercity dialogue add"),
        ("chat add Köln–Leeds Köln telegram:abc", "telegram:-1001234567890"),
        ("chat add Köln–Leeds Paris telegram:-1009", "intercity city add"),
        ("chat remove telegram:-1009", "intercity chat list"),
        ("role set Köln–Leeds telegram:1 king --city Köln", "coordinator"),
        ("role set Köln–Leeds anna mayor --city Köln", "matrix:@name:server"),
        ("role set Köln–Leeds telegram:1 mayor", "--city"),
        ("role remove Köln–Leeds telegram:1", "intercity role list"),
        ("outbox retry 99", "intercity outbox list"),
        ("outbox retry x", "ID"),
        ("jobs retry 99", "intercity jobs list"),
        ("ctiy list", "ctiy"),
        ("city add", "name"),
        ("run", "INTERCITY_TELEGRAM_TOKEN"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(paired: Shell, args: str, error: str) -> None:
    words = [word.replace("Köln–Leeds", "Köln – Leeds") for word in args.split()]
    paired(*words, code=2, error=error)


def test_a_chat_belongs_to_one_dialogue(paired: Shell) -> None:
    paired("chat", "add", "Köln – Leeds", "Leeds", GROUP, code=2, error=f"intercity chat remove {GROUP}")


def test_the_jobs_show_what_was_given_up_and_give_it_another_chance(paired: Shell, tmp_path: Path) -> None:
    asyncio.run(_give_up(tmp_path))
    rows = listed_jobs(paired)
    assert [(row["state"], row["kind"], row["due"], row["error"]) for row in rows] == [
        ("given up", "remind", "now", "ValueError, in the log under 3fa2c1"),
        ("waiting", "close", "2026-11-23T00:00:00+00:00", ""),
    ]
    assert "secret words" not in paired("jobs", "list")
    assert "due again: 1" in paired("jobs", "retry")
    assert "due again: 0" in paired("jobs", "retry", str(rows[1]["id"]))
    assert {row["state"] for row in listed_jobs(paired)} == {"waiting"}
    assert json.loads(paired("jobs", "discard", str(rows[0]["id"]), "--json")) == [{"result": "discarded", "count": 1}]
    assert [row["kind"] for row in listed_jobs(paired)] == ["close"]


def listed_jobs(shell: Shell) -> list[dict[str, Any]]:
    """Return the jobs as the shell lists them, without those that pairing itself has scheduled."""
    return [row for row in json.loads(shell("jobs", "list", "--json")) if row["kind"] != ROSTER]


async def _give_up(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'intercity.db'}")
    async with database.begin() as store:
        await store.jobs.schedule("remind", "1", payload={"text": "secret words"})
        await store.jobs.schedule("close", "1", NOW)
        (job,) = await store.jobs.claim("remind", NOW, timedelta(minutes=1), most=1)
        await store.jobs.put_aside(job, "ValueError, in the log under 3fa2c1", NOW)
    await database.close()


def test_the_outbox_shows_what_failed_and_gives_it_another_chance(paired: Shell, tmp_path: Path) -> None:
    asyncio.run(_fail_two(tmp_path))
    rows = json.loads(paired("outbox", "list", "--json"))
    assert [(row["state"], row["error"]) for row in rows] == [("failed", "the group is gone")] * 2
    assert "secret words" not in paired("outbox", "list")
    assert "queued again: 1" in paired("outbox", "retry", str(rows[0]["id"]))
    assert json.loads(paired("outbox", "discard", "--json")) == [{"result": "discarded", "count": 1}]
    assert [row["state"] for row in json.loads(paired("outbox", "list", "--json"))] == ["queued"]


async def _fail_two(folder: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{folder}/data/intercity.db")
    async with database.begin() as store:
        chat = await store.chats.by_ref(ChatRef.parse(GROUP))
        assert chat
        for _ in range(2):
            id = await store.messages.add(sent_at=NOW)
            await store.deliveries.send(chat, id, Post(rich("secret words")), NOW)
            delivery = await store.deliveries.claim(chat.ref.lane, NOW)
            assert delivery
            await store.deliveries.fail(delivery, "the group is gone", NOW)
        assert len(await store.deliveries.in_state([State.FAILED])) == 2
    await database.close()


def test_the_database_is_brought_up_to_date_once(shell: Shell) -> None:
    assert "brought up to date" in shell("db", "upgrade")
    assert "is up to date" in shell("db", "upgrade")


def test_help_is_no_mistake(shell: Shell) -> None:
    assert "dialogue" in shell("--help")
