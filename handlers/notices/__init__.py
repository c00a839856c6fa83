"""Who joins and leaves a chat, and how it is called: told to the other cities where a coordinator wishes it.

Off until a coordinator of the chat's own city switches it on, as it is about the people there. `_lines`: what is told.
"""

from __future__ import annotations

from handlers.notices._commands import feature

__all__ = ["feature"]
