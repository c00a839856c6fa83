"""Tables for spreadsheets: read back as they were, and never calculated."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from bot.text.tables import harmless_cell, original_cell, write_csv


def test_a_table_is_read_back_as_it_was() -> None:
    at = datetime(2026, 11, 25, 20, tzinfo=UTC)
    data = write_csv(["a", "b", "c"], [['ä;,"\n', -3, at], ["", None, 1.5]])
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["a", "b", "c"], ['ä;,"\n', "-3", "2026-11-25T20:00:00+00:00"], ["", "", "1.5"]]


@pytest.mark.parametrize("text", ["=1+1", "+49", "-x", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "＝1", "＠x"])
def test_no_text_is_a_formula(text: str) -> None:
    assert harmless_cell(text).startswith("'")
    assert original_cell(harmless_cell(text)) == text


@pytest.mark.parametrize("locale", ["de_AT", "en_US"])
@pytest.mark.parametrize("expected", [";", ",", "\t"])
def test_no_text_is_a_formula_for_a_spreadsheet_that_expects_another_separator(locale: str, expected: str) -> None:
    texts = ["a;=1+1", "a, =1+1", "a\t@A1", "a\n-1", 'a,"=1+1"', 'a;"";+1', ";'=1", "=1"]
    text = write_csv(["x", "y"], [["1", each] for each in texts], locale).decode("utf-8-sig")
    cells = [cell.strip() for line in text.splitlines() for cell in next(csv.reader([line], delimiter=expected), ())]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
    assert [original_cell(harmless_cell(each)) for each in texts] == texts


@pytest.mark.parametrize("text", ["", "a=b", "Köln", "1-2"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless_cell(text) == text
