"""Topics compared in pairs: Schulze's method, and Borda points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import permutations
from typing import TypeAlias

from bot.voting.rules import Ballot

Matrix: TypeAlias = Sequence[Sequence[Fraction]]
"""How much weight prefers one topic (row) to another (column), by index from 0."""


def preferences(ballots: Mapping[Ballot, int], topics: int) -> list[list[Fraction]]:
    """Return the number of ballots that rank one topic above another."""
    counts = [[0] * topics for _row in range(topics)]
    pairs = list(permutations(range(topics), 2))
    for ballot, times in ballots.items():
        for a, b in pairs:
            if ballot[a] < ballot[b]:
                counts[a][b] += times
    return [[Fraction(each) for each in row] for row in counts]


def borda(matrix: Matrix, ballots: int) -> list[Fraction]:
    """Return the sum of each topic's Borda points: 1 for each topic that a ballot ranks below it, ½ for equal ones."""
    several = range(len(matrix))
    return [sum((ballots + matrix[a][b] - matrix[b][a] for b in several if b != a), Fraction()) / 2 for a in several]


def defeats(matrix: Matrix) -> list[int]:
    """Return how many topics defeat each topic by Schulze's method (Social Choice and Welfare 36, 2011).

    One defeats another if its strongest path to it is stronger than the one back. A path is as strong as its weakest
    link; a link is a pair won, and its strength the weight of those who prefer the winner (Schulze's winning votes).
    """
    several = range(len(matrix))
    paths = [[matrix[a][b] if matrix[a][b] > matrix[b][a] else Fraction() for b in several] for a in several]
    for via in several:
        for a in several:
            for b in several:
                if a != b:
                    paths[a][b] = max(paths[a][b], min(paths[a][via], paths[via][b]))
    return [sum(paths[other][each] > paths[each][other] for other in several) for each in several]
