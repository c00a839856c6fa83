"""Rich text ⇄ the Bot API's text and entities."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from operator import attrgetter

from bot.model import (
    Account,
    Code,
    Link,
    Mention,
    MessengerName,
    Moment,
    Node,
    Pre,
    Quote,
    RichText,
    Span,
    Style,
    Text,
)
from bot.text.addresses import clean_url
from bot.text.characters import units, utf8_safe
from bot.text.flat import PLAIN, Block, Flow, Look, Paragraph, Quotation, Run, changed
from bot.text.links import possible, spelled_out
from bot.text.tree import flatten, nest

SCHEMES = frozenset({"http", "https", "tg", "ton", "mailto", "tel"})
"""URL schemes allowed in a `text_link`."""

_STYLES = {
    "bold": Style.BOLD,
    "italic": Style.ITALIC,
    "underline": Style.UNDERLINE,
    "strikethrough": Style.STRIKE,
    "spoiler": Style.SPOILER,
}
_NAMES = {style: name for name, style in _STYLES.items()}
_QUOTES = {"blockquote": False, "expandable_blockquote": True}


@dataclass(frozen=True, slots=True)
class Entity:
    """A `MessageEntity`: `offset` and `length` in UTF-16 code units, `unix_time` in seconds UTC."""

    type: str
    offset: int
    length: int
    url: str = ""
    language: str = ""
    user_id: str = ""
    unix_time: int | None = None
    date_time_format: str = ""


def length(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 code units."""
    return units(text)


def offsets(text: str) -> Sequence[int]:
    """Return where each character begins, and the text ends, in UTF-16 code units."""
    if not text or max(text) <= "\uffff":
        return range(len(text) + 1)
    return list(accumulate((2 if char > "\uffff" else 1 for char in text), initial=0))


# From Telegram


@dataclass(slots=True)
class _Piece:
    """The characters between two adjacent boundaries; `quote` and `pre` are the numbers of their enclosing blocks."""

    start: int
    end: int
    look: Look = PLAIN
    quote: int | None = None
    pre: int | None = None


def parse(text: str, entities: Sequence[Entity]) -> RichText:
    """Return the tree in normal form. Never raises; keeps every character of the text.

    Ranges beyond the text are clipped, those that split a surrogate pair widened. Where two entities overlap, the
    later one is split at the end of the earlier one.
    """
    text = utf8_safe(text)
    ranges = _ranges(text, entities)
    bounds = sorted({0, len(text), *(at for start, end, _ in ranges for at in (start, end))})
    pieces = [_Piece(start, end) for start, end in pairwise(bounds)]
    number = {at: i for i, at in enumerate(bounds)}
    for i, (start, end, entity) in enumerate(ranges):
        _mark(pieces[number[start] : number[end]], entity, i)
    return nest(_flow(text, pieces, [entity for _, _, entity in ranges]).end())


def _ranges(text: str, entities: Sequence[Entity]) -> list[tuple[int, int, Entity]]:
    """Return the entities with start and end in characters, outer ones first."""
    starts = offsets(text)
    ranges = []
    for entity in entities:
        start = bisect_right(starts, max(entity.offset, 0)) - 1
        end = bisect_left(starts, min(entity.offset + entity.length, starts[-1]))
        if start < end:
            ranges.append((start, end, entity))
    return sorted(ranges, key=lambda found: (found[0], -found[1]))


def _mark(pieces: Iterable[_Piece], entity: Entity, number: int) -> None:
    if entity.type in _QUOTES:
        for piece in pieces:
            piece.quote = number if piece.quote is None else piece.quote
    elif entity.type == "pre":
        for piece in pieces:
            piece.pre = number if piece.pre is None else piece.pre
    else:
        change = _change(entity)
        for piece in pieces:
            piece.look = change(piece.look)


def _change(entity: Entity) -> Callable[[Look], Look]:
    """Return the change that an entity makes to the look of its characters; unknown types make none."""
    if style := _STYLES.get(entity.type):
        return lambda look: look._replace(styles=look.styles | {style})
    match entity.type:
        case "code":
            return lambda look: look._replace(code=True)
        case "text_link" if url := clean_url(entity.url):
            return lambda look: look._replace(target=url)
        case "text_mention" if entity.user_id:
            return lambda look: look._replace(target=Account(MessengerName.TELEGRAM, entity.user_id))
        case "date_time" if entity.unix_time is not None:
            moment = entity.unix_time, entity.date_time_format
            return lambda look: look._replace(moment=moment)
    return lambda look: look


