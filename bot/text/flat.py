r"""Flattened text: blocks of runs, the form in which texts are tidied, changed and split.

Tidy means:

- Blocks occur at the top level or in a quote. There is no blank line next to a block or at either end; a paragraph
  begins and ends with visible characters.
- Adjacent runs with the same look are merged. A line break has the styles that both its neighbours share.
- Code of several lines is a `Pre`. A moment is a single line. The content of a link, a mention or a spoiler is inline:
  a `Pre` there becomes plain lines.
- Characters are those that `clean_text` leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, groupby, pairwise
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from bot.model import Account, Pre, Style
from bot.text.characters import clean_text


class Look(NamedTuple):
    """The formatting of characters.

    `target` is a link's address or a mentioned account, `moment` the time (seconds, UTC) and format of a `Moment`.
    """

    styles: frozenset[Style] = frozenset()
    target: str | Account | None = None
    code: bool = False
    moment: tuple[int, str] | None = None


class Run(NamedTuple):
    """Characters that share one look."""

    text: str
    look: Look


class Paragraph(NamedTuple):
    """Inline text; two paragraphs are never adjacent."""

    runs: tuple[Run, ...]


class Quotation(NamedTuple):
    """The flattened form of `Quote`."""

    blocks: tuple[Block, ...]
    folded: bool


Block: TypeAlias = Paragraph | Pre | Quotation
PLAIN = Look()


def changed(
    blocks: Iterable[Block],
    inline: Callable[[Sequence[Run]], Iterable[Run]],
    code: Callable[[str], str] = str,
) -> tuple[Block, ...]:
    """Change the runs of each paragraph and the text of each `Pre`, and tidy the result."""
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
    """A builder that takes a text in reading order and returns tidy blocks."""

    def __init__(self) -> None:
        self._levels: list[list[Block]] = [[]]
        self._folded: list[bool] = []
        self._runs: list[Run] = []
        self._new_line = False

    def write(self, text: str, look: Look = PLAIN) -> None:
        """Add text to the current paragraph."""
        if self._new_line and self._runs:
            self._runs.append(Run("\n", PLAIN))
        self._new_line = False
        self._runs.append(Run(text, look))

    def add(self, runs: Iterable[Run]) -> None:
        """Add a separate paragraph."""
        self._new_line = True
        for run in runs:
            self.write(*run)
        self._new_line = True

    def pre(self, text: str, language: str = "", look: Look = PLAIN) -> None:
        """Add a code block, or plain lines if `look` has a spoiler or a target."""
        if look.target is not None or Style.SPOILER in look.styles:
            self.add([Run(text, look)])
            return
        self._end_paragraph()
        self._levels[-1].extend(_pre(text, language))

    def open_quote(self, *, folded: bool = False) -> None:
        """Begin a quote; it ends at the matching `close_quote` or at the end of the text."""
        self._end_paragraph()
        self._levels.append([])
        self._folded.append(folded)

    def close_quote(self) -> None:
        """End the innermost quote."""
        self._end_paragraph()
        blocks = _joined(self._levels.pop())
        folded = self._folded.pop()
        if blocks:
            self._levels[-1].append(Quotation(blocks, folded))

    def end(self) -> tuple[Block, ...]:
        """Return all blocks; the flow must not be used afterwards."""
        while self._folded:
            self.close_quote()
        self._end_paragraph()
        return _joined(self._levels[0])

    def _end_paragraph(self) -> None:
        if self._runs:
            self._levels[-1].extend(_paragraph(self._runs))
            self._runs = []
        self._new_line = False


def _joined(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Merge paragraphs that became adjacent because the block between them was empty."""
    joined: list[Block] = []
    for is_paragraph, group in groupby(blocks, key=lambda block: isinstance(block, Paragraph)):
        found = list(group)
        if is_paragraph and len(found) > 1:
            lines = ([*block.runs, Run("\n", PLAIN)] for block in found if isinstance(block, Paragraph))
            joined.extend(_ink(list(chain.from_iterable(lines))))
        else:
            joined.extend(found)
    return tuple(joined)


def _pre(text: str, language: str) -> Iterator[Pre]:
    text = clean_text(text).strip("\n").rstrip()
    if text:
        yield Pre(text, next(iter(clean_text(language).split()), ""))


def _paragraph(runs: Iterable[Run]) -> Iterator[Block]:
    inline: list[Run] = []
    for run in _merged(runs):
        if run.text.isprintable():  # the common case: nothing to tidy
            inline.append(run)
            continue
        for piece in _pieces(Run(clean_text(run.text), run.look)):
            if piece.look.code and "\n" in piece.text:
                yield from _ink(inline)
                inline = []
                yield from _pre(piece.text, "")
            else:
                inline.append(piece)
    yield from _ink(inline)


def _pieces(run: Run) -> Iterator[Run]:
    """Separate the line breaks at both ends from the text between them."""
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
    """Yield the paragraph of these runs, stripped of white space at its ends; nothing if it is blank."""
    first = next((i for i, run in enumerate(runs) if run.text.strip()), None)
    if first is None:
        return
    last = next(i for i in reversed(range(len(runs))) if runs[i].text.strip())
    runs = runs[first : last + 1]
    runs[0] = Run(runs[0].text.lstrip(), runs[0].look)
    runs[-1] = Run(runs[-1].text.rstrip(), runs[-1].look)
    yield Paragraph(tuple(_merged(_with_breaks_styled(runs) if any(map(_is_break, runs)) else runs)))


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


def _merged(runs: Iterable[Run]) -> list[Run]:
    kept = [run for run in runs if run.text]
    if all(run.look != following.look for run, following in pairwise(kept)):  # the common case
        return kept
    merged: list[Run] = []
    for look, group in groupby(kept, key=attrgetter("look")):
        alike = list(group)
        merged.append(alike[0] if len(alike) == 1 else Run("".join(run.text for run in alike), look))
    return merged
