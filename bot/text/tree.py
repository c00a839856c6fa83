"""Flatten the tree and rebuild it in normal form.

Two texts that look the same have the same normal form, that of their tidy blocks (see `flat`). Of two overlapping
styles, the one that begins first stays whole and the other is split at its end; of two that begin together, the longer
contains the other. The inner of two nested links or mentions wins; a link with an unsupported address becomes text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from bot.model import Account, Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text, plain
from bot.text.addresses import clean_url
from bot.text.flat import PLAIN, Block, Flow, Look, Paragraph, Quotation, Run


def normalise(text: RichText) -> RichText:
    """Return the normal form of a text: equal for texts that look the same, and idempotent."""
    return nest(flatten(text))


def mentioned(text: RichText) -> frozenset[Account]:
    """Return the accounts that a text mentions."""
    found: set[Account] = set()
    for node in text:
        if isinstance(node, Mention):
            found.add(node.account)
        elif isinstance(node, Span | Link | Quote):
            found |= mentioned(node.children)
    return frozenset(found)


def mark_count(text: RichText, styles: int = 0) -> int:
    """Return how many entities a text in normal form has on Telegram at most, within so many styles.

    Code ends the styles around it, which begin again behind it.
    """
    count = 0
    for node in text:
        match node:
            case Text():
                continue
            case Code():
                count += 1 + styles
            case Moment() | Pre():
                count += 1
            case _:
                count += 1 + mark_count(node.children, styles + isinstance(node, Span))
    return count


def redirected(text: RichText, accounts: Mapping[Account, Account]) -> RichText:
    """Replace mentioned accounts with those that `accounts` maps them to."""
    return tuple(_redirected(node, accounts) for node in text)


def _redirected(node: Node, accounts: Mapping[Account, Account]) -> Node:
    match node:
        case Mention() if node.account in accounts:
            return replace(node, account=accounts[node.account])
        case Span() | Link() | Quote():
            return replace(node, children=redirected(node.children, accounts))
        case _:
            return node


def after(text: RichText, count: int) -> RichText:
    """Return what follows the first `count` characters of `plain(text)`, with its formatting."""
    rest = list[Node]()
    for number, node in enumerate(text):
        size = len(plain(text[: number + 1])) - len(plain(text[:number]))
        if count <= 0:
            rest.append(node)
        elif size > count:
            separator = size - len(plain((node,)))  # a line break before or behind a block
            rest += _after(node, count - separator)
        count -= size
    return tuple(rest)


def _after(node: Node, count: int) -> RichText:
    if count <= 0:
        return (node,)
    match node:
        case Text() | Code() | Pre():
            return (replace(node, text=node.text[count:]),)
        case Moment():
            return (Text(node.text[count:]),)
        case _:
            return (replace(node, children=after(node.children, count)),)


def with_lines(text: RichText, separator: str) -> RichText:
    """Return a text in which line breaks stand for a separator, except in code."""
    return tuple(_with_lines(node, separator) for node in text)


def _with_lines(node: Node, separator: str) -> Node:
    match node:
        case Text():
            return Text(node.text.replace(separator, "\n"))
        case Span() | Link() | Mention() | Quote():
            return replace(node, children=with_lines(node.children, separator))
        case _:
            return node


def flatten(text: RichText) -> tuple[Block, ...]:
    """Flatten a tree into tidy blocks."""
    flow = Flow()
    _pour(flow, text, PLAIN)
    return flow.end()


def _pour(flow: Flow, text: RichText, look: Look) -> None:
    for node in text:
        match node:
            case Text():
                flow.write(node.text, look)
            case Code():
                flow.write(node.text, look._replace(code=True))
            case Moment():
                flow.write(node.text, look._replace(moment=(node.unix, node.format)))
            case Pre():
                flow.pre(node.text, node.language, look)
            case Quote():
                flow.open_quote(folded=node.folded)
                _pour(flow, node.children, look)
                flow.close_quote()
            case Span():
                _pour(flow, node.children, look._replace(styles=look.styles | {node.style}))
            case Link():
                _pour(flow, node.children, look._replace(target=clean_url(node.url) or look.target))
            case Mention():
                _pour(flow, node.children, look._replace(target=node.account))


def nest(blocks: Iterable[Block]) -> RichText:
    """Build the tree from tidy blocks."""
    text: list[Node] = []
    for block in blocks:
        match block:
            case Paragraph():
                text += _nest(block.runs)
            case Quotation():
                text.append(Quote(nest(block.blocks), block.folded))
            case Pre():
                text.append(block)
    return tuple(text)


_ORDER = tuple(Style)
_Effect: TypeAlias = Style | str | Account


def _effects(look: Look) -> list[_Effect]:
    target = [] if look.target is None else [look.target]
    return target + [style for style in _ORDER if style in look.styles] if look.styles else target


def _nest(runs: Sequence[Run]) -> Iterator[Node]:
    at = 0
    while at < len(runs):
        effects = _effects(runs[at].look)
        if not effects:
            yield _leaf(runs[at])
            at += 1
            continue
        end, effect = _longest(runs, at, effects)
        yield _wrap(effect, tuple(_nest([Run(run.text, _without(run.look, effect)) for run in runs[at:end]])))
        at = end


def _longest(runs: Sequence[Run], at: int, effects: list[_Effect]) -> tuple[int, _Effect]:
    best = at, effects[0]
    for effect in effects:
        end = at + 1
        while end < len(runs) and _has(runs[end].look, effect):
            end += 1
        if end > best[0]:
            best = end, effect
    return best


def _has(look: Look, effect: _Effect) -> bool:
    return effect in look.styles if isinstance(effect, Style) else look.target == effect


def _without(look: Look, effect: _Effect) -> Look:
    if isinstance(effect, Style):
        return Look(look.styles - {effect}, look.target, look.code, look.moment)
    return Look(look.styles, None, look.code, look.moment)


def _wrap(effect: _Effect, children: RichText) -> Node:
    if isinstance(effect, Style):
        return Span(effect, children)
    return Link(effect, children) if isinstance(effect, str) else Mention(effect, children)


def _leaf(run: Run) -> Node:
    if run.look.moment is not None:
        unix, format = run.look.moment
        return Moment(unix, run.text, format)
    return Code(run.text) if run.look.code else Text(run.text)
