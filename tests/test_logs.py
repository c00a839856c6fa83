import asyncio
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from urllib.parse import quote, quote_plus

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.logs import Redactor, escaped, setup_logging
from bot.settings import FixedSettings

TOKEN = "123456789:AAcanary-token_value-0123456789abcdef"
PASSWORD = 'canary "päss\\wörd" 100%\n'
ACCESS = "opaque/canary+token="
DATABASE = "canary@base"

Start = Callable[[str], None]


@pytest.fixture
def start() -> Iterator[Start]:
    """Configure logging, and restore it afterwards."""
    root, hooks = logging.getLogger(), (sys.excepthook, threading.excepthook)
    before = root.handlers[:], root.level
    talkative = [logging.getLogger(name) for name in ("telegram", "nio", "apscheduler", "aiosqlite")]
    levels = [logger.level for logger in talkative]

    def run(form: str) -> None:
        root.handlers = [each for each in root.handlers if each not in before[0]]  # pytest's own
        setup_logging(
            FixedSettings(
                log_format="json" if form == "json" else "text",
                telegram_token=SecretStr(TOKEN),
                matrix_homeserver="https://example.org",
                matrix_user="@bot:example.org",
                matrix_password=SecretStr(PASSWORD),
                database_url=f"postgresql://bot:{quote(DATABASE, safe='')}@db/x",
            )
        )

    yield run
    logging.captureWarnings(capture=False)
    root.handlers[:], root.level = before
    sys.excepthook, threading.excepthook = hooks
    for logger, level in zip(talkative, levels, strict=True):
        logger.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    def read() -> list[str]:
        return capsys.readouterr().err.splitlines()

    return read


Lines = Callable[[], list[str]]


def said(lines: list[str]) -> str:
    text = "\n".join(lines)
    assert text, "nothing was logged"
    for secret in (TOKEN, TOKEN.partition(":")[2], "canary", "p\\u00e4ss", "päss", quote(TOKEN), quote_plus(PASSWORD)):
        assert secret not in text
    return text


def test_a_line_of_text(start: Start, lines: Lines) -> None:
    start("text")
    structlog.get_logger("bot.relay").info("relayed", chats=3, name="Anna Weber", empty="")
    (line,) = lines()
    at, rest = line.split(" ", 1)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(at)).total_seconds() < 60
    assert rest == 'info     relayed chats=3 empty="" logger=bot.relay name="Anna Weber"'


def test_a_line_of_json(start: Start, lines: Lines) -> None:
    start("json")
    structlog.contextvars.bind_contextvars(update=7)
    structlog.get_logger("bot.relay").warning("held back", chat="telegram:-1", when=datetime(2027, 1, 1, tzinfo=UTC))
    structlog.contextvars.clear_contextvars()
    (line,) = lines()
    record = json.loads(line)
    assert record.pop("timestamp").endswith("Z")
    assert record == {
        "event": "held back",
        "level": "warning",
        "logger": "bot.relay",
        "chat": "telegram:-1",
        "update": 7,
        "when": "2027-01-01 00:00:00+00:00",
    }


def test_set_up_again_it_says_things_once(start: Start, lines: Lines) -> None:
    start("text")
    start("json")
    logging.getLogger("x").error("once")
    assert [json.loads(line)["event"] for line in lines()] == ["once"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_in_messages_arguments_and_values(start: Start, lines: Lines, form: str) -> None:
    start(form)
    logger = structlog.get_logger("bot")
    for secret in (TOKEN, TOKEN.partition(":")[2], PASSWORD, DATABASE):
        for written in (secret, quote(secret), quote(secret, safe=""), quote_plus(secret), repr(secret), {"x": secret}):
            logging.getLogger("library").error("sent %s", written)
            logging.getLogger("library").error(f"sent {written}")
            logger.error(f"sent {written}", value=written)
    assert "[hidden]" in said(lines())


def fail(text: str) -> None:
    raise ValueError(text)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_in_exceptions(start: Start, lines: Lines, form: str) -> None:
    start(form)
    try:
        try:
            fail(f"https://api.telegram.org/bot{TOKEN}/getMe")
        except ValueError as error:
            raise RuntimeError({"password": PASSWORD}) from error
    except RuntimeError:
        logging.getLogger("library").exception("failed")
        structlog.get_logger("bot").exception("failed")
    text = said(lines())
    assert text.count("Traceback") == 4
    assert text.count("RuntimeError") >= 2


def test_no_secret_that_is_not_in_the_settings(start: Start, lines: Lines) -> None:
    start("text")
    logger = logging.getLogger("library")
    logger.error("GET /_matrix/client/v3/sync?access_token=canary&since=1")
    logger.error("Authorization: Bearer canary")
    logger.error("logged in: syt_canary_x")
    logger.error("https://api.telegram.org/bot987654321:AAcanary/getMe")
    logger.error("token 987654321:AAcanary-other-0123456789abcdef")
    assert said(lines()).count("[hidden]") == 5


def test_no_secret_when_a_crash_ends_a_thread_or_all(start: Start, lines: Lines) -> None:
    start("text")

    thread = threading.Thread(target=fail, args=(TOKEN,))
    thread.start()
    thread.join(10)
    try:
        fail(TOKEN)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    text = said(lines())
    assert "a thread crashed" in text
    assert text.count("Traceback") == 2


async def test_no_secret_from_a_lost_task(start: Start, lines: Lines) -> None:
    start("text")
    asyncio.get_running_loop().call_exception_handler({"message": "lost", "exception": ValueError(TOKEN)})
    assert "lost" in said(lines())


def test_warnings_are_lines_too(start: Start, lines: Lines) -> None:
    start("text")
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn(TOKEN, stacklevel=1)
    assert "UserWarning" in said(lines())


def test_a_record_that_cannot_be_formatted_is_named(start: Start, lines: Lines) -> None:
    start("text")
    logging.getLogger("library").error("%d", PASSWORD)
    assert said(lines()) == "a record of library could not be written (TypeError)"


@pytest.mark.parametrize("form", ["text", "json"])
def test_what_others_say_makes_no_line_of_its_own(start: Start, lines: Lines, form: str) -> None:
    start(form)
    evil = "x\r\n2027-01-01T00:00:00Z info     paid \x1b[31m\u202e\u2028\x9b\ud800"
    structlog.get_logger("bot").error(evil, name=evil)
    logging.getLogger("library").error("%s", evil)
    try:
        fail(evil)
    except ValueError:
        logging.getLogger("library").exception("failed")
    written = lines()
    begun = [line for line in written if not line.startswith("    | ")]
    assert len(begun) == 3
    for line in written:
        assert line.isprintable()
        assert not line.startswith("2027-01-01")


@given(st.text(min_size=1), st.text(), st.text())
def test_a_hidden_text_is_gone(secret: str, before: str, after: str) -> None:
    redactor = Redactor()
    redactor.hide(secret)
    shown = redactor(f"{before}{secret}{after}")
    assert secret not in shown.replace("[hidden]", "\0") or secret == "\0"


@given(st.text())
def test_escaped_is_one_printable_line(text: str) -> None:
    assert escaped(text).isprintable()
