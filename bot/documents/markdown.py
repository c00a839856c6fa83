"""Documents as Markdown (CommonMark, with the tables of GFM)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.documents.inline import pieces, safe
from bot.documents.model import BodyText, Content, Document, Fields, Heading, Items, Part, Table
from bot.model import Code, Link, Node, Span, Text
from bot.text import markdown


def to_markdown(document: Document) -> bytes:
    """Return a document as a Markdown file."""
    blocks = [f"# {_line(document.title)}", *("\n".join(_lines(each)) for each in document.parts)]
    blocks += [f"---\n\n{_line(document.footer)}"] if document.footer else []
    return ("\n\n".join(filter(None, blocks)) + "\n").encode()


def _lines(part: Part) -> Iterator[str]:
    match part:
        case Heading():
            yield f"{'#' * (part.level + 1)} {_line(part.text)}"
        case BodyText():
            yield _text(part.text)
        case Items():
            for number, item in enumerate(part.items, 1):
                sign = f"{number}." if part.numbered else "-"
                yield f"{sign} {_indented(_text(item), len(sign) + 1)}"
        case Fields():
            for label, content in part.rows:
                yield f"- **{_line(label)}:** {_indented(_text(content), 2)}"
        case Table():
            yield _row([_line(each) for each in part.header])
            yield _row(["---"] * len(part.header))
            for row in part.rows:
                yield _row([_line(each) for each in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _line(content: Content) -> str:
    """Return content in one line."""
    return _text(content).replace("\\\n", "<br>").replace("\n", "<br>")


def _indented(text: str, spaces: int) -> str:
    return text.replace("\n", "\n" + " " * spaces)


def _text(content: Content) -> str:
    if isinstance(content, str):
        return markdown.escape(safe(content))
    return markdown.write(tuple(_nodes(content)))


def _nodes(content: Content) -> Iterator[Node]:
    for piece in pieces(content):
        text = piece.text.strip()
        before, _, after = piece.text.partition(text) if text else (piece.text, "", "")
        node: Node = Code(text) if piece.code and "\n" not in text else Text(text)
        for style in sorted(piece.styles):
            node = Span(style, (node,))
        yield from (Text(before), Link(piece.url, (node,)) if piece.url else node, Text(after))
