"""Records of polls: exported, rewritten by spreadsheets, made by hand, and counted again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.voting import (
    Method,
    PollRecord,
    RecordedBallot,
    RecordError,
    VotingProfile,
    Weight,
    count,
    read_records,
    to_csv,
    to_json,
    write_ballot,
)
from tests.voting.profiles import profiles

RECORD = PollRecord(
    poll=4,
    question="=What first? Äpfel; “x”",
    method=Method.RANK,
    weight=Weight.PERSON,
    quorum=2,
    topics=("Trees (SDG 11, 13)", "2. Schools", "-Roads; old"),
    cities=("Köln", "Leeds", "Graz"),
    voters="staff",
    opened=datetime(2026, 11, 25, 12, tzinfo=UTC),
    ballots=(
        RecordedBallot("Köln", "Anna Weber", "3>1>2"),
        RecordedBallot("Köln", "=Bert", "2>1=3"),
        RecordedBallot("Leeds", "Grace", "1>2>3"),
    ),
)
EMPTY = PollRecord(poll=5, question="Nobody?", method=Method.SINGLE, topics=("A", "B"), cities=("Köln", "Leeds"))


def as_excel_writes_it(data: bytes, delimiter: str = ";", encoding: str = "utf-8-sig", start: str = "") -> bytes:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return (start + out.getvalue()).encode(encoding, "replace")


def untouched(data: bytes) -> bytes:
    return data


def with_tabs(data: bytes) -> bytes:
    return as_excel_writes_it(data, "\t", "utf-16")


def in_the_encoding_of_windows(data: bytes) -> bytes:
    return as_excel_writes_it(data, ";", "cp1252")


def with_a_line_for_excel(data: bytes) -> bytes:
    return as_excel_writes_it(data, start="sep=;\r\n")


def with_blank_lines(data: bytes) -> bytes:
    return as_excel_writes_it(data) + b";;;;;;;;;;;;;\r\n\r\n"


@pytest.mark.parametrize(
    "rewritten",
    [untouched, as_excel_writes_it, with_tabs, in_the_encoding_of_windows, with_a_line_for_excel, with_blank_lines],
)
def test_a_csv_file_is_counted_again(rewritten: Callable[[bytes], bytes]) -> None:
    found, empty = read_records(rewritten(to_csv([RECORD, EMPTY])))
    assert found.count() == RECORD.count()
    assert (found.poll, found.question, found.quorum, found.topics) == (4, RECORD.question, 2, RECORD.topics)
    assert (found.cities, found.ballots) == (RECORD.cities, RECORD.ballots)
    assert empty.count() == EMPTY.count()


def test_a_json_file_is_counted_again() -> None:
    found, empty = read_records(to_json([RECORD, EMPTY]))
    assert found.count() == RECORD.count()
    assert (found.question, found.topics, found.ballots) == (RECORD.question, RECORD.topics, RECORD.ballots)
    assert empty.count() == EMPTY.count()


def test_no_cell_of_a_record_is_calculated() -> None:
    header, *rows = csv.reader(io.StringIO(to_csv([RECORD]).decode("utf-8-sig"), newline=""))
    assert header[:4] == ["poll", "city", "voter", "ballot"]
    assert [row[:5] for row in rows] == [
        ["4", "Köln", "Anna Weber", "3>1>2", "'=What first? Äpfel; “x”"],
        ["4", "Köln", "'=Bert", "2>1=3", "'=What first? Äpfel; “x”"],
        ["4", "Leeds", "Grace", "1>2>3", "'=What first? Äpfel; “x”"],
    ]


@given(profiles(), st.sampled_from([to_csv, to_json]))
def test_what_is_exported_is_counted_alike(profile: VotingProfile, write: Callable[[list[PollRecord]], bytes]) -> None:
    ballots = [
        RecordedBallot(str(city), "", write_ballot(ballot, profile.method))
        for city, cast in profile.ballots.items()
        for ballot, times in cast.items()
        for _each in range(times)
    ]
    record = PollRecord(
        method=profile.method,
        weight=profile.weight,
        quorum=profile.quorum,
        topics=tuple(f"T{number}" for number in range(profile.topics)),
        cities=tuple(map(str, profile.cities)),
        ballots=tuple(ballots),
    )
    (found,) = read_records(write([record]))
    assert found.count() == count(profile)


@pytest.mark.parametrize(
    ("ballots", "method", "topics"),
    [
        (["1=5 2=3", "4=1"], Method.SCORE, 4),
        (["3>1>2", "1=2=3"], Method.RANK, 3),
        (["３＞１＞２", "1>2"], Method.RANK, 3),
        (["1 3", "2", "1,2"], Method.APPROVAL, 3),
        (["2", "3.0", "1"], Method.SINGLE, 3),
        (["1", "none"], Method.SINGLE, 2),
    ],
)
def test_a_table_made_by_hand_is_understood(ballots: list[str], method: Method, topics: int) -> None:
    rows = "".join(f"1;{city};Anna;{text}\n" for city, text in zip(("Köln", "Leeds", "Köln"), ballots, strict=False))
    (record,) = read_records(f"Poll;City;Voter;Ballot\n{rows}".encode())
    assert (record.method, len(record.topics), record.weight, record.quorum) == (method, topics, Weight.CITY, 1)
    assert record.cities == tuple(dict.fromkeys(("Köln", "Leeds", "Köln")[: len(record.ballots)]))
    assert sum(record.count().turnout.values()) == len([each for each in ballots if each != "none"])


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("", "its first line has to name the columns city, ballot"),
        ("a,b\n1,2\n", "its first line has to name the columns city, ballot"),
        ("\0\1\2", "its first line has to name"),
        ("city,ballot\n", "it contains no poll"),
        ("city,ballot\n,1\n", "line 2 has no city"),
        ("city,ballot,method\nKöln,1=6,score\n", "line 2: '1=6' is no ballot. A topic gets 0 to 5 points, not 6."),
        ("city,ballot\nKöln,1\nKöln,\n", "line 3: '' is no ballot."),
        ("city,ballot\nKöln,1>2\nKöln,1=5 2=1\n", "line 3: '1=5 2=1' is no ballot."),
        ("city,ballot,cities\nBonn,1,Köln | Leeds\n", "line 2: 'Bonn' is none of the cities"),
        ("city,ballot,method\nKöln,1,single\nKöln,1,approval\n", "line 3 has another method than the lines before it"),
        ("city,ballot,method\nKöln,1,plurality\n", "'plurality' is none of score, rank, approval, single"),
        ("city,ballot,quorum\nKöln,1,many\n", "the quorum 'many' is no whole number"),
        ("city,ballot\nKöln,1=5 99999=2\n", "there is a topic 99999 in its ballots"),
        ("[1]", "it is not the JSON of exported polls"),
        ("{", "it is not the JSON of exported polls"),
        ("[" * 100_000, "it is not the JSON of exported polls"),
        (f"[{'9' * 5000}]", "it is not the JSON of exported polls"),
        ("[]", "it contains no poll"),
        ('{"method": "single", "ballots": [{"city": "Köln", "ballot": "7"}], "topics": ["A"]}', "ballot 1: '7' is no"),
    ],
)
def test_what_cannot_be_counted_is_said(text: str, error: str) -> None:
    with pytest.raises(RecordError) as refused:
        read_records(text.encode())
    assert error in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.binary() | st.text().map(str.encode) | st.text('city,ballot\n1=>{}[]":').map(str.encode))
def test_no_file_raises_anything_else(data: bytes) -> None:
    try:
        records = read_records(data)
    except RecordError:
        return
    for each in records:
        each.count()
