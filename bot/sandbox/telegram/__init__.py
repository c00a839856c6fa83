"""An emulated Telegram Bot API server, as strict as the specification, for tests, demo and benchmarks."""

from bot.sandbox.telegram.actors import BotActor, ChatActor, GroupActor, PersonActor, Private
from bot.sandbox.telegram.errors import Json
from bot.sandbox.telegram.faults import Fault
from bot.sandbox.telegram.server import EmulatedTelegram
from bot.sandbox.telegram.sharing import SentFile

__all__ = [
    "BotActor",
    "ChatActor",
    "EmulatedTelegram",
    "Fault",
    "GroupActor",
    "Json",
    "PersonActor",
    "Private",
    "SentFile",
]
