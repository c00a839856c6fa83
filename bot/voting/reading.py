"""Reader of ballots as people type or paste them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from html import unescape
from typing import TypeVar

from bot.text.catalogue import LazyText, UserError, _, lines
from bot.text.characters import INVISIBLE, fold
from bot.voting.rules import HIGHEST, Ballot, CityKey, Method, VotingProfile, Weight

_TAKEN_BACK = re.compile("none|nothing|withdraw|kein(?:e[nrs]?|s)?|nichts|zurueck(?:ziehen|nehmen)|loeschen|delete")
_NOISE = re.compile(r"\b(?:topics?|themen|thema|nr|points?|pts|punkten?|punkte|pkt|stars?|sterne?)\b\.?|#")
_AND = re.compile(r"\b(?:and|und|sowie)\b")
_ARROW = re.compile("[-=]+>|[→⇒⟶⟹➔➜➝➞➡⮕›≻≫]")
_QUOTES = re.compile("[`´'\"‘’‚‛“”„‟«»()\\[\\]{}*_]")
_BULLET = re.compile(r"(?:^|(?<=;))\s*[-–—•·]\s+")
_ORDINAL = re.compile(r"(?<=\d)\.(?!\d)")

_BETWEEN = " ,;&+/"
# Numbers are short, so that an answer may repeat them.
_PAIR = re.compile(r"(?<!\d)(\d{1,4})(?:\s?[=:→]\s?|\s[-–—]\s)([-–−]?\d{1,4})(?![\d.])")
_TITLED = re.compile(r"(?:^|(?<=;))(\s*\d{1,4})\s[^\W\d_][^;=:→\d]*(?=[=:→])")
_FRACTION = re.compile(r"[=:→]\s?\d{1,4}[.,]\d{1,4}(?!\d|\s?[=:→])")
_NUMBER = re.compile(r"\d{1,4}")


Key = TypeVar("Key", int, str)


def read_ballot(text: str, method: Method, topics: int) -> Ballot | None:
    """Return the ballot for a poll with so many topics, or None if the text takes it back (`none`, `keine`).

    Fullwidth signs, arrows, keycaps, line breaks and filler words do not matter, nor do the names of topics between
    number and points. Raises UserError, which says what is wrong and how such a poll is answered.
    """
    typed = _simplified(text)
    if _TAKEN_BACK.fullmatch(typed):
        return None
    match method:
        case Method.SCORE:
            return _read_score(typed, topics)
        case Method.RANK:
            return _read_rank(typed, topics)
        case _:
            return _read_choice(typed, method, topics)


def read_profile(
    method: Method,
    weight: Weight,
    *,
    topics: int,
    quorum: int,
    cities: Iterable[Key],
    texts: Mapping[Key, Mapping[str, int]],
) -> VotingProfile:
    """Return the profile of ballots that are stored as text: how often each text was cast in each city.

    Raises UserError for a text that is no ballot of such a poll.
    """
    ballots: dict[CityKey, dict[Ballot, int]] = {}
    for city, cast in texts.items():
        read = ballots.setdefault(city, {})
        for text, times in cast.items():
            if ballot := _read_again(text, method, topics):
                read[ballot] = read.get(ballot, 0) + times
    return VotingProfile(method, weight, topics, quorum, tuple(cities), ballots)


_read_again = lru_cache(maxsize=4096)(read_ballot)  # for each count so far, and stored texts are short


def example(method: Method, topics: int) -> str:
    """Return a ballot as one would type it in a poll with so many topics."""
    match method:
        case Method.SCORE:
            return "1=5 2=3"
        case Method.RANK:
            return "3>1>2" if topics > 2 else "2>1"
        case Method.APPROVAL:
            return "1 3" if topics > 2 else "1 2"
        case Method.SINGLE:
            return "2"


def how_to_answer(method: Method) -> LazyText:
    """Return what a ballot of such a poll looks like; `example` shows one."""
    match method:
        case Method.SCORE:
            return _("This poll asks for points from 0 to {highest} for each topic.", highest=HIGHEST)
        case Method.RANK:
            return _("This poll asks for a ranking, the best topic first.")
        case Method.APPROVAL:
            return _("This poll asks for the numbers of all topics you approve of.")
        case Method.SINGLE:
            return _("This poll asks for the number of one topic.")


def _simplified(text: str) -> str:
    """Return a typed ballot as digits, signs and separators, with `→` for all arrows, and `;` for line breaks."""
    typed = unicodedata.normalize("NFKC", unescape(text).replace("\u20e3", " ").replace("🔟", " 10 "))
    typed = re.sub(f"[{INVISIBLE}]", "", typed).strip().replace("\n", ";")
    typed = _BULLET.sub(" ", _QUOTES.sub("", _ARROW.sub("→", typed)))
    typed = _AND.sub("&", _NOISE.sub(" ", fold(typed).replace("、", ",")))
    return _ORDINAL.sub("", typed).strip(_BETWEEN + ".!")


def _read_score(typed: str, topics: int) -> Ballot:
    typed = _TITLED.sub(r"\1", typed)
    pairs = [(int(topic), int(re.sub("[–−]", "-", points))) for topic, points in _PAIR.findall(typed)]
    if not pairs or _PAIR.sub("", typed).strip(_BETWEEN):
        whole = [_("Points are whole numbers.")] if _FRACTION.search(typed) else []
        raise _error(Method.SCORE, *whole)
    _check([topic for topic, _points in pairs], Method.SCORE, topics)
    for _topic, points in pairs:
        if not 0 <= points <= HIGHEST:
            wrong = _("A topic gets 0 to {highest} points, not {points}.", highest=HIGHEST, points=str(points))
            raise _error(Method.SCORE, wrong)
    given = dict(pairs)
    return tuple(given.get(topic, 0) for topic in range(1, topics + 1))


def _read_rank(typed: str, topics: int) -> Ballot:
    groups = [group.split("=") for group in re.split("[>→]", typed.lstrip("> "))]
    if len(groups) == 1 and len(listed := _NUMBER.findall(typed)) == topics and "=" not in typed:
        groups = [[each] for each in listed]  # a list of all of them, in a poll that asks for their order
    order = [[_number(each, Method.RANK) for each in group] for group in groups]
    named = [topic for group in order for topic in group]
    if len(order) == 1 and len(named) not in {1, topics}:
        raise _error(Method.RANK)  # `1=5` gives points
    _check(named, Method.RANK, topics)
    place = {topic: number for number, group in enumerate(order, 1) for topic in group}
    return tuple(place.get(topic, len(order) + 1) for topic in range(1, topics + 1))


def _read_choice(typed: str, method: Method, topics: int) -> Ballot:
    chosen = [_number(each, method) for each in re.split(f"[{_BETWEEN}]+", typed)]
    _check(chosen, method, topics)
    if method is Method.SINGLE and len(chosen) > 1:
        raise _error(method)
    return tuple(int(topic in chosen) for topic in range(1, topics + 1))


def _number(typed: str, method: Method) -> int:
    if not _NUMBER.fullmatch(each := typed.strip(_BETWEEN)):
        raise _error(method)
    return int(each)


def _check(named: Sequence[int], method: Method, topics: int) -> None:
    """Raise UserError unless each number is a topic, and occurs once."""
    for topic in named:
        if not 1 <= topic <= topics:
            missing = _("This poll has no topic {number}, only 1 to {last}.", number=str(topic), last=topics)
            raise _error(method, missing)
        if named.count(topic) > 1:
            raise _error(method, _("Topic {number} occurs twice.", number=str(topic)))


def _error(method: Method, *wrong: LazyText) -> UserError:
    return UserError(lines(*wrong, how_to_answer(method)))
