"""Rich text as JSON values: a string for plain characters, `[kind, …]` for every other node."""

from __future__ import annotations

from typing import TypeAlias

from bot.model import Account, Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text

Packed: TypeAlias = str | list["Packed | int | bool"]

DEPTH = 250
"""Maximum nesting of nodes; nobody writes deeper ones."""


def dump(text: RichText) -> list[Packed]:
    """Return the nodes as JSON values."""
    return [_pack(node) for node in text]


def load(packed: object) -> RichText:
    """Restore the tree from the output of `dump`. Raises ValueError for anything else."""
    return _load(packed, DEPTH)


def _pack(node: Node) -> Packed:
    packed: Packed
    match node:
        case Text():
            packed = node.text
        case Code():
            packed = ["code", node.text]
        case Pre():
            packed = ["pre", node.text, node.language]
        case Moment():
            packed = ["moment", node.unix, node.text, *((node.format,) if node.format else ())]
        case Span():
            packed = [node.style.value, *dump(node.children)]
        case Link():
            packed = ["link", node.url, *dump(node.children)]
        case Mention():
            packed = ["mention", str(node.account), *dump(node.children)]
        case Quote():
            packed = ["quote", node.folded, *dump(node.children)]
    return packed


def _load(packed: object, depth: int) -> RichText:
    if not isinstance(packed, list) or depth < 0:
        raise ValueError("not a rich text, or one too deep")
    return tuple(_unpack(item, depth - 1) for item in packed)


def _unpack(packed: object, depth: int) -> Node:
    match packed:
        case str():
            node: Node = Text(packed)
        case ["code", str(text)]:
            node = Code(text)
        case ["pre", str(text), str(language)]:
            node = Pre(text, language)
        case ["moment", int(unix), str(text), *rest] if not isinstance(unix, bool):
            node = Moment(unix, text, _format(rest))
        case ["link", str(url), *children]:
            node = Link(url, _load(children, depth))
        case ["mention", str(account), *children]:
            node = Mention(Account.parse(account), _load(children, depth))
        case ["quote", bool(folded), *children]:
            node = Quote(_load(children, depth), folded)
        case [str(style), *children]:
            node = Span(Style(style), _load(children, depth))
        case _:
            raise ValueError(f"not a node of a rich text: {packed!r:.80}")
    return node


def _format(rest: list[object]) -> str:
    """Return the format of a moment, which is packed unless it is empty."""
    match rest:
        case []:
            return ""
        case [str(format)]:
            return format
    raise ValueError(f"not the format of a moment: {rest!r:.80}")
