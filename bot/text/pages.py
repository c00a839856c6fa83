"""Pages to print, for exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:45rem;margin:2rem auto}article{break-inside:avoid}small{color:#555}"
    "table{border-collapse:collapse}th,td{border-bottom:1px solid #999;padding:.2rem .6rem;text-align:left}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write_page(title: str, parts: Iterable[str]) -> bytes:
    """Return an HTML page with these parts below its title. It loads nothing and runs nothing."""
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title><style>{_STYLE}</style>'
    )
    body = "\n".join((f"<h1>{escape(title)}</h1>", *parts))
    return f"<!DOCTYPE html>\n<html><head>{head}</head>\n<body>\n{body}\n</body></html>\n".encode()


def html_table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table of texts; the first row is its header."""
    header, *others = [[escape(cell) for cell in row] for row in rows]
    lines = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in others]
    return f"<table><tr>{''.join(f'<th>{cell}</th>' for cell in header)}</tr>{''.join(lines)}</table>"
