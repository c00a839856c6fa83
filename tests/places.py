"""The cities of the world for all tests; built at the first run, and again when their sources change."""

from __future__ import annotations

from pathlib import Path

from bot.text.places import Places

PLACES = Places(Path(__file__).parents[1] / ".pytest_cache" / "places")
