"""Settings from the environment and from .env in the working directory; .env.example describes each.

`INTERCITY_…_FILE` names a file that contains the value. Any problem raises a single `SettingsError`: one line that
names the key and says how to fix it. It never contains a value, which may be a misplaced secret.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.model import Account
from bot.settings import forms
from bot.settings.files import SettingsError, close_folder, contents, make_once, read_env_file

__all__ = ["FixedSettings", "Settings", "SettingsError", "load_settings", "warnings"]

PREFIX = "INTERCITY_"
ENV_FILE = Path(".env")
TELEGRAM_API_URL = "https://api.telegram.org"
HIDDEN = "********"
SECRETS = ("telegram_token", "matrix_password", "matrix_access_token", "secret_key", "database_url")
"""Settings that only the bot may read."""

_Source: TypeAlias = PydanticBaseSettingsSource
_Network: TypeAlias = IPv4Network | IPv6Network


_Url = Annotated[str, forms.reading(forms.url)]


class Settings(BaseSettings):
    """The settings of an installation. Empty values count as not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        enable_decoding=False,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=False,
    )

    data_dir: Annotated[Path, forms.reading(forms.data_dir)] = Path("data")
    database_url: Annotated[str, forms.reading(forms.database_url)] = Field(
        default_factory=lambda values: f"sqlite+aiosqlite:///{values.get('data_dir')}/intercity.db", repr=False
    )
    telegram_token: Annotated[
        SecretStr | None, forms.form(r"\d+:[\w-]{8,}", "write the token as BotFather gave it: digits, a colon, letters")
    ] = None
    telegram_api_url: _Url = TELEGRAM_API_URL
    telegram_webhook_url: _Url = ""
    matrix_homeserver: _Url = ""
    matrix_user: Annotated[str, forms.reading(forms.matrix_user)] = ""
    matrix_password: SecretStr | None = None
    matrix_access_token: SecretStr | None = None
    matrix_device_id: Annotated[str, forms.form(r"\S+", "write the id of the device without spaces")] = ""
    coordinators: Annotated[
        tuple[Account, ...], forms.each(Account.parse, "telegram:4711 or matrix:@anna:example.org")
    ] = ()
    feed_allow: Annotated[tuple[_Network, ...], forms.each(ip_network, "10.20.0.0/16 or 127.0.0.1")] = ()
    web_listen: Annotated[tuple[str, int] | None, forms.reading(forms.listen)] = None
    web_url: _Url = ""
    secret_key: Annotated[
        SecretStr | None,
        forms.form(r"(?s).{32,}", "write at least 32 characters (`openssl rand -hex 32`), or leave it empty"),
    ] = None
    log_format: Annotated[Literal["text", "json"], forms.form("text|json", "write text or json")] = "text"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: _Source,
        env_settings: _Source,
        dotenv_settings: _Source,
        file_secret_settings: _Source,  # noqa: ARG003 - a folder of secrets; `_Files` has a key for each file
    ) -> tuple[_Source, ...]:
        """Return the sources by precedence: arguments, environment, files named there, .env."""
        told = (env_settings, _Files(settings_cls), dotenv_settings) if settings_cls is Settings else ()
        return init_settings, *told

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        for wrong, text in (*self._about_matrix(), *self._about_webhook(), *self._about_web()):
            if wrong:
                raise ValueError(PREFIX + text)
        return self

    def _about_matrix(self) -> Iterator[tuple[bool, str]]:
        ways = (self.matrix_password, self.matrix_access_token)
        if any((self.matrix_homeserver, self.matrix_user, self.matrix_device_id, *ways)):
            yield not self.matrix_homeserver, "MATRIX_HOMESERVER: missing; write its address, https://example.org"
            yield not self.matrix_user, "MATRIX_USER: missing; write the bot's id, @intercity:example.org"
            yield not any(ways), f"MATRIX_PASSWORD: missing; set it, or {PREFIX}MATRIX_ACCESS_TOKEN and _DEVICE_ID"
            yield all(ways), f"MATRIX_PASSWORD: {PREFIX}MATRIX_ACCESS_TOKEN is set too; leave one of them out"
            lost = bool(self.matrix_access_token) and not self.matrix_device_id
            yield lost, "MATRIX_DEVICE_ID: missing; write the device that the access token belongs to"

    def _about_webhook(self) -> Iterator[tuple[bool, str]]:
        if self.telegram_webhook_url:
            yield not self.telegram_token, "TELEGRAM_TOKEN: missing; a webhook needs one"
            yield not self.web_listen, "WEB_LISTEN: missing; a webhook needs an address to listen on, 127.0.0.1:8421"
            plain = self.telegram_webhook_url.startswith("http:") and self.telegram_api_url == TELEGRAM_API_URL
            yield plain, "TELEGRAM_WEBHOOK_URL: write an https address; Telegram calls no other"

    def _about_web(self) -> Iterator[tuple[bool, str]]:
        yield (
            bool(self.web_url) and self.web_listen is None,
            "WEB_LISTEN: missing; WEB_URL is the address of what listens",
        )

    @property
    def web_address(self) -> str:
        """The address of the web listener for people, without a slash at its end; empty if there is none."""
        return self.web_url or (f"http://{self._shown('web_listen')}" if self.web_listen else "")

    @property
    def is_readable_on_the_way(self) -> bool:
        """Whether calendars, and the tokens in their addresses, cross a network without encryption."""
        address = urlsplit(self.web_address)
        return address.scheme == "http" and not forms.is_loopback(address.hostname or "")

    @property
    def has_telegram(self) -> bool:
        """Whether a bot account on Telegram is configured."""
        return self.telegram_token is not None

    @property
    def has_matrix(self) -> bool:
        """Whether a bot account on Matrix is configured."""
        return bool(self.matrix_user)

    def require_messenger(self) -> None:
        """Raise SettingsError if no messenger is configured."""
        if not (self.has_telegram or self.has_matrix):
            raise SettingsError(
                f"{PREFIX}TELEGRAM_TOKEN or {PREFIX}MATRIX_HOMESERVER: set one or both, as .env.example shows"
            )

    def make_data_dir(self) -> Path:
        """Return the folder for the bot's files, created if missing and made private.

        Raises SettingsError, also if others can access it and its permissions are not ours to change.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"{PREFIX}DATA_DIR: cannot be made ({error.strerror}); name another folder") from error
        close_folder(f"{PREFIX}DATA_DIR", self.data_dir)
        return self.data_dir

    def load_secret_key(self) -> bytes:
        """Return the 32-byte key that protects stored data: the SHA-256 of INTERCITY_SECRET_KEY.

        Without that setting, the secret is read from secret.key in the data dir, which is created at first use.
        Raises SettingsError, also if others can read that file.
        """
        text = self.secret_key.get_secret_value() if self.secret_key else self._kept_key()
        return hashlib.sha256(text.encode()).digest()

    def _kept_key(self) -> str:
        path = self.make_data_dir() / "secret.key"
        try:
            if not path.exists():
                make_once(path, secrets.token_urlsafe(32))
        except OSError as error:
            raise SettingsError(f"{PREFIX}SECRET_KEY: {path} cannot be made ({error.strerror})") from error
        return contents(f"{PREFIX}SECRET_KEY", path, secret=True)

    def secret_values(self) -> tuple[str, ...]:
        """Return all secrets that are set, so that they can be redacted."""
        fields = [self.telegram_token, self.matrix_password, self.matrix_access_token, self.secret_key]
        password = urlsplit(self.database_url).password or ""
        return tuple(
            filter(None, [*(field.get_secret_value() for field in fields if field), password, unquote(password)])
        )

    def without_effect(self) -> list[str]:
        """Return the keys that are set for features not implemented yet."""
        later = ("telegram_webhook_url",)
        return [f"INTERCITY_{name.upper()}" for name in later if getattr(self, name)]

    def masked(self) -> dict[str, str]:
        """Return the settings by key for display, with secrets masked."""
        return {PREFIX + name.upper(): self._shown(name) for name in type(self).model_fields}

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        match value:
            case None:
                return ""
            case SecretStr():
                return HIDDEN
            case (str(host), int(port)):
                return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            case tuple():
                return ",".join(map(str, value))
            case _:
                return re.sub(r"(://[^/@:]*:).*(?=@)|(password=)[^&]*", rf"\1\2{HIDDEN}", str(value))


class FixedSettings(Settings):
    """Settings from arguments only, for the demo and tests. Raises pydantic's ValidationError."""


