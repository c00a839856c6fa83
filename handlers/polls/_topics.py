"""The topics of a poll, as they are typed and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.commands.arguments import Arguments, check_length
from bot.text import sdg
from bot.text.catalogue import LazyText, UserError, _, n_
from bot.text.characters import fold
from bot.text.excerpts import shortened
from storage import NewTopic, Topic

FEWEST, MOST = 2, 12
LONGEST = 150
"""The most characters of a topic."""

_NUMBERING = re.compile(r"^\s*\d{1,2}[.)]\s+")


def lines_of(typed: Arguments, text: str) -> Sequence[str]:
    """Return the lines with topics: those with a hyphen or, if there are none, every line of `text`."""
    return typed.items or [line for line in text.splitlines() if line.strip()]


def read(typed: Iterable[str]) -> list[NewTopic]:
    """Return the topics that somebody typed. Raises UserError if they are too few, too many, too long or not new."""
    topics = [read_one(each) for each in typed]
    check_number(len(topics))
    known: set[str] = set()
    for each in topics:
        check_new(each.text, known)
        known.add(fold(each.text))
    return topics


def read_one(typed: str) -> NewTopic:
    """Return the topic that somebody typed, with its tags. Raises UserError if it is empty or too long."""
    text, sdgs = sdg.split(_NUMBERING.sub("", typed))
    if not text:
        raise UserError(_("What is this topic about? “{topic}”", topic=shortened(typed)))
    check_length(text, LONGEST)
    return NewTopic(text, sdgs)


def check_number(number: int) -> None:
    """Raise UserError unless a poll can have so many topics."""
    if number > MOST:
        raise UserError(
            _("A poll can have {most} topics at most, and these are {number}.", most=MOST, number=number), usage=True
        )
    if number < FEWEST:
        few = n_("this is only one.", "these are {n}.", number) if number else _("there is none.")
        raise UserError(
            _(
                "A poll needs {fewest} topics at least; {few} Please write each one on a line of its own that begins"
                " with a hyphen.",
                fewest=FEWEST,
                few=few,
            ),
            usage=True,
        )


def check_new(text: str, known: Iterable[str]) -> None:
    """Raise UserError if a topic is among those `known`, which are folded."""
    if fold(text) in known:
        raise UserError(_("This topic is there twice: “{topic}”", topic=shortened(text)))


def row(number: int, topic: Topic | NewTopic) -> LazyText:
    """Return a topic with its number and its goals: `2. Trees (SDG 13 Climate Action)`."""
    return LazyText("{number}. {topic}", params={"number": str(number), "topic": unnumbered(topic)})


def unnumbered(topic: Topic | NewTopic) -> LazyText:
    """Return a topic with its goals."""
    if not topic.sdgs:
        return LazyText("{text}", params={"text": topic.text})
    return LazyText("{text} ({sdgs})", params={"text": topic.text, "sdgs": sdg.names(topic.sdgs)})
