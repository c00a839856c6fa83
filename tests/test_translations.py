"""The catalogues are complete, and the tool that maintains them finds what is wrong."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog

from bot.text.languages import CATALOGUES
from locales import messages

BRITISH = (
    r"colour|favour|honour|neighbour|centre|metre|cancell|travell|licence|defence|grey"
    r"|(?:ani|ogni|hori|mari|ogi|roni)s(?:e|ing|ation)"
)
AMERICAN = (
    r"color|favor|honor|neighbor|center|canceled|traveled|license|defense|gray"
    r"|(?:ani|ogni|hori|mari|ogi|roni)z(?:e|ing|ation)"
)


def test_every_text_is_there_in_every_language() -> None:
    assert messages.problems() == []


@pytest.mark.parametrize(("catalogue", "foreign"), [("en_US", BRITISH), ("en_GB", AMERICAN)])
def test_english_readers_are_given_their_own_spelling(catalogue: str, foreign: str) -> None:
    texts = [str(message.string) for message in messages.read(catalogue) if message.id]
    assert [text for text in texts if re.search(foreign, text, re.IGNORECASE)] == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("bot", "handlers", "storage", "locales"):
        (tmp_path / folder).mkdir()
    return tmp_path


def say(project: Path, source: str) -> None:
    (project / "bot" / "said.py").write_text(source, "utf-8")


def translate(project: Path, id: str, string: str | tuple[str, ...], catalogue: str = "de") -> None:
    catalog = messages.read(catalogue, project)
    message = catalog.get(id)
    assert message is not None
    message.string = string
    write(project, catalog, catalogue)


def write(project: Path, catalog: Catalog, catalogue: str) -> None:
    path = project / "locales" / catalogue / "LC_MESSAGES" / "messages.po"
    messages.write(catalog, path)


def contents(project: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in (project / "locales").rglob("*.po*")}


def test_a_new_text_waits_for_its_translation(project: Path) -> None:
    say(project, '_("Good morning")')
    assert messages.problems(project) == [f"{each}: missing: 'Good morning'" for each in CATALOGUES]
    messages.update_all(project)
    assert messages.problems(project) == ["de: not translated: 'Good morning'"]
    translate(project, "Good morning", "Guten Morgen")
    assert messages.problems(project) == []


def test_updating_keeps_translations_and_changes_nothing_else(project: Path) -> None:
    say(project, '_("Good morning")\nn_("{n} city", "{n} cities", 3)')
    messages.update_all(project)
    translate(project, "Good morning", "Guten Morgen")
    translate(project, "{n} city", ("{n} Stadt", "{n} Städte"))
    before = contents(project)
    say(project, '\n\nn_("{n} city", "{n} cities", 3)\n_(\n"Good "\n"morning")')
    messages.update_all(project)
    assert contents(project) == before
    assert len(before) == 1 + len(CATALOGUES)
    assert messages.problems(project) == []


def test_a_changed_text_keeps_its_old_translation_as_a_hint(project: Path) -> None:
    say(project, '_("Good morning to all")')
    messages.update_all(project)
    translate(project, "Good morning to all", "Guten Morgen allerseits")
    say(project, '_("Good morning to you all")')
    messages.update_all(project)
    assert b"Guten Morgen allerseits" in b"".join(contents(project).values())
    assert messages.problems(project) == ["de: not translated: 'Good morning to you all'"]


def test_a_text_that_nobody_says_goes(project: Path) -> None:
    say(project, '_("Good morning")')
    messages.update_all(project)
    translate(project, "Good morning", "Guten Morgen")
    say(project, "")
    assert [line.partition(": ")[2] for line in messages.problems(project)] == ["used nowhere: 'Good morning'"] * 3
    messages.update_all(project)
    assert messages.problems(project) == []
    assert b"morning" not in b"".join(contents(project).values())


def test_a_translation_with_other_placeholders_is_found(project: Path) -> None:
    say(project, '_("To {city}", city=city)')
    messages.update_all(project)
    for wrong in ("Nach {stadt}", "Nach", "Nach {city} {city", "Nach {city}*"):
        translate(project, "To {city}", wrong)
        assert messages.problems(project) == ["de: placeholders differ: 'To {city}'"], wrong
    translate(project, "To {city}", "Nach *{city}*")
    assert messages.problems(project) == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ('_(f"To {city}")', "must be a literal"),
        ("_(text)", "must be a literal"),
        ('_("")', "must be a literal"),
        ('n_("{n} city", many, 3)', "must be a literal"),
        ('_("a * b")', "without a partner"),
        ('_("To {city}")', "needs ['city'] and gets []"),
        ('_("To {city}", town=x)', "needs ['city'] and gets ['town']"),
        ('_("To", city=x)', "needs [] and gets ['city']"),
    ],
)
def test_a_text_that_cannot_be_translated_is_found(project: Path, source: str, problem: str) -> None:
    say(project, f"\n{source}")
    assert any(line.startswith("bot/said.py:2: ") and problem in line for line in messages.problems(project))


@pytest.mark.parametrize("source", ['n_("One city", "{n} cities", n)', '_("To {city}", **values)', "other(f'{x}')"])
def test_good_texts_are_not_complained_about(project: Path, source: str) -> None:
    say(project, source)
    assert [line for line in messages.problems(project) if line.startswith("bot/")] == []
