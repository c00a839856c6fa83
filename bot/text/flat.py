r"""The tree laid flat: blocks of runs, the form in which texts are tidied, cut and nested anew.

Two trees that look alike have the same flat form, and so the same normal form:

- Blocks stand at the top or in a quote, never in a span, link or mention, whose effect moves inside.
- No blank line next to a block or at either end; a paragraph begins and ends with ink.
- Neighbours that look alike are one. Of two styles that cross, the one that begins first stays
  whole and the other is cut at its end; of two that begin together, the longer holds the other.
- A line break is styled like both its neighbours, as far as they agree.
- Code of several lines is a `Pre`. A moment is one line. What stands in a link or a spoiler is
  inline: a `Pre` there is plain lines.
- The inner of two nested links or mentions counts; a link with an address that we do not follow
  is its text.
- Characters are those of `clean_text`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple, TypeAlias

from bot.model import Account, Code, Link, Mention, Moment, Node, Pre, Quote, RichText, Span, Style, Text
from bot.text.addresses import clean_url
from bot.text.characters import clean_text


class Look(NamedTuple):
    """How characters look and what they do. `target` is a link's address or a mentioned account."""

    styles: frozenset[Style] = frozenset()
    target: str | Account | None = None
    code: bool = False
    moment: int | None = None


class Run(NamedTuple):
    """Characters that share one look."""

    text: str
    look: Look


class Paragraph(NamedTuple):
    """Inline text; two paragraphs never stand side by side."""

    runs: tuple[Run, ...]


class Quotation(NamedTuple):
    """The flat form of `Quote`."""

    blocks: tuple[Block, ...]
    folded: bool


Block: TypeAlias = Paragraph | Pre | Quotation
PLAIN = Look()


def normalise(text: RichText) -> RichText:
    """Give the normal form of a text: equal for texts that look alike, the same again for itself."""
    return nest(flatten(text))


def flatten(text: RichText) -> tuple[Block, ...]:
    """Lay a tree flat, tidied."""
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
                flow.write(node.text, look._replace(moment=node.unix))
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


def changed(
    blocks: Iterable[Block],
    inline: Callable[[Sequence[Run]], Iterable[Run]],
    code: Callable[[str], str] = str,
) -> tuple[Block, ...]:
    """Change the runs of each paragraph and the text of each `Pre`, and tidy what comes of it."""
    flow = Flow()
    _pour_changed(flow, blocks, inline, code)
    return flow.end()


def _pour_changed(
    flow: Flow,
    blocks: Iterable[Block],
    inline: Callable[[Sequence[Run]], Iterable[Run]],
    code: Callable[[str], str],
) -> None:
    for block in blocks:
        match block:
            case Paragraph():
                flow.add(inline(block.runs))
            case Pre():
                flow.pre(code(block.text), block.language)
            case Quotation():
                flow.open_quote(folded=block.folded)
                _pour_changed(flow, block.blocks, inline, code)
                flow.close_quote()


class Flow:
    """Takes a text in the order in which it is read, and gives its blocks, tidied."""

    def __init__(self) -> None:
        self._levels: list[list[Block]] = [[]]
        self._folded: list[bool] = []
        self._runs: list[Run] = []
        self._new_line = False

    def write(self, text: str, look: Look = PLAIN) -> None:
        """Add characters to the paragraph."""
        if self._new_line and self._runs:
            self._runs.append(Run("\n", PLAIN))
        self._new_line = False
        self._runs.append(Run(text, look))

    def add(self, runs: Iterable[Run]) -> None:
        """Add a paragraph of its own."""
        self._new_line = True
        for run in runs:
            self.write(*run)
        self._new_line = True

    def pre(self, text: str, language: str = "", look: Look = PLAIN) -> None:
        """Add a block of code, or plain lines where `look` hides it or makes it lead elsewhere."""
        if look.target is not None or Style.SPOILER in look.styles:
            self.add([Run(text, look)])
            return
        self._end_paragraph()
        self._levels[-1].extend(_pre(text, language))

    def open_quote(self, *, folded: bool = False) -> None:
        """Begin a quote; it ends with the matching `close_quote`, or with the text."""
        self._end_paragraph()
        self._levels.append([])
        self._folded.append(folded)

    def close_quote(self) -> None:
        """End the innermost quote."""
        self._end_paragraph()
        blocks = tuple(self._levels.pop())
        folded = self._folded.pop()
        if blocks:
            self._levels[-1].append(Quotation(blocks, folded))

    def end(self) -> tuple[Block, ...]:
        """Give all blocks; the flow is not to be used again."""
        while self._folded:
            self.close_quote()
        self._end_paragraph()
        return tuple(self._levels[0])

    def _end_paragraph(self) -> None:
        if self._runs:
            self._levels[-1].extend(_paragraph(self._runs))
            self._runs = []
        self._new_line = False


