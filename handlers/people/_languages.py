"""The languages that can be chosen by a button."""

from __future__ import annotations

from bot.commands.context import Choice
from bot.text.catalogue import _

LANGUAGES: tuple[Choice, ...] = (
    (_("Deutsch"), "🇩🇪", "language:de_DE"),
    (_("English (UK)"), "🇬🇧", "language:en_GB"),
    (_("English (US)"), "🇺🇸", "language:en_US"),
)
