"""What media files really are, and what clients show of them before they are loaded.

Types are told by the first bytes. Whatever has to decode a file runs in a process of its own, within limits; a file
that it refuses loses nothing but its preview.
"""

from bot.media.headers import dimensions
from bot.media.model import NOTHING, Inspection, Thumbnail
from bot.media.process import LARGEST, Inspector
from bot.media.types import BINARY, HEAD, as_it_is, type_of

__all__ = [
    "BINARY",
    "HEAD",
    "LARGEST",
    "NOTHING",
    "Inspection",
    "Inspector",
    "Thumbnail",
    "as_it_is",
    "dimensions",
    "type_of",
]
