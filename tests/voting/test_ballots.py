"""Ballots as people type them, and as they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import plain
from bot.text.catalogue import LocaleContext, UserError, render
from bot.voting import Ballot, Method, Weight, example, read_ballot, read_profile, write_ballot
from tests.voting.profiles import ballots

SCORE, RANK, APPROVAL, SINGLE = Method
ASKED = {
    SCORE: "This poll asks for points from 0 to 5 for each topic.",
    RANK: "This poll asks for a ranking, the best topic first.",
    APPROVAL: "This poll asks for the numbers of all topics you approve of.",
    SINGLE: "This poll asks for the number of one topic.",
}


def refusal(text: str, method: Method, topics: int = 4, locale: str = "en_GB") -> str:
    with pytest.raises(UserError) as refused:
        read_ballot(text, method, topics)
    return plain(render(refused.value.text, LocaleContext(locale)))


@pytest.mark.parametrize(
    "text",
    [
        "1=5 2=3", "1=5, 2=3", "1=5,2=3", "1=5;2=3", "1 = 5   2 = 3", "1: 5\n2: 3", "1:5/2:3", "2=3 1=5", "1=5 2=3 3=0",
        "１＝５，２：３", "1→5, 2→3", "1 - 5\n2 – 3", "- 1=5\n- 2=3", "1. = 5\n2. = 3", "#1=5, #2=3", "1=5 und 2=3.",
        "Thema 1: 5 Punkte, Thema 2 = 3 Punkte", "topic 1: 5 points and topic 2: 3 points", "`1=5 2=3`", "1️⃣=5 2️⃣=3",
        "1. Radwege = 5\n2. Bäume, Teiche und Parks: 3\n",
        "1) Trees: 5 points\n2) Schools: 3 points", "1=5\u200b 2=3\u2069", "＃1：5、＃2：3",
        "„1=5 2=3“", "1=5 & 2=3", "(1=5) (2=3)",
    ],
)  # fmt: skip
def test_points_however_they_are_typed(text: str) -> None:
    assert read_ballot(text, SCORE, 4) == (5, 3, 0, 0)


@pytest.mark.parametrize(
    "text",
    [
        "3>1>2>4", "3 > 1 > 2", "3>1>2", "３＞１＞２", "3→1→2", "3 -> 1 -> 2", "3 ➡️ 1 ➡️ 2", "3=>1=>2", "3 >\n1 >\n2",
        "3. > 1. > 2.", "3\n1\n2\n4", "3, 1, 2, 4", "3️⃣ > 1️⃣ > 2️⃣", "3 &gt; 1 &gt; 2", "> 3 > 1 > 2",
        "Thema 3 > Thema 1 > Thema 2",
    ],
)  # fmt: skip
def test_a_ranking_however_it_is_typed(text: str) -> None:
    assert read_ballot(text, RANK, 4) == (2, 3, 1, 4)


@pytest.mark.parametrize(
    "text",
    ["1 3", "1,3", "3, 1", "1 und 3", "1 and 3", "1\n3", "• 1\n• 3", "1.\n3.", "１、３", "1 & 3", "1 + 3", "1️⃣3️⃣", "1/3"],
)
def test_a_choice_however_it_is_typed(text: str) -> None:
    assert read_ballot(text, APPROVAL, 4) == (1, 0, 1, 0)


@pytest.mark.parametrize("text", ["2", "2.", "Nr. 2", "topic 2", "#2", "2️⃣", "２", " 2\n"])
def test_one_topic_however_it_is_typed(text: str) -> None:
    assert read_ballot(text, SINGLE, 4) == (0, 1, 0, 0)


def test_topics_left_out_of_a_ranking_share_the_last_place() -> None:
    assert read_ballot("3>1=2", RANK, 5) == (2, 2, 1, 3, 3)
    assert read_ballot("3", RANK, 3) == (2, 2, 1)
    assert read_ballot("1=2=3", RANK, 3) == (1, 1, 1)


@pytest.mark.parametrize("text", ["none", "None.", "keine", "Keine!", "keins", "KEINE", "zurückziehen", "löschen"])
@pytest.mark.parametrize("method", Method)
def test_a_ballot_is_taken_back(text: str, method: Method) -> None:
    assert read_ballot(text, method, 4) is None


@pytest.mark.parametrize(
    ("text", "method", "wrong"),
    [
        ("1=6", SCORE, "A topic gets 0 to 5 points, not 6."),
        ("1=-1", SCORE, "A topic gets 0 to 5 points, not -1."),
        ("1=4.5", SCORE, "Points are whole numbers."),
        ("1=4,5 2=3", SCORE, "Points are whole numbers."),
        ("9=3", SCORE, "This poll has no topic 9, only 1 to 4."),
        ("0=3", SCORE, "This poll has no topic 0, only 1 to 4."),
        ("1=2 1=3", SCORE, "Topic 1 occurs twice."),
        ("5>1", RANK, "This poll has no topic 5, only 1 to 4."),
        ("3>1>3", RANK, "Topic 3 occurs twice."),
        ("7 1", APPROVAL, "This poll has no topic 7, only 1 to 4."),
        ("1 1", APPROVAL, "Topic 1 occurs twice."),
        ("5", SINGLE, "This poll has no topic 5, only 1 to 4."),
    ],
)
def test_what_is_wrong_is_said_before_what_the_poll_asks_for(text: str, method: Method, wrong: str) -> None:
    first, second = refusal(text, method).split("\n")
    assert first == wrong
    assert second == ASKED[method]


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("3>1>2", SCORE), ("3→1→2", SCORE), ("1 3", SCORE), ("2", SCORE), ("1=2=3", SCORE), ("1=5 2", SCORE),
        ("1, 2=5", SCORE), ("1 und 2=5", SCORE), ("1 Trees, 2=5", SCORE), ("1. Trees 2. Schools = 3", SCORE),
        ("1=5 2=3", RANK), ("1=5", RANK), ("1: 5", RANK), ("1 3", RANK), ("3>1 2", RANK), ("3>", RANK),
        ("1=5 2=3", APPROVAL), ("3>1", APPROVAL),
        ("1 2", SINGLE), ("1=5", SINGLE), ("3>1", SINGLE),
        *((text, method) for text in ("", "hello", "none 1", "=", "1=99999", "9" * 5000) for method in Method),
    ],
)  # fmt: skip
def test_another_form_is_answered_with_what_the_poll_asks_for(text: str, method: Method) -> None:
    assert refusal(text, method).endswith(ASKED[method])


def test_it_is_said_in_german() -> None:
    assert refusal("1=6", SCORE, locale="de_DE") == (
        "Ein Thema bekommt 0 bis 5 Punkte, nicht 6.\nIn dieser Umfrage geben Sie jedem Thema 0 bis 5 Punkte."
    )


@pytest.mark.parametrize("topics", [2, 3, 12])
@pytest.mark.parametrize("method", Method)
def test_the_example_is_a_ballot(method: Method, topics: int) -> None:
    text = example(method, topics)
    ballot = read_ballot(text, method, topics)
    assert ballot is not None
    assert text in {write_ballot(ballot, method), "3>1>2"}


@pytest.mark.parametrize(
    ("ballot", "method", "text"),
    [
        ((5, 3, 0, 0), SCORE, "1=5 2=3"),
        ((0, 0), SCORE, "1=0"),
        ((2, 3, 1), RANK, "3>1>2"),
        ((2, 2, 1, 3, 3), RANK, "3>1=2"),
        ((2, 2, 1), RANK, "3>1=2"),
        ((1, 0, 1, 0), APPROVAL, "1 3"),
        ((0, 1, 0, 0), SINGLE, "2"),
    ],
)
def test_it_is_written_as_it_is_typed(ballot: Ballot, method: Method, text: str) -> None:
    assert write_ballot(ballot, method) == text
    assert read_ballot(text, method, len(ballot)) == ballot


@given(st.data(), st.sampled_from(Method), st.integers(2, 12))
def test_what_is_written_is_read(data: st.DataObject, method: Method, topics: int) -> None:
    ballot = data.draw(ballots(method, topics))
    assert read_ballot(write_ballot(ballot, method), method, topics) == ballot


@given(st.text(st.sampled_from("0123456789=:>→-–,;. \n#①🔟\u20e3\ufe0fenok")) | st.text(), st.sampled_from(Method))
def test_nothing_else_is_raised(text: str, method: Method) -> None:
    try:
        ballot = read_ballot(text, method, 4)
    except UserError:
        return
    assert ballot is None or read_ballot(write_ballot(ballot, method), method, 4) == ballot


def test_stored_texts_become_a_profile() -> None:
    texts = {"Köln": {"1=5 2=3": 2, "2=3 1=5": 1}, "Leeds": {"3=1": 4}}
    profile = read_profile(SCORE, Weight.CITY, topics=3, quorum=1, cities=("Köln", "Leeds", "Graz"), texts=texts)
    assert profile.ballots == {"Köln": {(5, 3, 0): 3}, "Leeds": {(0, 0, 1): 4}}
    assert [profile.turnout(each) for each in profile.cities] == [3, 4, 0]
