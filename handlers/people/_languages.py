"""The languages that can be chosen by a button."""

from __future__ import annotations

from bot.text.catalogue import _
from bot.voice import Choice

LANGUAGES: tuple[Choice, ...] = (
    Choice(_("Deutsch"), "🇩🇪", "language:de_DE"),
    Choice(_("English (UK)"), "🇬🇧", "language:en_GB"),
    Choice(_("English (US)"), "🇺🇸", "language:en_US"),
)
