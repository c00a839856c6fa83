"""Emoji are the same whatever they look like, and told apart from other texts."""

from __future__ import annotations

import pytest

from bot.text.emoji import is_emoji, qualified, undressed


@pytest.mark.parametrize("key", ["👍", "👍️", "👍🏽", "❤", "❤️‍🔥", "👨‍👩‍👧", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "⭐", "🤷🏽‍♀️", "🫱🏼‍🫲🏿"])
def test_emoji(key: str) -> None:
    assert is_emoji(key)


@pytest.mark.parametrize("key", ["", "1", "lol", "👍 ok", "Anna · Köln: yes", "️", "‍", "👍" * 40, "@", "→", "·"])
def test_other_texts(key: str) -> None:
    assert not is_emoji(key)


def test_variants_are_the_same_emoji() -> None:
    assert undressed("👍🏽") == undressed("👍️") == "👍"
    assert undressed("❤️‍🔥") == "❤‍🔥"
    assert undressed("️") == "️"


def test_what_clients_send() -> None:
    assert qualified("👍") == qualified("👍️") == "👍️"
    assert qualified("👍🏽") == "👍🏽"
    assert qualified("❤‍🔥") == "❤️‍🔥"
    assert qualified("🤷‍♀") == "🤷‍♀️"
    assert [qualified(each) for each in ("🔥", "party", "")] == ["🔥", "party", ""]
