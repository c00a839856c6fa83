"""The links in what people write, as feeds compare them."""

from __future__ import annotations

import pytest

from bot.model import Link, Quote, RichText, bold, rich
from bot.relay.links import MOST, links_in

ARTICLE = "//koeln.test/a"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (rich("Schaut mal: https://www.koeln.test/a/?utm_source=chat#top."), [ARTICLE]),
        (rich("(www.koeln.test/a) und noch einmal http://koeln.test/a"), [ARTICLE]),
        (rich(bold(Link("https://koeln.test/a", rich("hier")))), [ARTICLE]),
        (rich(Quote(rich("https://koeln.test/a"))), []),
        (rich("Kein Link: koeln.test, 10:30, https://"), []),
        (rich("http://[bad https://koeln.test/a"), [ARTICLE]),
    ],
)
def test_links_are_found_however_they_are_written(text: RichText, found: list[str]) -> None:
    assert links_in(text) == found


def test_only_so_many_are_looked_at() -> None:
    assert len(links_in(rich(" ".join(f"https://koeln.test/{n}" for n in range(1000))))) == MOST