def load_settings() -> Settings:
    """Read the settings from the environment and .env. Raises SettingsError."""
    _check_keys(_given())
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError(_line(error)) from None


def warnings() -> list[str]:
    """Return what works but should be fixed, one line each."""
    exposed = ENV_FILE.exists() and stat.S_IMODE(ENV_FILE.stat().st_mode) & 0o077
    return [f"{ENV_FILE}: others may read it; run chmod 600 {ENV_FILE}"] if exposed else []


def _line(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    text = str(first.get("ctx", {}).get("error") or first["msg"])
    return f"{PREFIX}{str(first['loc'][0]).upper()}: {text}" if first["loc"] else text


def _given() -> dict[str, str]:
    """Return the values set in .env and the environment, by key."""
    told = read_env_file(ENV_FILE) | dict(os.environ)
    return {key.upper(): value for key, value in told.items() if key.upper().startswith(PREFIX)}


def _check_keys(given: Mapping[str, str]) -> None:
    known = [PREFIX + name.upper() for name in Settings.model_fields]
    words = [key.removeprefix(PREFIX) for key in known]
    for key in sorted(given.keys() - set(known)):
        plain = key.removesuffix("_FILE")
        if plain in known:
            if given[key] and given.get(plain):
                raise SettingsError(f"{key}: {plain} is set too; leave one of them out")
        elif not key.startswith(f"{PREFIX}TEST_"):
            near = difflib.get_close_matches(plain.removeprefix(PREFIX), words, n=1)
            hint = f"is it {PREFIX}{near[0]}?" if near else "see .env.example"
            raise SettingsError(f"{key}: no such setting; {hint}")


class _Files(PydanticBaseSettingsSource):
    """A source that reads the files named by INTERCITY_…_FILE."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:  # noqa: ARG002 - signature of the base class
        """Return the value of a field."""
        key = f"{PREFIX}{field_name.upper()}_FILE"
        path = _given().get(key)
        return (contents(key, Path(path), secret=field_name in SECRETS) if path else None), field_name, False

    def __call__(self) -> dict[str, str]:
        """Return the values of all fields that have a file."""
        values = (
            (name, self.get_field_value(field, name)[0]) for name, field in self.settings_cls.model_fields.items()
        )
        return {name: value for name, value in values if value is not None}
