"""Spell out links that would hide their destination."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby

from bot.model import Account
from bot.text.addresses import misleads, same_address, scheme, spelled
from bot.text.flat import Run


def spelled_out(runs: Iterable[Run], schemes: Collection[str]) -> Iterator[Run]:
    """Write "text (address)" where the text shows a different address or the messenger does not support the link.

    Only the address is then linked, so applying this again changes nothing.
    `runs` is a whole paragraph; `schemes` are those that the messenger can link to.
    """
    for target, group in groupby(runs, key=_target):
        link = list(group)
        if isinstance(target, str) and _hides(link, target, schemes):
            look = link[-1].look._replace(code=False, moment=None)
            bare = look._replace(target=None)
            yield from map(_unlinked, link)
            yield from (Run(" (", bare), Run(spelled(target), look), Run(")", bare))
        else:
            yield from link


def honest(runs: Iterable[Run], schemes: Collection[str]) -> Iterator[Run]:
    """Remove the links that `spelled_out` would spell out."""
    for target, group in groupby(runs, key=_target):
        link = list(group)
        yield from map(_unlinked, link) if isinstance(target, str) and _hides(link, target, schemes) else link


def possible(runs: Iterable[Run], schemes: Collection[str]) -> Iterator[Run]:
    """Remove the links that the messenger does not support."""
    for run in runs:
        target = run.look.target
        yield _unlinked(run) if isinstance(target, str) and scheme(target) not in schemes else run


def _target(run: Run) -> str | Account | None:
    return run.look.target


def _unlinked(run: Run) -> Run:
    return Run(run.text, run.look._replace(target=None))


def _hides(link: Sequence[Run], url: str, schemes: Collection[str]) -> bool:
    """Whether these runs, linked to `url`, are misleading or not linkable."""
    shown = "".join(run.text for run in link)
    return misleads(shown, url) or (scheme(url) not in schemes and not same_address(shown, url))
