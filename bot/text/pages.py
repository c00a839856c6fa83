"""Pages to print, for exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere;hyphens:auto}"
    "h1,h2,h3{line-height:1.25;break-after:avoid}article,dt,li,tr{break-inside:avoid}small{color:#555}"
    "dl{display:grid;grid-template-columns:minmax(8rem,1fr) 3fr;gap:.3rem 1rem}dt{font-weight:bold}dd{margin:0}"
    "table{border-collapse:collapse;width:100%}thead{display:table-header-group}"
    "th,td{border-bottom:1px solid #999;padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}"
    "@media screen and (max-width:36rem){dl{display:block}dd{margin-bottom:.6rem}"
    "thead{position:absolute;clip-path:inset(50%)}tr,td{display:block}td{border:0;padding:0}"
    "tr{border-bottom:1px solid #999;padding:.5rem 0}td[data-label]::before{content:attr(data-label) ': ';color:#555}}"
    "@media print{body{max-width:none;margin:0;padding:0;font-size:11pt}}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_TAG = re.compile("<[^>]*>")


def write_page(title: str, parts: Iterable[str], *, language: str = "en", style: str = "") -> bytes:
    """Return an HTML page with these parts below its title. It loads nothing and runs nothing.

    `language` is the tag of the language that it is in (`de-DE`), `style` more of its style sheet.
    """
    head = (
        f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
        f"<style>{_STYLE}{style}</style>"
    )
    body = "\n".join((f"<h1>{escape(title)}</h1>", *parts))
    html = f'<html lang="{escape(language)}"><head>{head}</head>\n<body>\n{body}\n</body></html>'
    return f"<!DOCTYPE html>\n{html}\n".encode()


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are HTML. On a phone its rows are lists, in which each cell has its label."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in header)
    begins = [f'<td data-label="{_TAG.sub("", cell)}">' if cell else "<td>" for cell in header]
    lines = (
        f"<tr>{''.join(f'{begin}{cell}</td>' for begin, cell in zip(begins, row, strict=True))}</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
