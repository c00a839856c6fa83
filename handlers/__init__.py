"""The features, a module or package each. A new one is added to `FEATURES`."""

from handlers import agreements, exports, feeds, messages, news, notices, pairing, people, polls, reactions, roundtables
from handlers import help as help_

_FEATURES = (
    help_.feature,
    pairing.feature,
    notices.feature,
    people.feature,
    news.feature,
    feeds.feature,
    messages.feature,
    roundtables.feature,
    polls.feature,
    *agreements.features,
    reactions.feature,
)
FEATURES = (*_FEATURES, exports.exporting([each for feature in _FEATURES for each in feature.exports]))
"""All features, in the order of /help."""
