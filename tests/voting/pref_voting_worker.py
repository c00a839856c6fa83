"""Counts elections with pref_voting: runs in the environment of `make oracle`, and imports nothing of the project.

Each line of the input is one election as JSON: its method, the number of topics, its ballots (see `bot.voting.Ballot`),
and the number of times each was cast. Each line of the output: the `points` of the topics, the `winners` by them and,
for rank, how many voters `prefer` one topic to another, which topic `defeats` which by Schulze's method, and who wins.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pref_voting.grade_methods import approval, score_voting
from pref_voting.grade_profiles import GradeProfile
from pref_voting.margin_based_methods import beat_path, beat_path_defeat
from pref_voting.profiles_with_ties import ProfileWithTies
from pref_voting.scoring_methods import borda_for_profile_with_ties, plurality, symmetric_borda_scores


def _graded(topics: int, ballots: list[list[int]], times: list[int], *, highest: int) -> dict[str, Any]:
    grades = GradeProfile([dict(enumerate(each)) for each in ballots], list(range(highest + 1)), gcounts=times)
    method = approval if highest == 1 else score_voting
    return {"points": [int(grades.sum(each)) for each in range(topics)], "winners": method(grades)}


def _single(topics: int, ballots: list[list[int]], times: list[int]) -> dict[str, Any]:
    profile = ProfileWithTies([{each.index(1): 1} for each in ballots], times, candidates=range(topics))
    points = profile.plurality_scores()
    return {"points": [points[each] for each in range(topics)], "winners": plurality(profile)}


def _ranked(topics: int, ballots: list[list[int]], times: list[int]) -> dict[str, Any]:
    """Count rankings from which the last place is left out, if that says the same."""
    rankings = [
        {topic: place for topic, place in enumerate(each) if place == 1 or place < max(each)} for each in ballots
    ]
    profile = ProfileWithTies(rankings, times, candidates=range(topics))
    profile.use_extended_strict_preference()
    points = symmetric_borda_scores(profile)
    schulze = beat_path(profile, strength_function=profile.support)
    assert topics > 5 or schulze == beat_path(profile, strength_function=profile.support, algorithm="basic")
    return {
        "points": [points[each] for each in range(topics)],
        "winners": borda_for_profile_with_ties(profile, borda_scores=lambda _profile: points),
        "prefer": [[profile.support(a, b) for b in range(topics)] for a in range(topics)],
        "defeats": sorted(beat_path_defeat(profile, strength_function=profile.support).edges()),
        "schulze": schulze,
    }


def main() -> None:
    """Answer each line."""
    for line in sys.stdin:
        election = json.loads(line)
        topics, ballots, times = election["topics"], election["ballots"], election["times"]
        match election["method"]:
            case "score":
                counted = _graded(topics, ballots, times, highest=5)
            case "approval":
                counted = _graded(topics, ballots, times, highest=1)
            case "single":
                counted = _single(topics, ballots, times)
            case _:
                counted = _ranked(topics, ballots, times)
        print(json.dumps(counted), flush=True)


if __name__ == "__main__":
    main()
