"""Commands about people: the welcome in private, roles, muting, linked accounts, language and time zone."""

from __future__ import annotations

from bot.features import Feature
from handlers.people._linking import router as linking
from handlers.people._muting import router as muting
from handlers.people._roles import router as roles
from handlers.people._settings import router as settings
from handlers.people._welcome import router as welcome

feature = Feature(name="people", routers=(welcome, roles, muting, settings, linking))