def _flow(text: str, pieces: Iterable[_Piece], entities: Sequence[Entity]) -> Flow:
    flow = Flow()
    for quote, quoted in groupby(pieces, key=attrgetter("quote")):
        if quote is not None:
            flow.open_quote(folded=_QUOTES[entities[quote].type])
        for pre, group in groupby(quoted, key=attrgetter("pre")):
            if pre is not None:
                block = list(group)
                flow.pre(text[block[0].start : block[-1].end], entities[pre].language, _hiding(block))
                continue
            for piece in group:
                flow.write(text[piece.start : piece.end], piece.look)
        if quote is not None:
            flow.close_quote()
    return flow


def _hiding(pieces: Sequence[_Piece]) -> Look:
    """Return the look of a code block: a spoiler if any part of it is one."""
    hidden = any(Style.SPOILER in piece.look.styles for piece in pieces)
    return Look(frozenset({Style.SPOILER})) if hidden else PLAIN


# To Telegram


def fit(text: RichText) -> RichText:
    """Return the text reduced to what Telegram can show, in normal form.

    Nested quotes are merged into the outer one; code has no styles, and is plain text in a spoiler, link or mention; a
    link contains no moment; mentions of other messengers' accounts become text; addresses that Telegram does not link
    to, or that the link text misrepresents, are spelled out.
    """
    return nest(_without_indent(changed(_flat_quotes(flatten(text)), _possible)))


def _flat_quotes(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield Quotation(tuple(_unquoted(block.blocks)), block.folded) if isinstance(block, Quotation) else block


def _unquoted(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Quotation):
            yield from _unquoted(block.blocks)
        else:
            yield block


def _possible(runs: Sequence[Run]) -> Iterator[Run]:
    for run in possible(spelled_out(runs, SCHEMES), SCHEMES):
        yield Run(run.text, _possible_look(run.look))


def _possible_look(look: Look) -> Look:
    if look.target is None and not look.code:
        return look
    if isinstance(look.target, Account) and look.target.messenger is not MessengerName.TELEGRAM:
        look = look._replace(target=None)
    if look.target is not None:
        return look._replace(code=False, moment=None)
    if look.code:
        return look._replace(code=False) if Style.SPOILER in look.styles else Look(code=True)
    return look


def _without_indent(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Strip the indent of leading code: Telegram strips white space from both ends of a message."""
    if not blocks:
        return ()
    first = blocks[0]
    match first:
        case Pre():
            first = replace(first, text=first.text.lstrip())
        case Quotation():
            first = Quotation(_without_indent(first.blocks), first.folded)
        case Paragraph():
            pass
    return (first, *blocks[1:])


def render(text: RichText) -> tuple[str, list[Entity]]:
    """Return the text and entities of `fit(text)`; the entities are properly nested, sorted and not empty."""
    writer = _Writer()
    writer.write(fit(text))
    return "".join(writer.text), [entity for entity in writer.entities if entity is not None]


class _Writer:
    """Writes a fitted tree; each entity's slot is reserved before those nested in it until its length is known."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.entities: list[Entity | None] = []
        self._offset = 0

    def write(self, nodes: RichText) -> None:
        after_block = False
        for i, node in enumerate(nodes):
            block = isinstance(node, Pre | Quote)
            if i and (block or after_block):
                self._characters("\n")
            after_block = block
            self._node(node)

    def _characters(self, text: str) -> None:
        self.text.append(text)
        self._offset += units(text)

    def _node(self, node: Node) -> None:
        place, offset = len(self.entities), self._offset
        entity = _entity(node)
        if entity:
            self.entities.append(None)
        if isinstance(node, Text | Code | Moment | Pre):
            self._characters(node.text)
        else:
            self.write(node.children)
        if entity:
            self.entities[place] = replace(entity, offset=offset, length=self._offset - offset)


def _entity(node: Node) -> Entity | None:
    """Return the entity for a node, with offset and length still unset."""
    entity = None
    match node:
        case Span():
            entity = Entity(_NAMES[node.style], 0, 0)
        case Code():
            entity = Entity("code", 0, 0)
        case Link():
            entity = Entity("text_link", 0, 0, url=node.url)
        case Mention():
            entity = Entity("text_mention", 0, 0, user_id=node.account.id)
        case Moment():
            entity = Entity("date_time", 0, 0, unix_time=node.unix, date_time_format=node.format)
        case Pre():
            entity = Entity("pre", 0, 0, language=node.language)
        case Quote():
            entity = Entity("expandable_blockquote" if node.folded else "blockquote", 0, 0)
    return entity
