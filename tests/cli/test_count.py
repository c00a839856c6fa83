"""Polls exported by `intercity export`, counted again by `intercity count`."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from bot.model import Account, MessengerName
from bot.text.catalogue import LazyText, LocaleContext
from bot.voice import words
from bot.voting import Method, Result, count, read_profile, read_records
from storage import Database, Dialogue, NewTopic, Poll, PollState, Store
from tests.cli.test_commands import NOW, Shell, paired, shell

__all__ = ["paired", "shell"]

DIALOGUE = "Köln – Leeds"
SCORES = {"Anna Weber": "1=5 2=3", "Ben": "1=4", "=Grace": "2=5 3=2"}
RANKING = {"Anna Weber": "3>1>2", "Ben": "1=2>3", "=Grace": "2>1>3"}


async def published(
    store: Store, dialogue: Dialogue, method: Method, *, secret: bool = False, live: bool = True
) -> Poll:
    poll = await store.polls.add(
        dialogue.id, NOW, question="+What <b>first</b>?", method=method, quorum=2, secret=secret, live=live
    )
    await store.polls.set_topics(poll.id, [NewTopic("Trees", (11, 13)), NewTopic("=Schools"), NewTopic("Rail | Road")])
    return await store.polls.change(poll, state=PollState.OPEN, opened_at=NOW)


async def cast(store: Store, dialogue: Dialogue, poll: Poll, typed: Mapping[str, str]) -> None:
    """Have people vote: Grace in Leeds, the others in Köln."""
    koeln, leeds = dialogue.cities
    for name, text in typed.items():
        person = await store.people.get_or_create(Account.parse(f"telegram:{len(name)}"), name, "", NOW)
        voter = f"digest {name}" if poll.secret else person.id
        city = leeds if name == "=Grace" else koeln
        await store.ballots.cast(poll, voter, city.id, text, messenger=MessengerName.TELEGRAM, at=NOW)


async def closed(store: Store, dialogue: Dialogue, poll: Poll) -> Result:
    result = count(
        read_profile(
            poll.method,
            poll.weight,
            topics=3,
            quorum=poll.quorum,
            cities=[each.id for each in dialogue.cities],
            texts=await store.ballots.tallied(poll),
        )
    )
    await store.polls.close(poll, NOW, result.to_json(), in_force=False)
    return result.renamed({each.id: each.name for each in dialogue.cities})


@pytest.fixture
def results(paired: Shell) -> list[Result]:  # noqa: ARG001 - after it
    """Store polls 1 (score) and 2 (secret ranking), closed; 3, open; 4, which shows nothing yet; 5, a draft."""

    async def vote() -> list[Result]:
        database = Database("sqlite+aiosqlite:///data/intercity.db")
        async with database.begin() as store:
            (dialogue,) = await store.dialogues.all()
            score = await published(store, dialogue, Method.SCORE)
            ranking = await published(store, dialogue, Method.RANK, secret=True)
            choice = await published(store, dialogue, Method.SINGLE)
            hidden = await published(store, dialogue, Method.SINGLE, live=False)
            draft = await published(store, dialogue, Method.SINGLE)
            await store.polls.change(draft, state=PollState.DRAFT)
            for poll, typed in ((score, SCORES), (ranking, RANKING), (choice, {"Ben": "2"}), (hidden, {"Ben": "2"})):
                await cast(store, dialogue, poll, typed)
            found = [await closed(store, dialogue, poll) for poll in (score, ranking)]
        await database.close()
        return found

    return asyncio.run(vote())


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_is_exported_is_counted_like_the_stored_result(
    paired: Shell, results: list[Result], format: str, tmp_path: Path
) -> None:
    paired("export", DIALOGUE, "polls", "--format", format, "-o", "polls")
    records = read_records((tmp_path / "polls").read_bytes())
    assert [each.poll for each in records] == [1, 2, 3]
    assert [each.count() for each in records[:2]] == results


@pytest.mark.usefixtures("results")
def test_a_csv_file_has_a_line_for_each_ballot(paired: Shell) -> None:
    out = paired("export", DIALOGUE, "polls")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff"), newline="")))
    assert [(row["poll"], row["city"], row["voter"], row["ballot"]) for row in rows] == [
        ("1", "Köln", "Anna Weber", "1=5 2=3"),
        ("1", "Köln", "Ben", "1=4"),
        ("1", "Leeds", "'=Grace", "2=5 3=2"),
        ("2", "Köln", "", "1=2>3"),
        ("2", "Köln", "", "3>1>2"),
        ("2", "Leeds", "", "2>1>3"),
        ("3", "Köln", "Ben", "2"),
    ]
    shown = ("question", "method", "weight", "quorum", "topics", "cities", "secret")
    assert [rows[4][name] for name in shown] == [
        "'+What <b>first</b>?", "rank", "city", "2", "1. Trees (SDG 11, 13) | 2. =Schools | 3. Rail / Road",
        "Köln | Leeds", "yes",
    ]  # fmt: skip


@pytest.mark.usefixtures("results")
def test_the_count_is_printed(paired: Shell, tmp_path: Path) -> None:
    paired("export", DIALOGUE, "polls", "--format", "json", "-o", "polls.json")
    first, second, _third = paired("count", "polls.json").split("\n\nPoll ")
    assert first.splitlines() == [
        "Poll 1: +What <b>first</b>?",
        "method score, weight city, quorum 2, voters all, ballots open",
        "",
        "place  topic                  joint  lowest  raw   Köln      Leeds",
        "1      2. =Schools            3.25   1.50    2.67  1.50 (2)  5.00 (1)",
        "2      1. Trees (SDG 11, 13)  2.25   0.00    3.00  4.50 (1)  0.00 (3)",
        "3      3. Rail | Road         1.00   0.00    0.67  0.00 (3)  2.00 (2)",
        "",
        "Ballots: Köln 2, Leeds 1",
        "Below the quorum, so that nothing comes into force: Leeds",
        "The stored result is the same.",
    ]
    assert "   1     2     3\n1  0.00  0.50  1.50\n" in second
    changed = json.loads((tmp_path / "polls.json").read_bytes())[:1]
    changed[0]["ballots"][0]["ballot"] = "3=5"
    (tmp_path / "polls.json").write_text(json.dumps(changed), "utf-8")
    assert paired("count", "polls.json").endswith("The stored result is another one.\n")
    changed[0]["ballots"] = []
    (tmp_path / "polls.json").write_text(json.dumps(changed), "utf-8")
    assert "The ballots are erased: this is the result that was stored." in paired("count", "polls.json")


def test_a_table_made_by_hand_is_counted(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "hand.csv").write_text("poll;city;voter;ballot\n1;Köln;Anna;3>1\n1;Leeds;Grace;3>2\n", "utf-8")
    out = shell("count", "hand.csv")
    assert out.startswith("Poll 1\nmethod rank, weight city, quorum 1")
    assert "\n1      3. Topic 3  2.00" in out


def test_numbers_are_rounded_as_on_the_cards(shell: Shell, tmp_path: Path) -> None:
    points = (3, 2, 2, 2, 2, 2, 2, 2)  # 2.125 on the average
    (tmp_path / "eight.csv").write_text("city,ballot\n" + "".join(f"Köln,1={each} 2=0\n" for each in points), "utf-8")
    shown = words(LazyText("{mean}", params={"mean": Fraction(sum(points), len(points))}), LocaleContext("en_GB"))
    assert f"1. Topic 1  {shown} " in shell("count", "eight.csv")


def test_no_text_reaches_the_terminal_as_a_command(shell: Shell, tmp_path: Path) -> None:
    question = r'"\u001b[2J\ud800"'
    text = f'{{"question": {question}, "ballots": [{{"city": "Köln", "ballot": "1"}}]}}'
    (tmp_path / "odd.json").write_text(text, "utf-8")
    assert shell("count", "odd.json").startswith("Poll 1: [2J\ufffd\n")


def test_what_cannot_be_counted_is_one_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_text("city,ballot,method\nKöln,1=6,score\n", "utf-8")
    shell("count", "wrong.csv", code=2, error="wrong.csv cannot be counted: line 2: '1=6' is no ballot.")
    shell("count", "none.csv", code=2, error="none.csv cannot be read")
    shell("count", ".", code=2, error="cannot be read")


@pytest.mark.usefixtures("results")
def test_pages_and_documents_show_results_and_ballots(paired: Shell) -> None:
    page = paired("export", DIALOGUE, "polls", "--format", "html")
    assert "<h2>Poll 1: +What &lt;b&gt;first&lt;/b&gt;?</h2>" in page
    assert '>Köln</td><td data-label="voter">Anna Weber</td><td data-label="ballot">1=5 2=3</td>' in page
    text = paired("export", DIALOGUE, "polls", "--format", "md")
    assert "## Poll 2: \\+What \\<b\\>first\\</b\\>?" in text
    assert "| 2 | 1\\. Trees \\(SDG 11, 13\\) | 2\\.25 |" in text
