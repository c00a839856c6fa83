import os
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.model import Account
from bot.settings import FixedSettings, Settings, SettingsError, load_settings, warnings
from bot.settings.files import make_once

TOKEN = "123456789:AAcanary-token_value-0123456789abcdef"
MATRIX = {
    "MATRIX_HOMESERVER": "https://matrix.example.org/",
    "MATRIX_USER": "@intercity:example.org",
    "MATRIX_PASSWORD": "canary, =password",
}
WEBHOOK = {
    "TELEGRAM_TOKEN": TOKEN,
    "TELEGRAM_WEBHOOK_URL": "https://bot.example.org/t",
    "WEB_LISTEN": "127.0.0.1:8421",
}


@pytest.fixture(autouse=True)
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Change to an empty folder, without any settings in the environment."""
    for key in list(os.environ):
        if key.startswith("INTERCITY_"):
            monkeypatch.delenv(key)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Settings]:
    def load(**values: str) -> Settings:
        for key, value in values.items():
            monkeypatch.setenv(f"INTERCITY_{key}", value)
        return load_settings()

    return load


Told = Callable[..., Settings]


def refused(told: Told, **values: str) -> str:
    with pytest.raises(SettingsError) as caught:
        told(**values)
    assert caught.value.__cause__ is None
    return str(caught.value)


def test_nothing_has_to_be_set_until_a_messenger_is_needed(told: Told) -> None:
    settings = told()
    assert settings.data_dir == Path("data")
    assert settings.database_url == "sqlite+aiosqlite:///data/intercity.db"
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.log_format == "text"
    assert not settings.has_telegram
    assert not settings.has_matrix
    with pytest.raises(SettingsError, match=r"INTERCITY_TELEGRAM_TOKEN or INTERCITY_MATRIX_HOMESERVER"):
        settings.require_messenger()


def test_everything_that_can_be_set(told: Told) -> None:
    settings = told(
        **MATRIX,
        **WEBHOOK,
        DATA_DIR="/srv/intercity",
        TELEGRAM_API_URL="http://127.0.0.1:8081/",
        MATRIX_DEVICE_ID="INTERCITY",
        COORDINATORS="telegram:4711, matrix:@anna:example.org,",
        FEED_ALLOW="10.20.0.0/16,127.0.0.1 ::1",
        SECRET_KEY="x" * 32,
        LOG_FORMAT="json",
        WEB_URL="https://calendar.example.org/",
    )
    assert settings.database_url == "sqlite+aiosqlite:////srv/intercity/intercity.db"
    assert settings.telegram_token == SecretStr(TOKEN)
    assert settings.telegram_api_url == "http://127.0.0.1:8081"
    assert settings.telegram_webhook_url == "https://bot.example.org/t"
    assert settings.matrix_homeserver == "https://matrix.example.org"
    assert settings.matrix_user == "@intercity:example.org"
    assert settings.matrix_password == SecretStr("canary, =password")
    assert settings.matrix_device_id == "INTERCITY"
    assert settings.coordinators == (Account.parse("telegram:4711"), Account.parse("matrix:@anna:example.org"))
    assert settings.feed_allow == tuple(map(ip_network, ("10.20.0.0/16", "127.0.0.1/32", "::1/128")))
    assert settings.web_listen == ("127.0.0.1", 8421)
    assert settings.web_address == "https://calendar.example.org"
    assert settings.log_format == "json"
    assert settings.has_telegram
    assert settings.has_matrix
    settings.require_messenger()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/intercity", "postgresql+psycopg://u:p@db/intercity"),
        ("postgres://db/intercity", "postgresql+psycopg://db/intercity"),
        ("postgresql+psycopg://db/intercity", "postgresql+psycopg://db/intercity"),
        ("postgresql:///intercity?host=/run/postgresql", "postgresql+psycopg:///intercity?host=/run/postgresql"),
        ("sqlite:////var/lib/i.db", "sqlite+aiosqlite:////var/lib/i.db"),
        ("", "sqlite+aiosqlite:///data/intercity.db"),
    ],
)
def test_databases_are_reached_by_the_drivers_we_use(told: Told, given: str, used: str) -> None:
    assert told(DATABASE_URL=given).database_url == used


def test_people_reach_what_listens_where_it_does_or_through_a_proxy(told: Told) -> None:
    assert told().web_address == ""
    with pytest.raises(SettingsError, match="INTERCITY_WEB_LISTEN: missing"):
        told(WEB_URL="https://calendar.example.org")
    assert told(WEB_URL="", WEB_LISTEN="[::1]:8421").web_address == "http://[::1]:8421"


@pytest.mark.parametrize(
    ("listen", "url", "readable"),
    [
        ("127.0.0.1:8421", "", False),
        ("localhost:8421", "", False),
        ("", "", False),
        ("0.0.0.0:8421", "", True),
        ("0.0.0.0:8421", "https://calendar.example.org", False),
        ("127.0.0.1:8421", "http://calendar.example.org", True),
    ],
)
def test_calendars_that_anybody_on_the_way_can_read_are_noticed(
    told: Told, listen: str, url: str, *, readable: bool
) -> None:
    assert told(WEB_LISTEN=listen, WEB_URL=url).is_readable_on_the_way is readable


def test_an_empty_value_means_not_set(told: Told) -> None:
    assert told(TELEGRAM_TOKEN="", WEB_LISTEN="", COORDINATORS="", TELEGRAM_API_URL="", LOG_FORMAT="") == Settings()


def test_the_environment_goes_before_the_file(told: Told, workplace: Path) -> None:
    (workplace / ".env").write_text('# comment\nINTERCITY_LOG_FORMAT=json\nINTERCITY_DATA_DIR="some where"\nOTHER=1\n')
    assert told().log_format == "json"
    settings = told(LOG_FORMAT="text")
    assert (settings.log_format, settings.data_dir) == ("text", Path("some where"))


@pytest.mark.parametrize(
    ("key", "value", "advice"),
    [
        ("TELEGRAM_TOKEN", "canary", "BotFather"),
        ("TELEGRAM_TOKEN", "12:canary token", "BotFather"),
        ("TELEGRAM_API_URL", "canary.example.org", "https://"),
        ("TELEGRAM_API_URL", "ftp://canary", "https://"),
        ("MATRIX_HOMESERVER", "canary", "https://"),
        ("MATRIX_HOMESERVER", "https://user:canary@example.org", "https://"),
        ("MATRIX_HOMESERVER", "https://[canary", "https://"),
        ("MATRIX_HOMESERVER", "https://example.org:99999canary", "https://"),
        ("MATRIX_USER", "canary", "@intercity:example.org"),
        ("MATRIX_DEVICE_ID", "a canary", "without spaces"),
        ("COORDINATORS", "telegram:1,telegram:canary", "entry 2"),
        ("COORDINATORS", "matrix:@canary", "entry 1"),
        ("FEED_ALLOW", "10.0.0.0/8,canary", "entry 2"),
        ("FEED_ALLOW", "10.20.30.40/16", "entry 1"),
        ("WEB_LISTEN", "canary", "127.0.0.1:8421"),
        ("WEB_LISTEN", "8421", "127.0.0.1:8421"),
        ("WEB_LISTEN", "127.0.0.1:84210", "127.0.0.1:8421"),
        ("SECRET_KEY", "canary", "at least 32"),
        ("LOG_FORMAT", "canary", "text or json"),
        ("DATABASE_URL", "mysql://canary", "postgresql://"),
        ("DATABASE_URL", "postgresql://a:canary/b@host:c/d", "postgresql://"),
        ("DATABASE_URL", "canary", "postgresql://"),
        ("DATA_DIR", "/dev/null", "name a folder"),
    ],
)
def test_a_wrong_value_is_named_and_not_repeated(told: Told, key: str, value: str, advice: str) -> None:
    line = refused(told, **{key: value})
    assert line.startswith(f"INTERCITY_{key}: ")
    assert advice in line
    assert "\n" not in line
    assert "canary" not in line


@pytest.mark.parametrize(
    ("values", "line"),
    [
        (MATRIX | {"MATRIX_HOMESERVER": ""}, "INTERCITY_MATRIX_HOMESERVER: missing"),
        (MATRIX | {"MATRIX_USER": ""}, "INTERCITY_MATRIX_USER: missing"),
        (MATRIX | {"MATRIX_PASSWORD": ""}, "INTERCITY_MATRIX_PASSWORD: missing"),
        (MATRIX | {"MATRIX_PASSWORD": "", "MATRIX_ACCESS_TOKEN": "x"}, "INTERCITY_MATRIX_DEVICE_ID: missing"),
        (MATRIX | {"MATRIX_ACCESS_TOKEN": "x"}, "INTERCITY_MATRIX_PASSWORD: INTERCITY_MATRIX_ACCESS_TOKEN is set too"),
        ({"MATRIX_DEVICE_ID": "x"}, "INTERCITY_MATRIX_HOMESERVER: missing"),
        (WEBHOOK | {"TELEGRAM_TOKEN": ""}, "INTERCITY_TELEGRAM_TOKEN: missing"),
        (WEBHOOK | {"WEB_LISTEN": ""}, "INTERCITY_WEB_LISTEN: missing"),
        (
            WEBHOOK | {"TELEGRAM_WEBHOOK_URL": "http://bot.example.org"},
            "INTERCITY_TELEGRAM_WEBHOOK_URL: write an https",
        ),
    ],
)
def test_settings_that_need_each_other(told: Told, values: dict[str, str], line: str) -> None:
    assert refused(told, **values).startswith(line)


def test_an_access_token_with_its_device_will_do(told: Told) -> None:
    settings = told(**(MATRIX | {"MATRIX_PASSWORD": "", "MATRIX_ACCESS_TOKEN": "syt_x", "MATRIX_DEVICE_ID": "D"}))
    assert settings.has_matrix


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("TELEGRAM_TOKE", "is it INTERCITY_TELEGRAM_TOKEN?"),
        ("MATRIX_PASWORD_FILE", "is it INTERCITY_MATRIX_PASSWORD?"),
        ("COORDINATOR", "is it INTERCITY_COORDINATORS?"),
        ("BANANA", "see .env.example"),
    ],
)
def test_an_unknown_key_is_an_error(told: Told, workplace: Path, key: str, hint: str) -> None:
    assert refused(told, **{key: "canary"}) == f"INTERCITY_{key}: no such setting; {hint}"
    os.environ.pop(f"INTERCITY_{key}")
    (workplace / ".env").write_text(f"INTERCITY_{key}=canary\n")
    assert refused(told) == f"INTERCITY_{key}: no such setting; {hint}"


def test_keys_for_the_tests_are_left_alone(told: Told) -> None:
    assert told(TEST_FULL="1") == Settings()


def test_a_line_that_sets_nothing_is_an_error(told: Told, workplace: Path) -> None:
    (workplace / ".env").write_text("# first\n\nINTERCITY_TELEGRAM_TOKEN canary\n")
    assert refused(told) == ".env: line 3 is not of the form KEY=value"
    (workplace / ".env").write_bytes(b"INTERCITY_DATA_DIR=\xff")
    assert refused(told).startswith(".env: cannot be read")


def secret_file(workplace: Path, text: str = f"{TOKEN}\n", mode: int = 0o600) -> str:
    path = workplace / "canary"
    path.write_text(text)
    path.chmod(mode)
    return str(path)


def test_a_file_may_hold_a_value(told: Told, workplace: Path) -> None:
    (workplace / ".env").write_text(f"INTERCITY_TELEGRAM_TOKEN_FILE={secret_file(workplace)}\n")
    assert told().telegram_token == SecretStr(TOKEN)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o644, 0o660, 0o666])
def test_a_secret_that_others_may_read_is_refused(told: Told, workplace: Path, mode: int) -> None:
    line = refused(told, TELEGRAM_TOKEN_FILE=secret_file(workplace, mode=mode))
    assert line == "INTERCITY_TELEGRAM_TOKEN_FILE: others may read this file; run chmod 600 on it"


def test_a_credential_of_systemd_may_look_readable(
    told: Told, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = secret_file(workplace, mode=0o440)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(workplace / "elsewhere"))
    assert "others may read" in refused(told, TELEGRAM_TOKEN_FILE=path)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(workplace))
    assert told(TELEGRAM_TOKEN_FILE=path).has_telegram


def test_what_is_no_secret_may_be_read_by_all(told: Told, workplace: Path) -> None:
    path = secret_file(workplace, "telegram:4711\n", 0o644)
    assert told(COORDINATORS_FILE=path).coordinators == (Account.parse("telegram:4711"),)


def test_files_that_cannot_serve(told: Told, workplace: Path) -> None:
    key = "INTERCITY_TELEGRAM_TOKEN_FILE"
    assert refused(told, TELEGRAM_TOKEN_FILE="/canary/none").startswith(f"{key}: the file cannot be read")
    assert refused(told, TELEGRAM_TOKEN_FILE=str(workplace)).startswith(f"{key}: the file cannot be read")
    assert refused(told, TELEGRAM_TOKEN_FILE=secret_file(workplace, "\n")) == f"{key}: the file is empty"
    assert refused(told, TELEGRAM_TOKEN_FILE="x", TELEGRAM_TOKEN=TOKEN).startswith(
        f"{key}: INTERCITY_TELEGRAM_TOKEN is set too"
    )


def test_the_data_dir_is_closed_to_others(told: Told, workplace: Path) -> None:
    path = told(DATA_DIR="a/b").make_data_dir()
    assert path.resolve() == workplace / "a" / "b"
    assert path.stat().st_mode & 0o777 == 0o700
    assert told().make_data_dir() == path


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701, 0o777])
def test_a_data_dir_that_is_there_already_is_closed_to_others(told: Told, workplace: Path, mode: int) -> None:
    (workplace / "data").mkdir()
    (workplace / "data").chmod(mode)
    assert told().make_data_dir().stat().st_mode & 0o777 == 0o700


def test_a_data_dir_that_is_not_ours_to_close_is_refused(
    told: Told, workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder shared by everybody, such as /tmp, or one that belongs to another user."""
    (workplace / "data").mkdir()
    (workplace / "data").chmod(0o1777)
    with pytest.raises(SettingsError, match=r"INTERCITY_DATA_DIR: others may look into data; run chmod 700 on it"):
        told().make_data_dir()
    (workplace / "data").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(SettingsError, match="run chmod 700 on it"):
        told().make_data_dir()
    assert (workplace / "data").stat().st_mode & 0o777 == 0o755


