"""The Telegram adapter, built on python-telegram-bot's `Bot`: polling, conversion, delivery and the probe."""

import os

# Opt in to RetryAfter with a timedelta, which silences PTB's deprecation warning; only that library reads this.
os.environ.setdefault("PTB_TIMEDELTA", "1")

from bot.messengers.telegram.adapter import TelegramMessenger

__all__ = ["TelegramMessenger"]
