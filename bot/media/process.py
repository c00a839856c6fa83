"""The process that decodes media: started when there is something to look at, ended when there is nothing more."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterable

import structlog

from bot.media.model import NOTHING, Inspection
from bot.media.protocol import Packed, unpack
from bot.workers import Worker

log = structlog.get_logger()

LARGEST = 20_000_000
"""Bytes of a file that is looked at; a larger one goes without a preview."""
DEADLINE = 20.0
"""Seconds after which a message no longer waits for a preview, other files' included."""
_MOST_BACK = 1_000_000
"""Bytes of an answer, at most."""
_TASKS = {
    **dict.fromkeys(("image/png", "image/jpeg", "image/gif", "image/webp"), "picture"),
    **dict.fromkeys(("audio/ogg", "audio/opus", "application/ogg"), "sound"),
}


class TooLarge(ValueError):
    """A file that is not looked at."""


class Inspector:
    """Looks at one file at a time in a process of its own, without the bot's secrets in its environment."""

    def __init__(self) -> None:
        self._worker = Worker("bot.media.worker")

    async def inspect(self, mime: str, chunks: AsyncIterable[bytes]) -> Inspection:
        """Return what can be found out about a file of this type: NOTHING if it cannot be decoded within the limits.

        Raises what reading the `chunks` raises.
        """
        task = _TASKS.get(mime)
        answer = await self._ask(task, chunks) if task else None
        try:
            return unpack(*answer) if answer else NOTHING
        except (TypeError, ValueError, KeyError) as error:
            log.warning("an inspection that cannot be read", error=repr(error))
            return NOTHING

    async def sticker(self, chunks: AsyncIterable[bytes]) -> bytes | None:
        """Return a picture as a static sticker (WebP of 512 pixels, at most 512 kB); None if that cannot be done.

        Raises what reading the `chunks` raises.
        """
        answer = await self._ask("sticker", chunks)
        return answer[1] if answer else None

    async def close(self) -> None:
        """End the process."""
        await self._worker.close()

    async def _ask(self, task: str, chunks: AsyncIterable[bytes]) -> tuple[Packed, bytes] | None:
        try:
            async with asyncio.timeout(DEADLINE), self._worker.turn() as (requests, answers):
                await _write(requests, task, chunks)
                head, body = await _read(answers)
        except (TimeoutError, OSError, ValueError, EOFError) as error:
            log.info("not looked at", task=task, error=type(error).__name__)
            return None
        if "error" in head:
            log.info("not decoded", task=task, error=head["error"])
            return None
        return head, body


async def _write(requests: asyncio.StreamWriter, task: str, chunks: AsyncIterable[bytes]) -> None:
    requests.write(json.dumps({"task": task}).encode() + b"\n")
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        if size > LARGEST:
            raise TooLarge(size)
        if chunk:
            requests.writelines((struct.pack(">I", len(chunk)), chunk))
            await requests.drain()
    requests.write(bytes(4))
    await requests.drain()


async def _read(answers: asyncio.StreamReader) -> tuple[Packed, bytes]:
    """Return an answer. Raises ValueError if it is none, EOFError if the process has ended."""
    head = json.loads(await answers.readline())
    size = head.get("size", 0) if isinstance(head, dict) else None
    if not isinstance(size, int) or not 0 <= size <= _MOST_BACK:
        raise ValueError("not an answer")
    return head, await answers.readexactly(size)
