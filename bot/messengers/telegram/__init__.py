"""The Telegram adapter, over python-telegram-bot's `Bot`: polling, conversion, delivery, and the probe."""

import os

# Makes RetryAfter carry a timedelta instead of warning that one day it will; only that library reads it.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from bot.messengers.telegram.adapter import TelegramMessenger

__all__ = ["TelegramMessenger"]
