"""Log lines on standard error: ours (structlog) and those of every library, as text or JSON, in UTC.

Every message, value and traceback passes the redactor, so no secret shows anywhere; and what people or servers send
is escaped, so that it can neither begin a line of its own nor steer a terminal.
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

# Libraries that tell of every request or job at INFO.
_TALKATIVE = ("aiosqlite", "alembic", "apscheduler", "httpcore", "httpx", "nio", "telegram")

# Secrets that arise while we run: what a homeserver gave at login, a token in an address.
_FORMS = (
    r"(?<=/bot)\d+:[\w-]+",
    r"\b\d{6,}:AA[\w-]{20,}",
    r"(?<=access_token=)[^&\s\"'\\]+",
    r"(?<=Bearer )[^\s\"'\\]+",
    r"\bsyt_\w+",
)


class Redactor:
    """Takes secrets out of a text, in every form in which a line may carry them."""

    def __init__(self) -> None:
        """Know only what has the form of a secret."""
        self._known: set[str] = set()
        self.hide()

    def hide(self, *secrets: str) -> None:
        """Take these out too from now on."""
        self._known.update(form for secret in secrets if secret for form in _written(secret))
        known = (re.escape(form) for form in sorted(self._known, key=len, reverse=True))
        self._pattern = re.compile("|".join((*known, *_FORMS)))

    def __call__(self, text: str) -> str:
        """Give the text without them."""
        return self._pattern.sub(HIDDEN, text)


def _written(secret: str) -> set[str]:
    # The second half of a bot token is what is secret in it.
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
    r"""Give the text on one line: line breaks, ANSI and bidi controls become `\n`, `\x1b`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def put_aside(log: FilteringBoundLogger, what: str, error: BaseException, **where: object) -> str:
    """Log that `what` failed and was put aside; return the number by which the operator finds it.

    For what strangers have a hand in: it must never stop, repeat or reorder anything else (trust: case 91).
    """
    number = secrets.token_hex(3)
    log.error(f"{what} put aside", number=number, exc_info=error, **where)
    return number


class Aside:
    """A block that puts `what` aside if it fails, and goes on behind it; errors `but` these are raised."""

    def __init__(
        self, log: FilteringBoundLogger, what: str, *, but: tuple[type[Exception], ...] = (), **where: object
    ) -> None:
        """`where` is logged."""
        self._log, self._what, self._but, self._where = log, what, but, where

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Whether the error is dealt with."""
        if not isinstance(error, Exception) or isinstance(error, self._but):
            return False
        put_aside(self._log, self._what, error, **self._where)
        return True


redactor = Redactor()
"""The one that all records pass. `redactor.hide` takes secrets that were not in the settings."""


def setup_logging(settings: Settings) -> None:
    """Write all log records to standard error, as the settings say. Called again, it replaces what it set up."""
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
    """Writes lines to standard error."""

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
        """Write one record. One that cannot be formatted is named, never shown."""
        try:
            line = self.format(record)
        except Exception as error:  # noqa: BLE001 - whatever a record's arguments raise, logging goes on
            line = f"a record of {escaped(record.name)} could not be written ({type(error).__name__})"
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def _redacted(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # Before the line is written: writing wraps a secret in one more layer of escapes.
    return {
        key: value if isinstance(value, int | float | None) else redactor(str(value)) for key, value in event.items()
    }


def _text_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    blocks = [event.pop(key) for key in ("stack", "exception") if event.get(key)]
    head = f"{event.pop('timestamp')} {event.pop('level'):<8} {escaped(str(event.pop('event')))}"
    pairs = [f"{key}={_value(value)}" for key, value in sorted(event.items())]
    # Nothing but a new record begins at the left edge.
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
