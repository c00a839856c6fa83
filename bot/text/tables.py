"""Tables for spreadsheets."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import zip_longest
from typing import TypeAlias

Cell: TypeAlias = str | int | float | date | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# A spreadsheet that expects another separator cuts texts to pieces: none of them may be a formula either.
_CUT, _SIGN = r"""([;,\t\r\n][\s"]*)""", "(?='*[=+@＝＋－＠-])"
_SPLIT, _MARKED = re.compile(_CUT + _SIGN), re.compile(f"{_CUT}'{_SIGN}")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]], locale: str = "en_GB") -> bytes:
    """Return a CSV file (RFC 4180) in UTF-8 with a BOM, without which Excel takes it for another encoding.

    Spreadsheets of a language expect their own separator: `;` where a comma stands before decimals. No text is a
    formula, whatever people wrote (trust: case 70). Dates are written as in ISO 8601.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if locale.startswith("de") else ",")
    writer.writerow(header)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return harmless_cell(value)
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def harmless_cell(text: str) -> str:
    """Return a text that spreadsheets do not calculate: an apostrophe marks what could be taken for a formula."""
    marked = _SPLIT.sub(r"\1'", text)
    return f"'{marked}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else marked


def read_csv(data: bytes, columns: Collection[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a CSV file, also after a spreadsheet has rewritten it, with their line numbers; no blank ones.

    Each is keyed by the header in lower case and has at least `columns`. Raises ValueError, which says what is wrong.
    """
    text = _decoded(data)
    for delimiter in ",;\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        try:
            header, *rows = [(reader.line_num, [original_cell(each.strip()) for each in row]) for row in reader]
        except (csv.Error, ValueError):
            continue
        names = [each.casefold() for each in header[1]]
        if set(columns) <= set(names):
            cells = ((line, dict(zip_longest(names, row[: len(names)], fillvalue=""))) for line, row in rows)
            return [(line, row) for line, row in cells if any(row.values())]
    raise ValueError(f"its first line has to name the columns {', '.join(columns)}")


def original_cell(text: str) -> str:
    """Return the text that `harmless_cell` was given."""
    typed = _MARKED.sub(r"\1", text)
    return next((each for each in (typed.removeprefix("'"), typed) if harmless_cell(each) == text), text)


def _decoded(data: bytes) -> str:
    """Decode what spreadsheets write: UTF-8, UTF-16 with a BOM, or the encoding of Western Windows."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    return re.sub(r"\Asep=.\r?\n", "", text)
