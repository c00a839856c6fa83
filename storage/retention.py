"""How long data is kept: what people are promised when a chat is paired, and what the purge deletes."""

from datetime import timedelta

KEPT = timedelta(days=30)
"""Who wrote when, without the text: replies to older messages, their edits and deletions are not relayed.

The same goes for people who no longer take part in any dialogue, and for all that is not named below."""
ACCOUNTED = timedelta(days=365)
"""The audit: who changed which role; roundtables after their end: what was on the agenda, who was invited and came;
news, with their text and where they were posted; polls after their close, with their result and open ballots. (The
poll whose order is in force stays until a later one is, its ballots do not.) Action points that never came into force,
once they are withdrawn or superseded.

Texts call it a year. Agreements that ever came into force, and minutes, have no limit: they are the record of what the
cities decided, and stay until their dialogue is removed, with the people who took part in them."""
UNUSED = timedelta(days=1)
"""Files that no delivery needs."""
LINKS = timedelta(days=7)
"""Which links people have posted, as keyed digests: a feed does not bring them once more."""
SECRET = timedelta(days=14)
"""Secret ballots, after the close of their poll: for as long, the count can be repeated."""
