import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.arguments import Arguments, near_key, parse_arguments

KEYS = {
    "locale": (),
    "zone": ("zeitzone",),
    "to": ("an",),
    "method": ("verfahren",),
    "closes": ("ende",),
    "agenda": ("tagesordnung",),
    "vote-by": ("wähler",),
}


def arguments(line: str = "", text: str = "", items: tuple[str, ...] = (), **values: str) -> Arguments:
    return Arguments(line, text, items, {key.replace("_", "-"): value for key, value in values.items()})


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", arguments()),
        ("Which trees?", arguments("Which trees?")),
        ("  Which trees?  ", arguments("Which trees?")),
        ("Trees\n- Oak\n- Lime", arguments("Trees", items=("Oak", "Lime"))),
        ("Trees\n* Oak\n • Lime\n–  Ash\n— Elm", arguments("Trees", items=("Oak", "Lime", "Ash", "Elm"))),
        ("- Oak\n- Lime", arguments(items=("Oak", "Lime"))),
        ("Trees\n-Oak\n-\n- \n**Ash**", arguments("Trees", "-Oak\n-\n- \n**Ash**")),
        ("Trees\nmethod: score\ncloses: 15.12. 14:30", arguments("Trees", method="score", closes="15.12. 14:30")),
        ("Bäume\nVerfahren: Punkte\nENDE : morgen", arguments("Bäume", method="Punkte", closes="morgen")),
        ("Bäume\nzone：Europe/Berlin", arguments("Bäume", zone="Europe/Berlin")),
        ("x\nwaehler: a", arguments("x", vote_by="a")),
        ("x\nwa\u0308hler: a", arguments("x", vote_by="a")),
        ("x\nVote-By:a", arguments("x", vote_by="a")),
        ("x\nagenda:\n- a\n- b", arguments("x", items=("a", "b"), agenda="")),
        ("x\nto: a\nan: b", arguments("x", to="b")),
        ("x\nto: a\nto:", arguments("x", to="")),
        ("locale: de_DE\nzone: Europe/Berlin", arguments(locale="de_DE", zone="Europe/Berlin")),
        ("Headline\nFirst.\n\nSecond: yes.\nto: all", arguments("Headline", "First.\n\nSecond: yes.", to="all")),
        ("x\nlokale: de_DE", arguments("x", "lokale: de_DE")),
        ("x\n14:30 start\nhttps://example.org", arguments("x", "14:30 start\nhttps://example.org")),
        ("x\nto://nowhere", arguments("x", "to://nowhere")),
        ("x\n- to: a", arguments("x", items=("to: a",))),
        ("x\n: a\n:", arguments("x", ": a\n:")),
        ("Köln locale: de_DE", arguments("Köln locale: de_DE")),
        ("\nx", arguments("", "x")),
    ],
)
def test_lines(args: str, expected: Arguments) -> None:
    assert parse_arguments(args, KEYS) == expected


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("Köln locale: de_DE zone: Europe/Berlin", arguments("Köln", locale="de_DE", zone="Europe/Berlin")),
        ("Köln zeitzone : Europe/Berlin\nx", arguments("Köln", "x", zone="Europe/Berlin")),
        ("locale:de_DE", arguments(locale="de_DE")),
        ("https://example.org/a to: all", arguments("https://example.org/a", to="all")),
        ("https://example.org/to: 14:30", arguments("https://example.org/to: 14:30")),
        ("From: here to: there", arguments("From: here", to="there")),
        ("Köln to://x", arguments("Köln to://x")),
        ("Köln lokale: de", arguments("Köln lokale: de")),
        ("x\ny to: z", arguments("x", "y to: z")),
        ("to: a closes: to: b", arguments(to="b", closes="")),
        ("- a to: b", arguments(items=("a",), to="b")),
    ],
)
def test_keys_within_the_first_line(args: str, expected: Arguments) -> None:
    assert parse_arguments(args, KEYS, inline=True) == expected


def test_without_keys_there_are_lines_and_items() -> None:
    assert parse_arguments("x\nto: a\n- b") == arguments("x", "to: a", ("b",))


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("lokale: de_DE", "locale"),
        ("Verfaren: Punkte", "verfahren"),
        ("wahler: alle", "wähler"),
        ("zone : Europe/Berlin", "zone"),
        ("Hinweis: morgen", None),
        ("14:30", None),
        ("https://example.org", None),
        ("l0cale: x", None),
        ("we agreed on a locale: de_DE", None),
        ("lokale", None),
        ("", None),
    ],
)
def test_a_near_miss_has_a_suggestion(line: str, key: str | None) -> None:
    assert near_key(line, KEYS) == key


FORMS = ("{}", "- {}", " • {}", "-{}", "other: {}", "key{}: {}", "KEY{} ： {}", " key{}:{}", "key{}://{}")


@given(st.lists(st.sampled_from(FORMS), max_size=8), st.booleans())
def test_each_line_is_in_one_place(forms: list[str], inline: bool) -> None:
    marks = [f"{number}" for number in range(len(forms))]
    lines = [form.replace("{}", mark) for form, mark in zip(forms, marks, strict=True)]
    found = parse_arguments("\n\n".join(lines), {f"key{mark}": () for mark in marks}, inline=inline)
    kept = [found.line, *found.text.split(), *found.items, *found.values.values()]
    for mark in marks:
        assert sum(mark in each for each in kept) == 1
    fields = [each for each in (found.line, *found.text.split("\n"), *found.items, *found.values) if each]
    assert len(fields) == len(lines)


pieces = st.sampled_from(["to", "an", "Zone", "wähler", ":", "：", "//", "-", "*", "•", " ", "\n", "\u2028", "\r", "x"])


@given(st.lists(pieces | st.text(max_size=4), max_size=30).map("".join), st.booleans())
def test_no_text_is_too_odd(args: str, inline: bool) -> None:
    found = parse_arguments(args, KEYS, inline=inline)
    near_key(args, KEYS)
    assert found.values.keys() <= KEYS.keys()
    for each in (found.line, found.text, *found.items, *found.values.values()):
        assert each == each.strip()
        assert each in args
    assert all(found.items)


@given(st.lists(pieces | st.text(max_size=4), max_size=30).map("".join))
def test_without_keys_nothing_is_lost(args: str) -> None:
    found = parse_arguments(args)
    lines = [each.strip() for each in args.split("\n") if each.strip()]
    kept = [each.strip() for each in (found.line, *found.text.split("\n")) if each.strip()]
    assert sorted([*kept, *found.items]) == sorted(line if line in kept else line[1:].strip() for line in lines)
