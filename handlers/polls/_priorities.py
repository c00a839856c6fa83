"""The order of topics that is in force."""

from __future__ import annotations

from bot.commands.router import Router
from handlers.polls._lookup import GROUP

router = Router(GROUP)
