"""The markup of the page, parsed and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Code, Link, RichText, Span, Style, Text, bold, rich
from bot.model.richtext import plain
from bot.sandbox.page.typed import parse, write


def italic(*parts: str) -> Span:
    return Span(Style.ITALIC, rich(*parts))


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("just text", rich("just text")),
        ("**bold** and _italic_", rich(bold("bold"), " and ", italic("italic"))),
        ("**two words**!", rich(bold("two words"), "!")),
        ("**bold _both_**", rich(bold("bold ", italic("both")))),
        ("`**code**`", (Code("**code**"),)),
        (
            "see [the **plan**](https://a.example/x_y_z)",
            rich("see ", Link("https://a.example/x_y_z", rich("the ", bold("plan")))),
        ),
        ("snake_case_name", rich("snake_case_name")),
        ("~~old~~ ||secret||", rich(Span(Style.STRIKE, rich("old")), " ", Span(Style.SPOILER, rich("secret")))),
        ("2 ** 3 ** 4", rich("2 ** 3 ** 4")),
        ("[x](javascript:alert(1))", rich("[x](javascript:alert(1))")),
        ("<b>no markup</b>", rich("<b>no markup</b>")),
        ("a\n**b\nc**", rich("a\n", bold("b\nc"))),
        ("", ()),
    ],
)
def test_signs_become_a_tree(typed: str, tree: RichText) -> None:
    assert parse(typed) == tree
    assert write(tree) == typed


@given(st.text(alphabet="ab *_~|`[]()<>\n:/hтp", max_size=40))
def test_any_text_is_read_without_loss(typed: str) -> None:
    tree = parse(typed)
    assert write(tree) == typed
    assert all(not isinstance(node, Text) or node.text for node in tree)
    assert len(plain(tree)) <= len(typed)
