"""Topic polls: the cities decide together what the exchange works on."""

from __future__ import annotations

from bot.features import Feature
from handlers.polls import _linked, _priorities, _voting
from handlers.polls._commands import router as commands

feature = Feature(name="polls", routers=(commands, _voting.router, _priorities.router), jobs=(_linked.KIND,))
