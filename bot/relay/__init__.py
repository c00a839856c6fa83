"""Relaying of messages, edits and deletions to the other chats of a dialogue."""

from bot.relay.attribution import ROLE_NAMES
from bot.relay.reactions import put_sign
from bot.relay.relay import Relay, is_authors
from bot.relay.replies import find_replied, is_of
from bot.relay.threads import thread_of

__all__ = ["ROLE_NAMES", "Relay", "find_replied", "is_authors", "is_of", "put_sign", "thread_of"]
