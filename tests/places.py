"""The cities of the world for all tests, built on the first run and when their sources change."""

from __future__ import annotations

from pathlib import Path

from bot.text.places import Places

PLACES = Places(Path(__file__).parents[1] / ".pytest_cache" / "places")
