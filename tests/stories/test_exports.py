"""/export: the polls and the news of a dialogue as files."""

from __future__ import annotations

import csv
import io

import pytest

from bot.model import ChatRef
from bot.voting import Method, Result, read_records
from tests.cli.test_count import RANKING, SCORES, cast, closed, published
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, Story


async def voted(story: Story) -> list[Result]:
    """Store an open poll and a secret one, both closed, and return their results."""
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        polls = [
            await published(store, dialogue, Method.SCORE),
            await published(store, dialogue, Method.RANK, secret=True),
        ]
        for poll, typed in zip(polls, (SCORES, RANKING), strict=True):
            await cast(store, dialogue, poll, typed)
        return [await closed(store, dialogue, each) for each in polls]


def file_in(story: Story, chat: ChatRef) -> tuple[FakeMessage, bytes]:
    """Return the last message with a file in a chat, and the bytes of that."""
    message = [each for each in story.messenger(chat).messages_in(chat) if each.file][-1]
    assert message.data is not None
    return message, message.data


async def test_the_polls_come_as_a_file_from_which_they_are_counted_again(story: Story) -> None:
    results = await voted(story)
    for chat, who, typed, name in (
        (KOELN, ANNA, "/export umfragen csv", "umfragen.csv"),
        (INDY, GRACE, "!export polls json", "polls.json"),
        (INDY, GRACE, "!export polls", "polls.csv"),
    ):
        await story.says(chat, who, typed)
        message, data = file_in(story, chat)
        assert message.file
        assert message.file.name == name
        assert [each.count() for each in read_records(data)] == results
    assert message.text == (
        "Polls of the dialogue “Köln – Indianapolis”\n"
        "Secret polls, and those whose count is shown after the close, are included once they are closed."
    )


@pytest.mark.parametrize(
    ("method", "ballots"),
    [
        ("punkte", ("1=5 2=3", "2=4", "3=5 1=1")),
        ("rang", ("3>1", "2>1=3", "1>2>3")),
        ("zustimmung", ("1 2", "2", "3 1")),
    ],
)
async def test_what_people_vote_is_counted_again_like_the_result(
    story: Story, method: str, ballots: tuple[str, ...]
) -> None:
    await story.says(KOELN, ANNA, f"/umfrage Was zuerst? | - Radwege | - Bäume | - Parks | verfahren: {method}")
    await story.says(KOELN, ANNA, "/umfrage 1 veröffentlichen")
    for (chat, who), ballot in zip(((KOELN, ANNA), (KOELN, MEHMET), (INDY, GRACE)), ballots, strict=True):
        await story.says(chat, who, f"{'/' if chat == KOELN else '!'}vote 1 {ballot}")
    await story.says(KOELN, ANNA, "/umfrage 1 schließen")
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        poll = await store.polls.numbered(dialogue.id, 1)
    assert poll
    assert poll.result
    stored = Result.from_json(poll.result).renamed({each.id: each.name for each in dialogue.cities})
    for format in ("csv", "json"):
        await story.says(INDY, GRACE, f"!export polls {format}")
        (record,) = read_records(file_in(story, INDY)[1])
        assert record.count() == stored
        assert sum(stored.turnout.values()) == len(record.ballots) == len(ballots)


async def test_open_ballots_have_names_and_secret_ones_none(story: Story) -> None:
    await voted(story)
    await story.says(KOELN, ANNA, "/export polls csv")
    _message, data = file_in(story, KOELN)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [(row["poll"], row["city"], row["voter"]) for row in rows] == [
        ("1", "Indianapolis", "'=Grace"), ("1", "Köln", "Anna Weber"), ("1", "Köln", "Ben"),
        ("2", "Indianapolis", ""), ("2", "Köln", ""), ("2", "Köln", ""),
    ]  # fmt: skip


async def test_the_news_come_as_a_file(story: Story) -> None:
    await story.says(KOELN, ANNA, "/meldung Städte vereint")
    await story.says(KOELN, ANNA, "/export Meldungen .md")
    message, data = file_in(story, KOELN)
    assert message.file
    assert (message.file.name, message.file.mime) == ("meldungen.md", "text/markdown")
    assert "## Städte vereint" in data.decode()


async def test_pages_are_in_the_language_of_the_chat(story: Story) -> None:
    await voted(story)
    for chat, who, typed, shown in (
        (
            KOELN,
            ANNA,
            "/export umfragen html",
            ('lang="de-DE"', "Umfrage 1", ">Platz</th>", "Verfahren Punkte", "3,25"),
        ),
        (INDY, GRACE, "!export polls html", ('lang="en-US"', "Poll 1", ">place</th>", "method score", "3.25")),
    ):
        await story.says(chat, who, typed)
        page = file_in(story, chat)[1].decode()
        assert [text for text in shown if text not in page] == []


async def test_it_is_said_what_can_be_exported(story: Story) -> None:
    assert await story.says(KOELN, ANNA, "/export") == (
        "Was möchten Sie als Datei haben?\n"
        "/export meldungen csv|md|docx|html|json\n/export umfragen csv|md|docx|html|json\n"
        "/export aufgaben csv|md|docx|html|ics|json\n/export protokolle csv|md|docx|html|json"
    )
    assert await story.says(INDY, GRACE, "!export polls pdf") == (
        "This is not available as “pdf”.\n!export polls csv|md|docx|html|json"
    )


async def test_only_coordinators_are_sent_files(story: Story) -> None:
    await voted(story)
    await story.says(KOELN, MEHMET, "/export polls csv")
    assert not any(each.file for each in story.telegram.messages_in(KOELN))
