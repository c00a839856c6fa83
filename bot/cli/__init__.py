"""The `intercity` command. Errors are printed to stderr as one line that says what to do, with exit code 2."""

from __future__ import annotations

import os
import sys

import structlog
import typer

from bot.cli import chats, count, exports, jobs, outbox, service
from bot.cli.shell import Mistake
from bot.settings import SettingsError

app = typer.Typer(
    help="Intercity, the dialogue bot for paired cities.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group, name in (
    (chats.cities, "city"),
    (chats.dialogues, "dialogue"),
    (chats.chats, "chat"),
    (chats.roles, "role"),
    (outbox.app, "outbox"),
    (jobs.app, "jobs"),
    (service.database, "db"),
):
    app.add_typer(group, name=name)
app.command("run")(service.run)
app.command("check")(service.check)
app.command("demo")(service.demo)
app.command("export")(exports.export)
app.command("count")(count.count)


def main() -> None:
    """Run the command given by the arguments; never show a traceback for a user error."""
    os.umask(0o077)  # nobody else may read the files we write
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout is for results only
    try:
        code = app(standalone_mode=False, prog_name="intercity")
    except (Mistake, SettingsError) as error:
        _stop(str(error))
    except typer.Exit as end:
        code = end.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _stop("stopped", 130)
    except typer.exceptions.TyperException as error:
        _stop(_in_one_line(error))
    sys.exit(code if isinstance(code, int) else 0)


def _in_one_line(error: typer.exceptions.TyperException) -> str:
    """Return a Typer error with a pointer to the help; its public base class guarantees neither text nor context."""
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    context = getattr(error, "ctx", None)
    place = context.command_path if context else "intercity"
    return f"{message.rstrip('.')}: see {place} --help"


def _stop(message: str, code: int = 2) -> None:
    print(f"intercity: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(code)