def test_a_data_dir_that_cannot_be_made(told: Told, workplace: Path) -> None:
    (workplace / "file").touch()
    with pytest.raises(SettingsError, match="INTERCITY_DATA_DIR: cannot be made"):
        told(DATA_DIR="file/data").make_data_dir()


def test_the_secret_key_is_made_once(told: Told, workplace: Path) -> None:
    keys = {told().load_secret_key() for _ in range(3)}
    assert [len(key) for key in keys] == [32]
    assert [(path.name, path.stat().st_mode & 0o777) for path in (workplace / "data").iterdir()] == [
        ("secret.key", 0o600)
    ]
    kept = (workplace / "data" / "secret.key").read_text().strip()
    assert keys == {told(SECRET_KEY=kept).load_secret_key()}
    assert keys != {told(SECRET_KEY="x" * 32).load_secret_key()}


def test_of_two_keys_made_at_once_the_first_stays(workplace: Path) -> None:
    path = workplace / "secret.key"
    make_once(path, "first")
    make_once(path, "second")
    assert path.read_text() == "first\n"
    assert list(workplace.iterdir()) == [path]


def test_a_secret_key_that_others_may_read_is_refused(told: Told, workplace: Path) -> None:
    told().load_secret_key()
    (workplace / "data" / "secret.key").chmod(0o644)
    with pytest.raises(SettingsError, match="INTERCITY_SECRET_KEY: others may read"):
        told().load_secret_key()


