"""HTML of other clients becomes a tree of what the page draws, and of nothing else."""

import pytest

from bot.sandbox.page.markup import parse
from bot.sandbox.page.views import Json

BOT = "@intercity:localhost"


def node(kind: str, *children: str | Json, **more: str) -> Json:
    return {"kind": kind, **more, "children": list(children)}


@pytest.mark.parametrize(
    ("source", "tree"),
    [
        ("one<br>two\nthree", ["one", "\n", "two three"]),
        ("<ul>\n <li>a</li>\n <li><b>b</b></li>\n</ul>", [node("ul", node("li", "a"), node("li", node("bold", "b")))]),
        ("<table><tr><th>x</th></tr></table>", [node("table", node("tr", node("th", "x")))]),
        ("<h2>Plan</h2><p>text", [node("heading", "Plan"), node("p", "text")]),
        ("<pre><code>a\n  b</code></pre>", [node("block", node("code", "a\n  b"))]),
        ("<span data-mx-spoiler>x</span>", [node("spoiler", "x")]),
        ("<mx-reply><b>old</b></mx-reply>new<script>evil()</script>", ["new"]),
        ("<font color=red>x</font></b>y", ["x", "y"]),
        ('<a href="https://matrix.to/#/@tom:x">Tom</a>', [node("mention", "Tom")]),
        (f'<a href="https://matrix.to/#/{BOT}">it</a>', [node("link", "it", url=f"https://matrix.to/#/{BOT}")]),
    ],
)
def test_markup_becomes_a_tree(source: str, tree: list[str | Json]) -> None:
    assert parse(source, BOT) == tree


def test_depth_is_bounded() -> None:
    assert parse("<b>" * 5000 + "x", BOT)
