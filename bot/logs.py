"""Logging to standard error, for the bot (structlog) and all libraries, as text or JSON, in UTC.

Every message, value and traceback passes through the redactor, so that no secret is logged. Input from people and
servers is escaped, so that it can neither forge a log line nor control a terminal.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import threading
from types import TracebackType
from urllib.parse import quote, quote_plus

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from bot.settings import Settings

HIDDEN = "[hidden]"

# Libraries that log every request or job at INFO.
_TALKATIVE = ("aiosqlite", "alembic", "apscheduler", "nio", "telegram")

# Secrets that are not in the settings: access tokens issued at login, tokens in URLs.
_FORMS = (
    r"(?<=/bot)\d+:[\w-]+",
    r"\b\d{6,}:AA[\w-]{20,}",
    r"(?<=access_token=)[^&\s\"'\\]+",
    r"(?<=/calendar/)[\w-]{20,}",
    r"(?<=Bearer )[^\s\"'\\]+",
    r"\bsyt_\w+",
)


class Redactor:
    """Removes secrets from a text, in every encoding in which a log line may contain them."""

    def __init__(self) -> None:
        """Start with the patterns of common secrets only."""
        self._known: set[str] = set()
        self.hide()

    def hide(self, *secrets: str) -> None:
        """Redact these secrets too from now on."""
        self._known.update(form for secret in secrets if secret for form in _written(secret))
        known = (re.escape(form) for form in sorted(self._known, key=len, reverse=True))
        self._pattern = re.compile("|".join((*known, *_FORMS)))

    def __call__(self, text: str) -> str:
        """Return the text with secrets redacted."""
        return self._pattern.sub(HIDDEN, text)


def _written(secret: str) -> set[str]:
    # Only the second half of a bot token is secret.
    texts = [secret, *re.findall(r"^\d+:(\S{8,})$", secret)]
    ways = (str, quote, quote_plus, _quote_all, escaped, _json, _json_readable, _repr)
    return {way(text) for text in texts for way in ways}


def _quote_all(text: str) -> str:
    return quote(text, safe="")


def _json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _json_readable(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _repr(text: str) -> str:
    return repr(text)[1:-1]


def escaped(text: str) -> str:
    r"""Return the text on one line: line breaks, ANSI and bidi controls become `\n`, `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def put_aside(log: FilteringBoundLogger, what: str, error: BaseException, **where: object) -> str:
    """Log that `what` failed and was skipped; return the number by which the operator can find it.

    For processing of untrusted input, which must never stop, repeat or reorder anything else (trust: case 91).
    """
    number = secrets.token_hex(3)
    log.error(f"{what} put aside", number=number, exc_info=error, **where)
    return number


class Aside:
    """A context manager that logs and suppresses errors in `what`, except those of the types `but`."""

    def __init__(
        self, log: FilteringBoundLogger, what: str, *, but: tuple[type[Exception], ...] = (), **where: object
    ) -> None:
        """Log `where` with the error."""
        self._log, self._what, self._but, self._where = log, what, but, where

    def __enter__(self) -> None:
        """Enter the block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Return whether the error was handled."""
        if not isinstance(error, Exception) or isinstance(error, self._but):
            return False
        put_aside(self._log, self._what, error, **self._where)
        return True


redactor = Redactor()
"""The redactor for all log records. Register secrets that are not in the settings with `redactor.hide`."""


def setup_logging(settings: Settings) -> None:
    """Log to standard error as configured in the settings. A repeated call replaces the previous setup."""
    redactor.hide(*settings.secret_values())
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, *_FACTS, ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(handler)
    root.addHandler(_Handler(_json_line if settings.log_format == "json" else _text_line))
    root.setLevel(logging.INFO)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
    sys.excepthook = _crashed
    threading.excepthook = _thread_crashed


_FACTS: tuple[Processor, ...] = (
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class _Handler(logging.Handler):
    """Writes log lines to standard error."""

    def __init__(self, renderer: Processor) -> None:
        super().__init__()
        self.setFormatter(
            ProcessorFormatter(
                foreign_pre_chain=_FACTS,
                processors=[
                    ProcessorFormatter.remove_processors_meta,
                    structlog.processors.StackInfoRenderer(),
                    structlog.processors.format_exc_info,
                    _redacted,
                    renderer,
                ],
            )
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record. If it cannot be formatted, log its logger and the error, never its content."""
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001 - logging continues whatever a record's arguments raise
            line = f"a record of {escaped(record.name)} could not be written ({type(error).__name__})"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # Redact before rendering, which would add another layer of escaping to a secret.
    return {
        key: value if isinstance(value, int | float | None) else redactor(str(value)) for key, value in event.items()
    }


def _text_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    blocks = [event.pop(key) for key in ("stack", "exception") if event.get(key)]
    head = f"{event.pop('timestamp')} {event.pop('level'):<8} {escaped(str(event.pop('event')))}"
    pairs = [f"{key}={_value(value)}" for key, value in sorted(event.items())]
    # Only a new record starts at the left margin.
    traces = [f"    | {escaped(line)}" for block in blocks for line in block.splitlines()]
    return "\n".join((" ".join((head, *pairs)), *traces))


def _value(value: object) -> str:
    text = escaped(str(value))
    return text if text and " " not in text else f'"{text}"'


def _json_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    return json.dumps(event)


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("bot").critical("crashed", exc_info=(kind, error, trace))


def _thread_crashed(args: threading.ExceptHookArgs) -> None:
    error = args.exc_value or args.exc_type()
    logging.getLogger("bot").critical("a thread crashed", exc_info=(args.exc_type, error, args.exc_traceback))
