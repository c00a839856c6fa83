"""sendVenue, sendContact and sendDice."""

from __future__ import annotations

from bot.sandbox.telegram.calls import Call
from bot.sandbox.telegram.cards import DICE, contact, dice, venue
from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.methods.locations import refuse_strange
from bot.sandbox.telegram.methods.placing import place

_LONGEST_VCARD = 2048


def send_venue(call: Call) -> Json:
    """Play sendVenue."""
    params, keyboard = call.params, call.keyboard()
    refuse_strange(params)
    title, address = (call.line(name) for name in ("title", "address"))
    target = place(call, ("can_send_messages", "venues"))
    call.pace(target.chat)
    return target.post(venue(params["latitude"], params["longitude"], title, address) | keyboard).message


def send_contact(call: Call) -> Json:
    """Play sendContact."""
    params, keyboard = call.params, call.keyboard()
    vcard = params.get("vcard", "")
    if len(vcard.encode()) > _LONGEST_VCARD:
        raise bad_request("vCard is too long")
    phone, first_name = (call.line(name) for name in ("phone_number", "first_name"))
    target = place(call, ("can_send_messages", "contacts"))
    call.pace(target.chat)
    return target.post(contact(phone, first_name, params.get("last_name", ""), vcard) | keyboard).message


def send_dice(call: Call) -> Json:
    """Play sendDice."""
    keyboard, emoji = call.keyboard(), call.params.get("emoji", "🎲")
    if emoji not in DICE:
        raise bad_request("EMOTICON_INVALID")
    target = place(call, ("can_send_other_messages", "dice"))
    call.pace(target.chat)
    return target.post(dice(emoji, call.world.number()) | keyboard).message
