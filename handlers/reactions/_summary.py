"""The text that says who has reacted with what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from bot.model import CUSTOM_EMOJI, Quote, rich
from bot.relay.attribution import Speaker
from bot.text.catalogue import LazyText, _, lines, n_
from bot.text.emoji import is_emoji
from bot.text.foreign import unlinked
from bot.text.names import clean_name
from handlers.reactions._reactors import Reactor

MOST_KEYS, MOST_NAMES = 10, 20
"""How many reactions are listed, and how many people for each."""
_LONGEST_KEY = 20
_BRACKETS = re.compile("[()（）﹙﹚⁽⁾₍₎❨❩❪❫⟮⟯⦅⦆⸨⸩]")


def summary(reactors: Sequence[Reactor], author: Speaker | None) -> LazyText:
    """Return who has reacted with what; `author`: whose message it is, where that has to be said.

    "👍 Tom Jackson and Grace Miller (Indianapolis) · ❤️ Ruth Baker (Leeds)"
    """
    chosen: dict[str, list[Reactor]] = {}
    for each in reactors:
        chosen.setdefault(each.key, []).append(each)
    listed = sorted(chosen.values(), key=len, reverse=True)[:MOST_KEYS]
    said = lines(*map(_with, listed), by=" · ")
    return lines(_quoted(author), said, by="") if author else said


def _with(reactors: Sequence[Reactor]) -> LazyText:
    """Return a reaction with those who chose it."""
    text = _("{reaction} {people}", reaction=_reaction(reactors[0].key), people=_people(reactors))
    if any(each.together for each in reactors):
        return _("{reactions} (to several messages that arrived as one)", reactions=text)
    return text


def _people(reactors: Sequence[Reactor]) -> LazyText:
    named = [each.speaker for each in reactors if each.speaker][:MOST_NAMES]
    more = len(reactors) - len(named)
    places = groupby(named, key=lambda each: (each.city, each.title))
    texts = [_in_city([_unbracketed(each.name) for each in group], *place) for place, group in places]
    if more:
        texts += [n_("{n} more person", "{n} more people", more) if texts else n_("{n} person", "{n} people", more)]
    return lines(*texts, by=", ")


def _unbracketed(name: str) -> str:
    """Return a name without what stands for a city and a role behind it: "Ann (Leeds), Tom" would be two people."""
    return _BRACKETS.sub("-", name)


def _in_city(names: list[str], city: str, title: LazyText | None) -> LazyText:
    if not city:
        return _("{names} ({title})", names=names, title=title) if title else _("{names}", names=names)
    if title:
        return _("{names} ({city}, {title})", names=names, city=city, title=title)
    return _("{names} ({city})", names=names, city=city)


def _reaction(key: str) -> LazyText:
    """Return a reaction as people see it: one that is a text is quoted, so that it passes for nothing else."""
    if is_emoji(key):
        return _("{text}", text=key)
    if key == CUSTOM_EMOJI:
        return _("custom emoji")
    return _("“{text}”", text=unlinked(clean_name(key, "?", _LONGEST_KEY)))


def _quoted(author: Speaker) -> LazyText:
    name = _unbracketed(author.name)
    name = f"{name} ({author.city})" if author.city else name
    return _("{text}", text=Quote(rich(name)))
