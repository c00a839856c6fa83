"""News feeds: added by coordinators, read in the background, and posted to the chats of the dialogue."""

from __future__ import annotations

from bot.features import Feature
from handlers.feeds._adding import router as adding
from handlers.feeds._approval import router as approval
from handlers.feeds._commands import router as commands
from handlers.feeds._digests import DIGESTS
from handlers.feeds._fetching import FETCHES
from handlers.feeds._opml import LISTS
from handlers.feeds._posts import POSTS

feature = Feature(name="feeds", routers=(commands, adding, approval), jobs=(FETCHES, POSTS, DIGESTS, LISTS))