def _pre(text: str, language: str) -> Iterator[Pre]:
    text = clean_text(text).strip("\n").rstrip()
    if text:
        yield Pre(text, next(iter(clean_text(language).split()), ""))


def _paragraph(runs: Iterable[Run]) -> Iterator[Block]:
    inline: list[Run] = []
    for run in _merged(runs):
        for piece in _pieces(Run(clean_text(run.text), run.look)):
            if piece.look.code and "\n" in piece.text:
                yield from _ink(inline)
                inline = []
                yield from _pre(piece.text, "")
            else:
                inline.append(piece)
    yield from _ink(inline)


def _pieces(run: Run) -> Iterator[Run]:
    """Part the line breaks at both ends from what they enclose."""
    text, look = run
    if look.moment is not None:
        text = text.replace("\n", " ")
    core = text.strip("\n")
    if not core:
        yield Run(text, PLAIN)
        return
    start = text.index(core[0])
    if "\n" in core and (look.target is not None or Style.SPOILER in look.styles):
        look = look._replace(code=False)
    yield from (
        piece
        for piece in (Run(text[:start], PLAIN), Run(core, look), Run(text[start + len(core) :], PLAIN))
        if piece.text
    )


def _ink(runs: list[Run]) -> Iterator[Paragraph]:
    """Give the paragraph of these runs without white space at its ends; nothing if that is all there is."""
    first = next((i for i, run in enumerate(runs) if run.text.strip()), None)
    if first is None:
        return
    last = next(i for i in reversed(range(len(runs))) if runs[i].text.strip())
    runs = runs[first : last + 1]
    runs[0] = Run(runs[0].text.lstrip(), runs[0].look)
    runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].look)
    yield Paragraph(tuple(_merged(_with_breaks_styled(runs))))


def _with_breaks_styled(runs: list[Run]) -> Iterator[Run]:
    before = PLAIN
    breaks = ""
    for is_break, group in groupby(runs, key=_is_break):
        if is_break:
            breaks = "".join(run.text for run in group)
            continue
        pieces = list(group)
        if breaks:
            yield Run(breaks, _common(before, pieces[0].look))
        yield from pieces
        before = pieces[-1].look


def _is_break(run: Run) -> bool:
    return not run.text.strip("\n")


def _common(before: Look, after: Look) -> Look:
    return Look(before.styles & after.styles, before.target if before.target == after.target else None)


def _merged(runs: Iterable[Run]) -> Iterator[Run]:
    for look, group in groupby(runs, key=lambda run: run.look):
        text = "".join(run.text for run in group)
        if text:
            yield Run(text, look)


def nest(blocks: Iterable[Block]) -> RichText:
    """Build the tree of tidy blocks."""
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


_Effect: TypeAlias = Style | str | Account


def _effects(look: Look) -> list[_Effect]:
    target = [] if look.target is None else [look.target]
    return target + [style for style in Style if style in look.styles] if look.styles else target


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
        return look._replace(styles=look.styles - {effect})
    return look._replace(target=None)


def _wrap(effect: _Effect, children: RichText) -> Node:
    if isinstance(effect, Style):
        return Span(effect, children)
    return Link(effect, children) if isinstance(effect, str) else Mention(effect, children)


def _leaf(run: Run) -> Node:
    if run.look.moment is not None:
        return Moment(run.look.moment, run.text)
    return Code(run.text) if run.look.code else Text(run.text)
