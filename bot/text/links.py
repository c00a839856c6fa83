"""Links that would hide where they lead are spelled out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from bot.text.addresses import misleads, same_address, scheme
from bot.text.flat import Block, Run, changed


def spell_out(blocks: Iterable[Block], schemes: Collection[str]) -> tuple[Block, ...]:
    """Write "text (address)" where a text shows another address, or the messenger has no such links.

    Only the address is a link then, and so stays one that a second look finds honest.
    `schemes` are those that the messenger can link to.
    """
    return changed(blocks, lambda runs: _spelled(runs, schemes))


def _spelled(runs: Sequence[Run], schemes: Collection[str]) -> Iterator[Run]:
    for target, group in groupby(runs, key=lambda run: run.look.target):
        link = list(group)
        if isinstance(target, str) and _hides(link, target, schemes):
            look = link[-1].look._replace(code=False, moment=None)
            bare = look._replace(target=None)
            yield from (Run(run.text, run.look._replace(target=None)) for run in link)
            yield from (Run(" (", bare), Run(target, look), Run(")", bare))
        else:
            yield from link


def _hides(link: Sequence[Run], url: str, schemes: Collection[str]) -> bool:
    """Tell whether these runs, a link to `url`, would not lead where they seem to, or cannot lead there."""
    shown = "".join(run.text for run in link)
    return misleads(shown, url) or (scheme(url) not in schemes and not same_address(shown, url))


def drop_hiding(blocks: Iterable[Block], schemes: Collection[str]) -> tuple[Block, ...]:
    """Take the links from texts that `spell_out` would change: nothing is added to those blocks any more."""
    return changed(blocks, lambda runs: _dropped(runs, schemes))


def _dropped(runs: Sequence[Run], schemes: Collection[str]) -> Iterator[Run]:
    for target, group in groupby(runs, key=lambda run: run.look.target):
        link = list(group)
        hidden = isinstance(target, str) and _hides(link, target, schemes)
        yield from (Run(run.text, run.look._replace(target=None)) for run in link) if hidden else link


def unlinked(runs: Iterable[Run], schemes: Collection[str]) -> Iterator[Run]:
    """Take away the links that the messenger cannot have."""
    for run in runs:
        target = run.look.target
        impossible = isinstance(target, str) and scheme(target) not in schemes
        yield Run(run.text, run.look._replace(target=None)) if impossible else run
