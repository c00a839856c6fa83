"""Documents as pages: to read on a phone, and to print."""

from __future__ import annotations

from html import escape

from bot.documents.inline import Piece, pieces, safe
from bot.documents.model import BodyText, Content, Document, Fields, Heading, Items, Part, Table
from bot.model import Style
from bot.text.pages import html_table, write_page

_TAGS = {Style.BOLD: "strong", Style.ITALIC: "em", Style.UNDERLINE: "u", Style.STRIKE: "s"}


def to_html(document: Document) -> bytes:
    """Return a document as an HTML file."""
    body = [_written(each) for each in document.parts]
    body += [f"<footer><small>{_text(document.footer)}</small></footer>"] if document.footer else []
    return write_page(safe(document.title), body, language=document.language, style=_paper(document))


def _paper(document: Document) -> str:
    """Return the style of the printed pages."""
    size = f"{'letter' if document.on_letter else 'A4'}{' landscape' if document.landscape else ''}"
    pages = document.numbering("counter(page)", "counter(pages)")
    numbers = " ".join(each if each.startswith("counter(") else f'"{each}"' for each in pages)
    return f"@page{{size:{size};margin:2cm;@bottom-right{{content:{numbers};font:9pt sans-serif}}}}"


def _written(part: Part) -> str:
    match part:
        case Heading():
            return f"<h{part.level + 1}>{_text(part.text)}</h{part.level + 1}>"
        case BodyText():
            return f"<p><small>{_text(part.text)}</small></p>" if part.small else f"<p>{_text(part.text)}</p>"
        case Items():
            tag = "ol" if part.numbered else "ul"
            return f"<{tag}>{''.join(f'<li>{_text(each)}</li>' for each in part.items)}</{tag}>"
        case Fields():
            rows = (f"<dt>{_text(label)}</dt><dd>{_text(content)}</dd>" for label, content in part.rows)
            return f"<dl>{''.join(rows)}</dl>"
        case Table():
            return html_table(
                [_text(each) for each in part.header], ([_text(each) for each in row] for row in part.rows)
            )


def _text(content: Content) -> str:
    if isinstance(content, str):
        return escape(safe(content)).replace("\n", "<br>")
    return "".join(map(_piece, pieces(content)))


def _piece(piece: Piece) -> str:
    text = escape(piece.text).replace("\n", "<br>")
    tags = (["code"] if piece.code else []) + [_TAGS[style] for style in sorted(piece.styles)]
    for tag in tags:
        text = f"<{tag}>{text}</{tag}>"
    if piece.language:
        text = f'<span lang="{escape(piece.language)}">{text}</span>'
    return f'<a href="{escape(piece.url)}">{text}</a>' if piece.url else text
