"""What a viewer asks the page to do for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.page import samples, typed
from bot.sandbox.page.shared import Aim
from bot.sandbox.page.sides import GROUP, Side, Unwilling
from bot.sandbox.page.views import Json


def refuse_stranger(side: Side, wish: Mapping[str, Any]) -> tuple[str, str]:
    """Return the person and the chat of a wish; raise Unwilling if there is no such person or chat, or KeyError."""
    person, chat = str(wish["person"]), str(wish["chat"])
    if person not in {human.id for human in side.people} or chat not in {GROUP, person}:
        raise Unwilling("no such person or chat")
    return person, chat


async def carry_out(side: Side, wish: Mapping[str, Any]) -> Json | None:
    """Handle a request; return what only this viewer is to be told, if anything."""
    person, chat = refuse_stranger(side, wish)
    match wish["do"]:
        case "say" | "share":
            await _send(side, person, chat, wish)
        case "press":
            answer = await side.press(person, chat, str(wish["id"]), str(wish["data"]))
            return {"type": "answer", "side": side.name, "person": person, "text": answer} if answer else None
        case "menu":
            place = {"side": side.name, "person": person, "chat": chat}
            return {"type": "menu", **place, "commands": side.menu(person, chat)}
        case "start":
            await side.start(person, str(wish.get("payload") or ""))
        case "encrypt":
            await side.encrypt()
        case _:
            await _treat(side, person, chat, wish)
    return None


async def _treat(side: Side, person: str, chat: str, wish: Mapping[str, Any]) -> None:
    """Do something with a message."""
    match wish["do"]:
        case "edit":
            await side.edit(person, chat, str(wish["id"]), typed.parse(str(wish["text"])))
        case "delete":
            await side.delete(person, chat, str(wish["id"]))
        case "react":
            await side.react(person, chat, str(wish["id"]), str(wish["key"]))
        case "pin":
            await side.pin(person, chat, str(wish["id"]))
        case "vote":
            await side.vote(person, chat, str(wish["id"]), [str(option) for option in wish["options"]])
        case other:
            raise Unwilling(f"no such wish: {other}")


async def _send(side: Side, person: str, chat: str, wish: Mapping[str, Any]) -> None:
    """Send a text, or a sample with the text as its caption."""
    aim = Aim(*(str(wish.get(name) or "") for name in ("reply_to", "quote", "thread")))
    text = typed.parse(str(wish["text"]))
    if wish["do"] == "say":
        await side.say(person, chat, text, aim)
        return
    sample = samples.SAMPLES.get(str(wish["what"]))
    if sample is None:
        raise Unwilling(f"no such sample: {wish['what']}")
    await side.share(person, chat, sample(side.name), text or samples.caption(str(wish["what"]), side.name), aim)
