"""Rich text as Markdown."""

from __future__ import annotations

import pytest

from bot.model import Code, Link, Pre, Quote, RichText, Span, Style, bold, rich
from bot.text.markdown import write


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (rich("a ", bold("b"), " ", Span(Style.ITALIC, rich("c"))), "a **b** *c*"),
        (rich("# not a *heading* <b>"), r"\# not a \*heading\* \<b\>"),
        (rich("one\ntwo"), "one\\\ntwo"),
        (rich(Link("https://a.example/x>(y", rich("here]"))), r"[here\]](<https://a.example/x%3E(y>)"),
        (rich(Code("a`b")), "`` a`b ``"),
        (rich("x", Pre("```\ny")), "x\n\n````\n```\ny\n````\n\n"),
        (rich(Quote(rich("a\nb"))), "\n\n> a\\\n> b\n\n"),
    ],
)
def test_nothing_that_people_typed_is_a_mark(text: RichText, written: str) -> None:
    assert write(text) == written
