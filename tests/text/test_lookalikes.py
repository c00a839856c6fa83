import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.lookalikes import skeleton


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Anna Weber", "anna weber"),
        ("Anna Weber", "ANNA WEBER"),
        ("Anna Weber", "Аnnа Wеbеr"),  # Cyrillic А, а, е
        ("Anna Weber", "Αnna Weber"),  # Greek Α
        ("Nikos", "Νікоѕ"),
        ("Anna Weber", "Ａｎｎａ　Ｗｅｂｅｒ"),
        ("Anna Weber", "𝐀𝐧𝐧𝐚 𝒲𝑒𝒷𝑒𝓇"),
        ("Anna Weber", "Ⓐⓝⓝⓐ Weber"),
        ("Anna Weber", "An\u200bna We\u2060ber"),
        ("Anna Weber", "Anna-Weber."),
        ("Anna Weber", "AnnaWeber ✓"),
        ("Anna Weber", "Ánna Wéber"),
        ("Anna Weber", "A\u0336nna Webe\u0323r"),
        ("Dr. Anna Weber", "Dr Anna Weber"),
        ("Ilse Otto", "llse 0tt0"),
        ("Ilse Otto", "1lse Otto"),
        ("Ilse Otto", "|lse Otto"),
        ("Ilse Otto", "ILSE OTTO"),
        ("Emma Burns", "Emma Bums"),
        ("William", "VVilliam"),
        ("Jürgen Müller", "Juergen Mueller"),
        ("Jürgen Müller", "Jurgen Muller"),
        ("Jürgen Müller", "Ju\u0308rgen Mu\u0308ller"),
        ("Groß", "GROSS"),
        ("Søren Æble", "Soren Aeble"),
        ("Анна Иванова", "АННА ИВАНОВА"),
        ("🌻", "🌻"),
    ],
)
def test_names_that_look_alike_share_a_skeleton(name: str, other: str) -> None:
    assert skeleton(name) == skeleton(other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Anna Weber", "Anna Wagner"),
        ("Anna Weber", "Hanna Weber"),
        ("Anna Weber", "Anne Weber"),
        ("Tom", "Tim"),
        ("Ben", "Ken"),
        ("Anna", "Avva"),
        ("Jürgen", "Jörgen"),
        ("Анна", "Инна"),
        ("मीरा", "मारी"),
        ("安娜", "安妮"),
        ("🌻", "🌹"),
        ("Mayor 1", "Mayor 2"),
    ],
)
def test_names_that_nobody_confuses_differ(name: str, other: str) -> None:
    assert skeleton(name) != skeleton(other)


@given(st.text(st.characters(max_codepoint=127)))
def test_case_does_not_count(name: str) -> None:
    assert skeleton(name) == skeleton(name.swapcase())


@given(st.text(), st.text(), st.sampled_from("\u200b\u200d\u2060\ufe0f\u00ad\u202e\ufeff"))
def test_what_is_invisible_does_not_count(before: str, after: str, invisible: str) -> None:
    assert skeleton(before + after) == skeleton(before + invisible + after)
