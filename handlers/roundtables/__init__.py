"""The mayors' roundtables: scheduling, invitations and answers, reminders, and the meeting itself."""

from __future__ import annotations

from bot.features import Feature
from handlers.roundtables._commands import router as commands

feature = Feature(name="roundtables", routers=(commands,))
