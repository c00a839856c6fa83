"""What the cities agree on: action points, and minutes of their meetings.

`_signing` is what both have in common: how an authorised person of each city confirms a text, or objects to it.
"""

from __future__ import annotations

from handlers.agreements import actions, minutes

features = (actions.feature, minutes.feature)
"""In the order of /help."""
