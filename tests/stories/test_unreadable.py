"""Undecryptable messages: their author is told once, in the room, with what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from bot.model import ChatRef, Message, MessageRef, Sender
from tests.stories.conftest import GRACE, INDY, KOELN, TOM, Story, direct_room

_numbers = count(1)


async def sealed(story: Story, chat: ChatRef, who: Sender) -> str:
    """Send a message for which the bot has no key, and return its id."""
    id = f"$sealed-{next(_numbers)}"
    private = chat == direct_room(who)
    story.matrix.happens(
        Message(
            id=id,
            ref=MessageRef(chat, id),
            sender=who,
            at=datetime.now(UTC),
            text=(),
            readable=False,
            encrypted=True,
            private=private,
        )
    )
    await story.quiet()
    return id


async def test_who_writes_what_cannot_be_decrypted_is_told_once_what_to_do(story: Story) -> None:
    first = await sealed(story, INDY, GRACE)
    await sealed(story, INDY, GRACE)
    (told,) = story.matrix.messages_in(INDY)
    assert "could not read this message" in told.text
    assert "Please send it again" in told.text
    assert told.reply_to == first
    assert len(story.at(KOELN)) == 2, "the others see that something was said, each time"
    await sealed(story, INDY, TOM)
    assert len(story.at(INDY)) == 2, "everybody for themselves"


async def test_in_private_too(story: Story) -> None:
    room = direct_room(GRACE)
    story.matrix.messages_in(room)
    await sealed(story, room, GRACE)
    await sealed(story, room, GRACE)
    (told,) = story.at(room)
    assert "could not read this message" in told
