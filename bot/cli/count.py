"""`intercity count`: exported polls, counted again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shell import Mistake
from bot.model import plain
from bot.text.catalogue import LazyText, LocaleContext, render
from bot.text.characters import clean_text
from bot.voting import PollRecord, RecordError, read_records, report


def count(file: Annotated[Path, typer.Argument(help="The exported polls: CSV or JSON.")]) -> None:
    """Count exported polls again, and print their results."""
    try:
        records = read_records(file.read_bytes())
    except OSError as error:
        raise Mistake(f"{file} cannot be read ({error.strerror}): name an exported file") from error
    except RecordError as error:
        raise Mistake(f"{file} cannot be counted: {error}") from error
    print(clean_text("\n\n".join("\n".join(_lines(each)) for each in records)))


def _lines(record: PollRecord) -> Iterator[str]:
    result = report.outcome(record)
    yield from (_words(report.title(record)), _words(report.rules(record)), "")
    yield from _aligned(report.result_table(record, result))
    if result.pairwise:
        yield from ("", *_aligned(report.pairwise_table(result)))
    yield ""
    yield from map(_words, report.remarks(record, result))


def _aligned(table: report.Table) -> Iterator[str]:
    cells = [[_words(cell) for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _words(text: LazyText | str) -> str:
    return plain(render(text, LocaleContext()))
