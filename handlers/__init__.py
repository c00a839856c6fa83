"""The features, a module or package each. A new one is added to `FEATURES`."""

from handlers import help as help_
from handlers import messages, news, pairing, people, roundtables

FEATURES = (
    help_.feature,
    pairing.feature,
    people.feature,
    news.feature,
    messages.feature,
    roundtables.feature,
)
"""All features, in the order of /help."""