def test_no_secret_is_shown(told: Told) -> None:
    settings = told(
        **WEBHOOK, **MATRIX, SECRET_KEY="canary" * 6, DATABASE_URL="postgresql://bot:can%40ary@db/x?password=canary"
    )
    for shown in (repr(settings), str(settings), str(settings.masked())):
        assert "canary" not in shown
        assert "can%40ary" not in shown
    masked = settings.masked()
    assert masked["INTERCITY_TELEGRAM_TOKEN"] == "********"
    assert masked["INTERCITY_MATRIX_ACCESS_TOKEN"] == ""
    assert masked["INTERCITY_DATABASE_URL"] == "postgresql+psycopg://bot:********@db/x?password=********"
    assert masked["INTERCITY_WEB_LISTEN"] == "127.0.0.1:8421"
    assert {TOKEN, "canary, =password", "canary" * 6, "can%40ary", "can@ary"} <= set(settings.secret_values())


def test_every_setting_is_described() -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text("utf-8")
    for name in Settings.model_fields:
        assert f"INTERCITY_{name.upper()}=" in example


def test_fixed_settings_ask_nobody(monkeypatch: pytest.MonkeyPatch, workplace: Path) -> None:
    monkeypatch.setenv("INTERCITY_LOG_FORMAT", "json")
    (workplace / ".env").write_text("INTERCITY_MATRIX_USER=@other:example.org\n")
    settings = FixedSettings(
        data_dir=workplace, coordinators=(Account.parse("telegram:1"),), web_listen=("127.0.0.1", 0)
    )
    assert (settings.log_format, settings.matrix_user, settings.web_listen) == ("text", "", ("127.0.0.1", 0))
    assert settings.coordinators == (Account.parse("telegram:1"),)


def test_an_open_env_file_is_doubted(workplace: Path) -> None:
    assert warnings() == []
    path = workplace / ".env"
    path.touch(0o644)
    path.chmod(0o644)
    assert warnings() == [".env: others may read it; run chmod 600 .env"]
    path.chmod(0o600)
    assert warnings() == []
