"""Download of people's attachments."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from telegram import Bot
from telegram.error import TelegramError

from bot.messengers.base import PermanentError, Reason, SendError, TemporaryError
from bot.messengers.telegram.attachments import file_id
from bot.messengers.telegram.failures import send_error
from bot.messengers.telegram.request import Request


async def fetch(bot: Bot, request: Request, source: str) -> AsyncGenerator[bytes, None]:
    """Yield the bytes of an attachment; see `Messenger.fetch`."""
    id = file_id(source)
    if not id:
        raise PermanentError("This is not a file on Telegram", Reason.GONE)
    try:
        file = await bot.get_file(id)
        async with aclosing(request.download(file.file_path or "")) as chunks:  # the URL contains the token
            async for chunk in chunks:
                yield chunk
    except TelegramError as error:
        raise _failure(send_error(error, bot.token)) from None


def _failure(error: SendError) -> SendError:
    """Return an error of a download, which is never in doubt."""
    if isinstance(error, PermanentError):
        return PermanentError(str(error), error.reason)
    return TemporaryError(str(error), getattr(error, "after", None))
