"""Convert rich text to Matrix HTML and to its plain-text fallback."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

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
from bot.text.addresses import same_address, spelled
from bot.text.flat import Block, Look, Paragraph, Quotation, Run, changed
from bot.text.links import possible, spelled_out
from bot.text.tree import flatten, nest

SCHEMES = frozenset({"http", "https", "ftp", "mailto", "magnet", "matrix"})
"""URL schemes allowed in `href`."""

_TAGS = {
    Style.BOLD: ("<strong>", "</strong>"),
    Style.ITALIC: ("<em>", "</em>"),
    Style.UNDERLINE: ("<u>", "</u>"),
    Style.STRIKE: ("<del>", "</del>"),
    Style.SPOILER: ("<span data-mx-spoiler>", "</span>"),
}
_SPACES = re.compile(r"(?:(?<=\n) | (?=\n)|  )\ *+")
_TAB = "    "


def fit(text: RichText) -> RichText:
    """Return the text reduced to what Matrix HTML can show, in normal form.

    Moments and mentions of other messengers' accounts become plain text; quotes are unfolded; addresses that HTML
    may not link to, or that the link text misrepresents, are spelled out. Spaces that a browser would collapse
    become no-break spaces; trailing ones are dropped.
    """
    return nest(changed(_unfolded(flatten(text)), _possible))


def _unfolded(blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        yield Quotation(tuple(_unfolded(block.blocks)), folded=False) if isinstance(block, Quotation) else block


def _possible(runs: Sequence[Run]) -> Iterator[Run]:
    linked = possible(spelled_out(runs, SCHEMES), SCHEMES)
    return _kept_spaces([Run(run.text, _possible_look(run.look)) for run in linked])


def _possible_look(look: Look) -> Look:
    if isinstance(look.target, Account) and look.target.messenger is not MessengerName.MATRIX:
        look = look._replace(target=None)
    return look if look.moment is None else look._replace(moment=None)


def _kept_spaces(runs: Sequence[Run]) -> Iterator[Run]:
    """Keep spaces from collapsing. A run's result depends on its neighbours, so all runs are processed together."""
    texts = [run.text if run.look.code else run.text.replace("\t", _TAB) for run in runs]
    solid = "".join("x" * len(text) if run.look.code else text for text, run in zip(texts, runs, strict=True))
    kept = _SPACES.sub(_kept, solid)
    at = 0
    for text, run in zip(texts, runs, strict=True):
        yield run if run.look.code else Run(kept[at : at + len(text)].replace("\0", ""), run.look)
        at += len(text)


def _kept(match: re.Match[str]) -> str:
    """Return a replacement of the same length; NUL, which never occurs in tidy text, marks characters to drop."""
    count = len(match[0])
    if match.string[match.end() : match.end() + 1] in {"\n", ""}:
        return "\0" * count
    if match.start() and match.string[match.start() - 1] != "\n":
        return " " + "\xa0" * (count - 1)
    return "\xa0" * count


def render(text: RichText) -> str:
    """Return the HTML of `fit(text)`, using only tags that the Matrix specification allows."""
    return "".join(map(_html, fit(text)))


def _html(node: Node) -> str:
    match node:
        case Text() | Moment():
            html = _escaped(node.text)
        case Code():
            html = f"<code>{escape(node.text)}</code>"
        case Pre():
            language = f' class="language-{escape(node.language)}"' if node.language else ""
            html = f"<pre><code{language}>{escape(node.text)}</code></pre>"
        case Span():
            start, end = _TAGS[node.style]
            html = start + _inner(node.children) + end
        case Link():
            html = f'<a href="{escape(node.url)}">{_inner(node.children)}</a>'
        case Mention():
            html = f'<a href="{_pill(node.account)}">{_inner(node.children)}</a>'
        case Quote():
            html = f"<blockquote>{_inner(node.children)}</blockquote>"
    return html


def _pill(account: Account) -> str:
    return "https://matrix.to/#/" + quote(account.id, "@:", errors="replace")


def _inner(text: RichText) -> str:
    return "".join(map(_html, text))


def _escaped(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def plain_body(text: RichText) -> str:
    """Return the fallback for clients without HTML: `> ` before quotes, code in backticks, spoilers withheld."""
    return _body(flatten(text))


def _body(blocks: Iterable[Block]) -> str:
    return "\n".join(map(_block_body, blocks))


def _block_body(block: Block) -> str:
    match block:
        case Paragraph():
            return "".join(_runs_body(block.runs))
        case Pre():
            return f"```{block.language}\n{block.text}\n```"
        case Quotation():
            return "\n".join(f"> {line}".rstrip() for line in _body(block.blocks).split("\n"))


def _runs_body(runs: Iterable[Run]) -> Iterator[str]:
    for hidden, part in groupby(runs, key=lambda run: Style.SPOILER in run.look.styles):
        if hidden:
            yield "[spoiler]"
            continue
        for target, group in groupby(part, key=lambda run: run.look.target):
            shown = list(group)
            yield from (f"`{run.text}`" if run.look.code else run.text for run in shown)
            if isinstance(target, str) and not same_address("".join(run.text for run in shown), target):
                yield f" ({spelled(target)})"
