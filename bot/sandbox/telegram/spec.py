"""Checks of calls and answers against the Bot API's own specification, `bot_api.json` (see `compact`)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.files import FormFile

_NUMBER = re.compile(r"-?\d{1,19}")
_MISSING = {
    "text": "message text is empty",
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "file_id": "file_id not specified",
} | {
    name: f"there is no {name.replace('_', ' ')} in the request"
    for name in ("photo", "video", "animation", "audio", "voice", "video_note", "document", "sticker")
}


class Mismatch(Exception):
    """A value is not what the specification says."""


class Spec:
    """The methods and types of the Bot API."""

    def __init__(self, compact: Json) -> None:
        """Read what `compact` made."""
        self.methods: dict[str, Json] = compact["methods"]
        self.types: dict[str, dict[str, str] | list[str]] = compact["types"]
        self._by_lower = {name.lower(): name for name in self.methods}

    def method(self, name: str) -> str | None:
        """Return the method's own spelling (Telegram ignores case), None when there is no such method."""
        return self._by_lower.get(name.lower())

    def read(self, method: str, raw: Mapping[str, object]) -> tuple[Json, list[str]]:
        """Return the typed parameters of a call, and the names that the specification does not know.

        `raw` holds strings (form, query), uploaded files or JSON values. Raise ApiError 400.
        Files whose names are no parameters are attachments that other parameters may refer to.
        """
        fields: dict[str, str] = self.methods[method]["fields"]
        for name, type in fields.items():
            if type.endswith("!") and raw.get(name) in (None, ""):
                raise bad_request(_MISSING.get(name, f"parameter {name} is required"))
        unknown = [name for name in raw if name not in fields and not isinstance(raw[name], FormFile)]
        params: Json = {}
        for name in raw.keys() & fields.keys():
            try:
                params[name] = self._outer(fields[name].rstrip("!"), raw[name], name, unknown)
            except Mismatch as error:
                raise bad_request(f"can't parse {error}") from error
        return params, unknown

    def problems(self, type: str, value: object) -> list[str]:
        """Return what is wrong with a value that should be of `type`; an empty list means nothing is."""
        unknown: list[str] = []
        try:
            self._value(type, value, type, unknown)
        except Mismatch as error:
            return [str(error)]
        return unknown

    def _outer(self, type: str, value: object, where: str, unknown: list[str]) -> object:
        """Read a parameter; in a form everything is a string and objects are JSON."""
        if not isinstance(value, str):
            return self._value(type, value, where, unknown)
        for option in type.split("|"):
            if option == "Integer" and _NUMBER.fullmatch(value):
                return int(value)
            if option == "Boolean" and value.lower() in {"true", "false"}:
                return value.lower() == "true"
            if option.partition("=")[0] in {"String", "InputFile"}:
                return value
        try:
            return self._value(type, json.loads(value), where, unknown)
        except json.JSONDecodeError as error:
            raise Mismatch(f"{where} JSON object") from error

    def _value(self, type: str, value: object, where: str, unknown: list[str]) -> object:
        options = type.split("|")
        if len(options) > 1 and all(option.startswith("Array of ") for option in options):
            type = "Array of " + "|".join(option.removeprefix("Array of ") for option in options)
        elif len(options) > 1:
            return self._best(options, value, where, unknown)
        if type.startswith("Array of "):
            if not isinstance(value, list):
                raise Mismatch(f"{where}: Array expected")
            inner = type.removeprefix("Array of ")
            return [self._value(inner, item, f"{where}[{n}]", unknown) for n, item in enumerate(value)]
        known = self.types.get(type)
        if known is None or type == "InputFile":
            return _plain(type, value, where)
        if isinstance(known, list):
            return self._best(known, value, where, unknown)
        return self._object(known, value, where, unknown)

    def _object(self, fields: dict[str, str], value: object, where: str, unknown: list[str]) -> object:
        if not isinstance(value, dict):
            raise Mismatch(f"{where}: Object expected")
        for name, type in fields.items():
            if type.endswith("!") and name not in value:
                raise Mismatch(f'{where}: can\'t find field "{name}"')
            if name in value:
                self._value(type.rstrip("!"), value[name], f"{where}.{name}", unknown)
        unknown += [f"{where}.{name}" for name in value if name not in fields]
        return value

    def _best(self, options: list[str], value: object, where: str, unknown: list[str]) -> object:
        """Read the value as the first option that explains all of it, or else most of it."""
        found: list[tuple[list[str], object]] = []
        for option in options:
            strange: list[str] = []
            try:
                found.append((strange, self._value(option, value, where, strange)))
            except Mismatch:
                continue
        if not found:
            raise Mismatch(f"{where}: one of {', '.join(options)} expected")
        strange, result = min(found, key=lambda entry: len(entry[0]))
        unknown += strange
        return result


def _plain(type: str, value: object, where: str) -> object:
    kind, _, constant = type.partition("=")
    good = {
        "Integer": isinstance(value, int) and not isinstance(value, bool),
        "Float": isinstance(value, int | float) and not isinstance(value, bool),
        "Boolean": isinstance(value, bool),
        "String": isinstance(value, str) and constant in {"", value},
        "InputFile": isinstance(value, FormFile),
    }
    if not good[kind]:
        raise Mismatch(f"{where}: {constant or kind} expected")
    return value


@cache
def bot_api() -> Spec:
    """Return the specification that the emulator follows."""
    return Spec(json.loads(files(__package__ or "").joinpath("bot_api.json").read_text("utf-8")))
