from __future__ import annotations

import pytest

from bot.text.telegram import Entity
from bot.text.unmarked import unmarked

URL = "https://example.org/"
HERE = Entity("text_link", 3, 4, url=URL)


@pytest.mark.parametrize(
    ("text", "entities", "limit", "plain"),
    [
        ("😀 here.", [HERE], 99, f"😀 here ({URL})."),
        ("😀 here.", [HERE, Entity("bold", 0, 99)], 8 + 23, f"😀 here ({URL})."),
        ("😀 here.", [HERE], 8 + 22, "😀 here."),
        ("😀 here.", [], 99, "😀 here."),
        ("example.org", [Entity("text_link", 0, 11, url=URL)], 99, "example.org"),
        ("a b", [Entity("text_link", 0, 1, url=URL), Entity("text_link", 2, 1, url=URL)], 99, f"a ({URL}) b ({URL})"),
    ],
)
def test_without_marks_a_link_still_tells_where_it_leads(
    text: str, entities: list[Entity], limit: int, plain: str
) -> None:
    assert unmarked(text, entities, limit) == plain
