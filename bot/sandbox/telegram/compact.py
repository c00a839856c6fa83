"""Conversion of the machine-readable Bot API into `bot_api.json`: `python -m bot.sandbox.telegram.compact FULL.json`.

The compact form leaves out descriptions. A method is `{"returns": TYPE, "fields": {NAME: TYPE}}`, a type is
`{NAME: TYPE}` or the list of its subtypes. TYPE is `Integer|String`, with `=constant` where only one value is
possible and `!` at its end when required.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from bot.sandbox.telegram.errors import Json

_CONSTANT = re.compile(r"(?:always [\"“](\w+)[\"”]$|must be (\w+)$)")


def compact(full: Json) -> Json:
    """Return the compact form of the full specification."""
    methods = {
        name: {"returns": "|".join(method["returns"]), "fields": _fields(method)}
        for name, method in full["methods"].items()
    }
    types = {name: type.get("subtypes") or _fields(type) for name, type in full["types"].items()}
    return {"version": full["version"], "methods": methods, "types": types}


def _fields(owner: Json) -> dict[str, str]:
    return {field["name"]: _type(field) for field in owner.get("fields", [])}


def _type(field: Json) -> str:
    constant = _CONSTANT.search(field["description"]) if field["types"] == ["String"] else None
    value = f"={constant[1] or constant[2]}" if constant else ""
    return "|".join(field["types"]) + value + ("!" if field["required"] else "")


if __name__ == "__main__":
    full = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    target = Path(__file__).with_name("bot_api.json")
    target.write_text(json.dumps(compact(full), ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
