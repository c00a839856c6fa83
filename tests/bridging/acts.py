"""What people do besides sending: pins, quotations of a part, and links to messages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.sandbox.matrix_client import RawEvent
from tests.bridging.ends import End, MatrixEnd, Seen, TelegramEnd, by_bot, shown


@dataclass(frozen=True)
class Act:
    """Something done in one chat and looked for in the other. `run` raises AssertionError if it does not cross.

    `not_possible`: messenger where it is done → why there is nothing to do.
    """

    title: str
    run: Callable[[End, End], Awaitable[None]]
    not_possible: dict[str, str]


async def _crossed(here: End, there: End, text: str) -> tuple[str, Seen]:
    """Send a text, and return its id and its copy."""
    id = await here.say(text)
    (copy,) = await shown(lambda: [each for each in by_bot(there) if text in each.text], text)
    return id, copy


async def _pin(here: End, there: End) -> None:
    id, copy = await _crossed(here, there, "The agenda of Thursday")
    await here.pin(id, pinned=True)
    await shown(lambda: [copy] if copy.id in there.pins() else [], "the pin")


async def _unpin(here: End, there: End) -> None:
    id, copy = await _crossed(here, there, "The agenda of Friday")
    await here.pin(id, pinned=True)
    await shown(lambda: [copy] if copy.id in there.pins() else [], "the pin")
    await here.pin(id, pinned=False)
    await shown(lambda: [] if copy.id in there.pins() else [copy], "the pin to go")


async def _quote(here: End, there: End) -> None:
    id, copy = await _crossed(here, there, "We meet at nine, and lunch is at noon")
    part, answer = "lunch is at noon", "That is too early"
    if isinstance(here, TelegramEnd):
        await here.say(answer, reply_to=id, quote=part)
    elif isinstance(here, MatrixEnd):
        html = f"<blockquote>{part}</blockquote>{answer}"
        relation: RawEvent = {"m.relates_to": {"m.in_reply_to": {"event_id": id}}}
        text: RawEvent = {"msgtype": "m.text", "body": f"> {part}\n\n{answer}", "format": "org.matrix.custom.html"}
        await here.send(text | {"formatted_body": html} | relation)
    (seen,) = await shown(lambda: [each for each in by_bot(there) if answer in each.text], answer)
    assert seen.reply_to == copy.id, seen
    assert part in (seen.quote or seen.text), seen


async def _link(here: End, there: End) -> None:
    id, copy = await _crossed(here, there, "The minutes are in the town hall")
    await here.say(f"As I wrote: {here.link(id)} above")
    (seen,) = await shown(lambda: [each for each in by_bot(there) if "As I wrote" in each.text], "the link")
    assert there.link(copy.id) in str(seen.content), seen


_NO_UNPINS = "Telegram does not tell bots that a message was unpinned; unpinning on Matrix works everywhere."
ACTS = (
    Act("Pin", _pin, {}),
    Act("Unpin", _unpin, {"Telegram": _NO_UNPINS}),
    Act("Quotation of a part", _quote, {}),
    Act("Link to a message", _link, {}),
)
