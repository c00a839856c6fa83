"""A recorded sample of `make oracle`: random polls, counted with pref_voting."""

from __future__ import annotations

import json
from collections import Counter

from bot.voting import Method, Weight, count, read_profile
from tests.voting.oracle import RECORDED, rows


def test_recorded_polls_are_counted_as_pref_voting_does() -> None:
    lines = [json.loads(line) for line in RECORDED.read_text("utf-8").splitlines()]
    assert Counter(each["method"] for each in lines) == dict.fromkeys(Method, 50)
    for line in lines:
        method, weight, texts = Method(line["method"]), Weight(line["weight"]), line["ballots"]
        profile = read_profile(method, weight, topics=line["topics"], quorum=1, cities=texts, texts=texts)
        result = count(profile)
        assert rows(result) == line["result"], line
        assert [" ".join(map(str, row)) for row in result.pairwise] == line["pairwise"], line
