"""`python -m bot.media.worker`: inspect or convert one file after the other, within limits.

A request is a line of JSON, `{"task"}`, and the bytes in pieces, each after its length (four bytes, big-endian), the
last one empty. The answer is a line of JSON, `{"error"}` or what `protocol` packs, and the bytes that it announces.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from typing import BinaryIO

from bot import workers
from bot.media.pictures import inspect_picture, make_sticker
from bot.media.protocol import Packed, pack

CPU = 10
"""Seconds of CPU time for a file, at most."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""


def main() -> None:
    """Serve until there are no more requests."""
    workers.confine(MEMORY)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while line := requests.readline():
        head, body = _answer(json.loads(line)["task"], _body(requests))
        answers.write(json.dumps(head).encode() + b"\n" + body)
        answers.flush()


def _body(requests: BinaryIO) -> bytes:
    body = bytearray()
    while length := struct.unpack(">I", requests.read(4))[0]:
        body += requests.read(length)
    return bytes(body)


def _answer(task: str, data: bytes) -> tuple[Packed, bytes]:
    workers.allow_time(CPU)
    try:
        return _TASKS[task](data)
    except Exception as error:  # noqa: BLE001 - whatever a file does to its decoder, the next one is looked at
        return {"error": type(error).__name__}, b""


def _picture(data: bytes) -> tuple[Packed, bytes]:
    return pack(inspect_picture(data))


def _sound(data: bytes) -> tuple[Packed, bytes]:
    from bot.media.sounds import inspect_sound  # NumPy takes memory that pictures do not need

    return pack(inspect_sound(data))


def _sticker(data: bytes) -> tuple[Packed, bytes]:
    made = make_sticker(data)
    return {"size": len(made)}, made


_TASKS: dict[str, Callable[[bytes], tuple[Packed, bytes]]] = {
    "picture": _picture,
    "sound": _sound,
    "sticker": _sticker,
}

if __name__ == "__main__":
    main()
