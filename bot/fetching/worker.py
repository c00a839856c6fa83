"""`python -m bot.fetching.worker`: parse one document after the other, within limits.

A request is a line of JSON, `{"size", "content_type", "url"}`, and the body of that size; the answers are lines of
JSON, what `documents.pack` yields or `{"error"}`. Parsing is what an attacker can make slow and large: here it costs
this process at most, which the system ends when it exceeds its limits.
"""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import feedparser  # noqa: F401 - before the limits, and once

from bot import workers
from bot.fetching.documents import Packed, pack
from bot.fetching.parsing import parse_document

CPU = 5
"""Seconds of CPU time for a document, at most."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space."""


def main() -> None:
    """Serve until there are no more requests."""
    workers.confine(MEMORY)
    while line := sys.stdin.buffer.readline():
        for answer in _answers(json.loads(line), sys.stdin.buffer):
            sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode(errors="replace") + b"\n")
        sys.stdout.buffer.flush()


def _answers(request: Packed, body: BinaryIO) -> list[Packed]:
    workers.allow_time(CPU)
    data = body.read(request["size"])
    try:
        return [*pack(parse_document(data, request["content_type"], request["url"]))]
    except Exception as error:  # noqa: BLE001 - whatever a document does to the parser, the next one is parsed
        return [{"error": type(error).__name__}]


if __name__ == "__main__":
    main()
