"""Fetching from addresses that people give: guarded, bounded, and read outside the event loop."""

from bot.fetching.base import Fetched, Fetcher, FetchError, FetchProblem
from bot.fetching.documents import FeedItem, FeedLink, ParsedFeed, ParsedPage
from bot.fetching.pictures import Picture
from bot.fetching.reader import FeedAnswer, FeedReader, guarded_reader

__all__ = [
    "FeedAnswer",
    "FeedItem",
    "FeedLink",
    "FeedReader",
    "FetchError",
    "FetchProblem",
    "Fetched",
    "Fetcher",
    "ParsedFeed",
    "ParsedPage",
    "Picture",
    "guarded_reader",
]
