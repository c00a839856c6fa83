"""`intercity export`: what a dialogue has produced, as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shell import Mistake, command, find_dialogue, opened_database
from bot.text.catalogue import LocaleContext
from bot.text.languages import LOCALES, parse_locale


@command
async def export(
    dialogue: Annotated[str, typer.Argument(help="Name of the dialogue.")],
    what: Annotated[str, typer.Argument(help="What to export: actions, minutes, polls or news.")],
    format: Annotated[str, typer.Option(help="csv, md, ics, docx, html or json.")] = "csv",
    locale: Annotated[str, typer.Option(help="The language to write in, such as de_DE.")] = "en_GB",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write; otherwise stdout.")] = None,
) -> None:
    """Export what a dialogue has produced."""
    from handlers import FEATURES

    exports = {each.name: each for feature in FEATURES for each in feature.exports}
    if what not in exports:
        raise Mistake(f"{what!r} cannot be exported: write one of {', '.join(sorted(exports))}")
    if format not in exports[what].formats:
        raise Mistake(f"{what} cannot be exported as {format!r}: write one of {', '.join(exports[what].formats)}")
    reads = parse_locale(locale)
    if reads is None:
        raise Mistake(f"{locale!r} is no language that I know: write one of {', '.join(LOCALES)}")
    async with opened_database() as database:
        async with database.begin() as store:
            found = await find_dialogue(store, dialogue)
        content = await exports[what].read(database, found)
    data = await exports[what].write(format, found, content, LocaleContext(reads))
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Mistake(f"{output} cannot be written ({error.strerror}): name another file") from error
