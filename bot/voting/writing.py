"""The canonical text of a ballot, as people would type it: it is stored, shown and exported."""

from __future__ import annotations

from bot.voting.rules import Ballot, Method


def write_ballot(ballot: Ballot, method: Method) -> str:
    """Return the text from which `read_ballot` returns the same ballot: `1=5 2=3`, `3>1=2`, `1 3` or `2`.

    Topics with 0 points are left out, as are several in the last place, unless nothing else would be left.
    """
    if method is Method.RANK:
        return _order(ballot)
    chosen = [(topic, points) for topic, points in enumerate(ballot, 1) if points]
    if method is Method.SCORE:
        return " ".join(f"{topic}={points}" for topic, points in chosen or [(1, 0)])
    return " ".join(str(topic) for topic, _points in chosen)


def _order(ballot: Ballot) -> str:
    groups = [[str(topic) for topic, own in enumerate(ballot, 1) if own == place] for place in sorted(set(ballot))]
    if len(groups) > 2 and len(groups[-1]) > 1:
        del groups[-1]
    return ">".join("=".join(group) for group in groups)
