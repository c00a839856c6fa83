"""How the messengers differ, as data: known without loading an adapter and its library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.model import MessengerName


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Differences between messengers, as data."""

    text_length: int
    """Longest text of one message, in UTF-16 code units."""
    idempotent: bool
    """The same `Send` given twice makes one message, at least for 24 hours."""
    reports_deletions: bool
    """People's deletions arrive as `Deletion`; otherwise there is only /delete."""
    command_prefix: str
    """What a command begins with."""
    text_bytes: int | None = None
    """Most bytes (JSON in UTF-8) of a text as plain body and as HTML, with what stands beside it; None: no limit."""
    answers_presses: bool = False
    """Who pressed a button can be told what came of it without a message."""
    greets: bool = False
    """Opening a private chat says nothing by itself (Telegram sends `/start`), so the bot speaks first."""
    private_can_grow: bool = False
    """A chat with the bot alone is a room like others: it is private no more as soon as others join it."""
    has_menus: bool = False
    """Clients offer the bot's commands."""
    per_chat_minute: int | None = None
    """Calls a minute in one group, None: no such limit."""
    per_second: int | None = None
    """Calls a second in all, None: no such limit."""


CAPABILITIES: Mapping[MessengerName, Capabilities] = {
    MessengerName.TELEGRAM: Capabilities(
        text_length=4096,
        idempotent=False,
        reports_deletions=False,
        command_prefix="/",
        answers_presses=True,
        has_menus=True,
        per_chat_minute=20,
        per_second=30,
    ),
    MessengerName.MATRIX: Capabilities(
        text_length=16_000,
        # An event has at most 65,536 bytes. Without the 4,096 that we leave to what servers add, and encrypted, which
        # takes a third more (base64), 45,600 are left for a content: this, and what an edit has besides.
        text_bytes=40_000,
        idempotent=True,
        reports_deletions=True,
        command_prefix="!",
        greets=True,
        private_can_grow=True,
    ),
}
