"""Keep the catalogues in sync with the source: run by `make messages`, and by `make check` with `--check`.

Extracts every `_("…")` and `n_("…", "…", n)` from the source, writes messages.pot, and updates each messages.po:
translations are kept, new texts are added empty (in English with the source text), changed ones are marked fuzzy, and
unused ones are removed. The files contain neither dates nor line numbers, so they change only when a text does.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TypeAlias

from babel.messages import Catalog, Message
from babel.messages.pofile import read_po, write_po

from bot.text.languages import CATALOGUES
from bot.text.patterns import placeholders

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("bot", "handlers", "storage")

_Id: TypeAlias = str | tuple[str, ...] | list[str]

_ARGUMENTS = {"_": 1, "n_": 2}
"""The number of leading literal strings in each function's arguments."""


@dataclass(frozen=True, slots=True)
class MessageCall:
    """A call of `_(…)` or `n_(…)` in the source; `texts` is None if its arguments are not literal strings."""

    where: str
    texts: tuple[str, ...] | None
    values: frozenset[str] | None
    """Names of the values passed; None if they cannot be determined (`**values`)."""


def calls(root: Path = ROOT) -> list[MessageCall]:
    """Return every call in the source, in file order."""
    paths = (path for source in SOURCES for path in sorted((root / source).rglob("*.py")))
    return [call for path in paths for call in _calls_in(path, root)]


def _calls_in(path: Path, root: Path) -> Iterator[MessageCall]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _ARGUMENTS:
            yield _call(node, node.func.id, f"{path.relative_to(root)}:{node.lineno}")


def _call(node: ast.Call, function: str, where: str) -> MessageCall:
    count = _ARGUMENTS[function]
    texts = tuple(each.value for each in node.args[:count] if isinstance(each, ast.Constant) and each.value)
    literal = tuple(text for text in texts if isinstance(text, str))
    names = [keyword.arg for keyword in node.keywords]
    values = frozenset(name for name in names if name) | (frozenset({"n"}) if count > 1 else frozenset())
    return MessageCall(where, literal if len(literal) == count else None, None if None in names else values)


def template(found: list[MessageCall]) -> Catalog:
    """Return the catalogue without translations."""
    catalog = Catalog(charset="utf-8")
    for call in found:
        if call.texts:
            catalog.add(call.texts if len(call.texts) > 1 else call.texts[0])
    return catalog


def read(catalogue: str, root: Path = ROOT) -> Catalog:
    """Read a catalogue; empty if it does not exist yet."""
    path = _path(catalogue, root)
    if not path.exists():
        return Catalog(locale=catalogue, charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=catalogue, charset="utf-8")


def update(catalog: Catalog, current: Catalog) -> Catalog:
    """Update a catalogue from the template."""
    english = catalog.locale is not None and catalog.locale.language == "en"
    catalog.update(current, no_fuzzy_matching=english)
    for message in _texts(catalog):
        # The source is English: only the American spelling needs manual work.
        if english and not all(_strings(message)):
            message.string = message.id
    return catalog


def problems(root: Path = ROOT) -> list[str]:
    """Return the problems with the source texts and their translations, one line each."""
    found = calls(root)
    wrong = [line for call in found for line in _wrong_in(call)]
    current: set[_Id] = {message.id for message in _texts(template(found))}
    for catalogue in CATALOGUES:
        wrong += [f"{catalogue}: {line}" for line in _differences(read(catalogue, root), current)]
    return wrong


def _wrong_in(call: MessageCall) -> Iterator[str]:
    if call.texts is None:
        yield f"{call.where}: a text must be a literal string that is not empty"
        return
    for text in call.texts:
        needed = _placeholders(text)
        if needed is None:
            yield f"{call.where}: braces or marks without a partner in {text!r}"
        elif call.values is not None and needed != call.values and not (len(call.texts) > 1 and needed < call.values):
            yield f"{call.where}: {text!r} needs {sorted(needed)} and gets {sorted(call.values)}"


def _differences(catalog: Catalog, current: set[_Id]) -> Iterator[str]:
    messages = {message.id: message for message in _texts(catalog)}
    yield from (f"missing: {id!r}" for id in current - messages.keys())
    yield from (f"used nowhere: {id!r}" for id in messages.keys() - current)
    yield from (f"used nowhere: {id!r}" for id in catalog.obsolete)
    for message in messages.values():
        if message.fuzzy or not all(_strings(message)):
            yield f"not translated: {message.id!r}"
        elif any(_placeholders(text) not in _allowed(message) for text in _strings(message)):
            yield f"placeholders differ: {message.id!r}"


def _allowed(message: Message) -> list[frozenset[str] | None]:
    return [_placeholders(text) for text in (message.id if isinstance(message.id, tuple | list) else (message.id,))]


def _placeholders(text: str) -> frozenset[str] | None:
    try:
        return placeholders(text)
    except ValueError:
        return None


def _texts(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def _path(catalogue: str, root: Path) -> Path:
    return root / "locales" / catalogue / "LC_MESSAGES" / "messages.po"


def write(catalog: Catalog, path: Path) -> None:
    """Write a catalogue reproducibly: the same texts always result in the same file."""
    header = [f"Language: {catalog.locale}", f"Plural-Forms: {catalog.plural_forms}"] if catalog.locale else []
    out = BytesIO()
    out.write(b'msgid ""\nmsgstr ""\n')
    for line in ("Content-Type: text/plain; charset=utf-8", *header):
        out.write(f'"{line}\\n"\n'.encode())
    out.write(b"\n")
    write_po(out, catalog, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue().rstrip(b"\n") + b"\n")


def update_all(root: Path = ROOT) -> None:
    """Rewrite the template and every catalogue."""
    current = template(calls(root))
    write(current, root / "locales" / "messages.pot")
    for catalogue in CATALOGUES:
        write(update(read(catalogue, root), current), _path(catalogue, root))


def main() -> None:
    """Update the catalogues, unless `--check` is given, and report problems."""
    if "--check" not in sys.argv:
        update_all()
    if lines := problems():
        sys.exit("\n".join(lines))


if __name__ == "__main__":
    main()
