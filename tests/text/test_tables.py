"""Tables for spreadsheets: read back as they were, and never calculated."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from bot.text.tables import harmless_cell, write_csv


def test_a_table_is_read_back_as_it_was() -> None:
    at = datetime(2026, 11, 25, 20, tzinfo=UTC)
    data = write_csv(["a", "b", "c"], [['ä;,"\n', -3, at], ["", None, 1.5]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["a", "b", "c"], ['ä;,"\n', "-3", "2026-11-25T20:00:00+00:00"], ["", "", "1.5"]]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "＠x"])
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=b", "Köln", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless_cell(text) == text
