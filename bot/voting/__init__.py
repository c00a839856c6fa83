"""Ballots and how they are counted, in exact fractions and without I/O (ADR 32).

ballot = read_ballot("1=5 2=3", Method.SCORE, topics=4)  # (5, 3, 0, 0)
profile = VotingProfile(Method.SCORE, Weight.CITY, 4, 1, ("Köln", "Leeds"), {"Köln": {ballot: 7}})
[topic.topic for topic in count(profile).topics]
"""

from bot.voting import report
from bot.voting.counting import count
from bot.voting.reading import example, how_to_answer, read_ballot, read_profile
from bot.voting.record import PollRecord, RecordedBallot, to_csv, to_json
from bot.voting.recount import RecordError, read_records
from bot.voting.result import Result, TopicResult
from bot.voting.rules import HIGHEST, Ballot, CityKey, Method, VotingProfile, Weight
from bot.voting.writing import write_ballot

__all__ = [
    "HIGHEST",
    "Ballot",
    "CityKey",
    "Method",
    "PollRecord",
    "RecordError",
    "RecordedBallot",
    "Result",
    "TopicResult",
    "VotingProfile",
    "Weight",
    "count",
    "example",
    "how_to_answer",
    "read_ballot",
    "read_profile",
    "read_records",
    "report",
    "to_csv",
    "to_json",
    "write_ballot",
]
