"""Tables for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

Cell: TypeAlias = str | int | float | datetime | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a CSV file (RFC 4180) in UTF-8 with a BOM, without which Excel takes it for another encoding.

    No text is a formula, whatever people wrote (trust: case 70). Datetimes are written as in ISO 8601.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_cell(each) for each in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        return harmless_cell(value)
    return value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)


def harmless_cell(text: str) -> str:
    """Return a text that spreadsheets do not calculate: an apostrophe marks one that could be taken for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
