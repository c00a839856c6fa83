"""`intercity export`: what a dialogue has produced, as a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.shell import Mistake, command, find_dialogue, opened


@command
async def export(
    dialogue: Annotated[str, typer.Argument(help="Name of the dialogue.")],
    what: Annotated[str, typer.Argument(help="What to export: polls or news.")],
    format: Annotated[str, typer.Option(help="csv, md, json or html.")] = "csv",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The file to write; otherwise stdout.")] = None,
) -> None:
    """Export what a dialogue has produced."""
    from handlers import FEATURES

    exports = {each.name: each for feature in FEATURES for each in feature.exports}
    if what not in exports:
        raise Mistake(f"{what!r} cannot be exported: write one of {', '.join(sorted(exports))}")
    write = exports[what].formats.get(format)
    if write is None:
        raise Mistake(f"{what} cannot be exported as {format!r}: write one of {', '.join(exports[what].formats)}")
    async with opened() as store:
        data = await write(store, await find_dialogue(store, dialogue))
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise Mistake(f"{output} cannot be written ({error.strerror}): name another file") from error
