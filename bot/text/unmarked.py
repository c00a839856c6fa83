"""Texts for Telegram without their entities, for those that it refuses."""

from __future__ import annotations

from collections.abc import Sequence

from bot.text.addresses import same_address, spelled
from bot.text.characters import units
from bot.text.telegram import Entity


def unmarked(text: str, entities: Sequence[Entity], limit: int) -> str:
    """Return the plain text, with the addresses of its links in brackets as far as it has at most `limit` units."""
    data = text.encode("utf-16-le")
    left = limit - units(text)
    added: list[tuple[int, str]] = []
    for entity in entities:
        end = 2 * (entity.offset + entity.length)
        address = f" ({spelled(entity.url)})" if entity.url else ""
        shown = data[2 * entity.offset : end].decode("utf-16-le", "replace")
        if address and units(address) <= left and not same_address(shown, entity.url):
            added.append((end, address))
            left -= units(address)
    for end, address in sorted(added, reverse=True):
        data = data[:end] + address.encode("utf-16-le") + data[end:]
    return data.decode("utf-16-le", "replace")
