"""vCards as contacts, which people can save and call with a tap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from telegram import Bot, Message

from bot.messengers.base import OpenFile, PermanentError
from bot.model import LARGEST_CARD, File
from bot.text.vcards import Card, read_card


async def card_in(file: File, open_file: OpenFile) -> tuple[Card, str] | None:
    """Return the contact in a file, and the whole text; None unless it is a single one that can be called."""
    data = b""
    async with open_file(file.source) as chunks:
        async for chunk in chunks:
            data += chunk
            if len(data) > LARGEST_CARD:
                return None
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    card = read_card(text)
    return (card, text) if card and card.name and card.phones else None


async def send_contact(bot: Bot, file: File, place: Mapping[str, Any], open_file: OpenFile) -> Message:
    """Send a vCard as a contact, with all that it says; `place` are the parameters that all methods have."""
    found = await card_in(file, open_file)
    if found is None:
        raise PermanentError("this is no contact")
    card, text = found
    first, last = (card.first, card.last) if card.first else (card.name, "")
    return await bot.send_contact(phone_number=card.phones[0], first_name=first, last_name=last, vcard=text, **place)
