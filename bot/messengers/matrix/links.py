"""Addresses of events (Matrix specification, "URIs": matrix.to navigation and the matrix scheme)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from bot.model import ChatRef, MessageRef, MessengerName, is_id

_WEB = re.compile(r"https?://(?:matrix\.to/#|app\.element\.io/#/room)/(?P<room>[^/?]+)/(?P<event>[^?]+)", re.IGNORECASE)
_URI = re.compile(r"matrix:(?P<kind>roomid|r)/(?P<room>[^/?#]+)/(?:e|event)/(?P<event>[^?#]+)", re.IGNORECASE)


def link_to(message: MessageRef, user: str) -> str:
    """Return the address of an event, which members of its room can open, by way of the server of `user`."""
    room, event = quote(message.chat.id, safe="!:"), quote(message.id, safe="$:")
    server = urlsplit(f"//{user.partition(':')[2]}").netloc
    return f"https://matrix.to/#/{room}/{event}" + (f"?via={quote(server, safe=':[]')}" if server else "")


def linked(url: str, aliases: Mapping[str, str]) -> MessageRef | None:
    """Return the event that an address leads to; `aliases`: the ids of rooms by alias. None for any other address."""
    if uri := _URI.match(url):
        sigil = "!" if uri["kind"].lower() == "roomid" else "#"
        room, event = sigil + unquote(uri["room"]), "$" + unquote(uri["event"])
    elif web := _WEB.match(url):
        room, event = unquote(web["room"]), unquote(web["event"])
    else:
        return None
    room = aliases.get(room, "") if room.startswith("#") else room
    if not (room.startswith("!") and event.startswith("$") and is_id(room) and is_id(event)):
        return None
    return MessageRef(ChatRef(MessengerName.MATRIX, room), event)
