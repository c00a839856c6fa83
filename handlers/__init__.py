"""The features, a module or package each. A new one is added to `FEATURES`."""

from handlers import feeds, messages, news, pairing, people, polls, roundtables
from handlers import help as help_

FEATURES = (
    help_.feature,
    pairing.feature,
    people.feature,
    news.feature,
    feeds.feature,
    messages.feature,
    roundtables.feature,
    polls.feature,
)
"""All features, in the order of /help."""
