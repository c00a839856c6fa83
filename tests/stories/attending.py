"""What people say to an invitation to a roundtable, and what becomes of it."""

from __future__ import annotations

from bot.model import ChatRef, MessengerName, Sender
from storage import Invitation
from tests.fake_chats import FakeMessage
from tests.stories.conftest import someone
from tests.stories.meetings import Meetings

GUSTAV = someone(MessengerName.TELEGRAM, "41", "Gustav Gast", "de", "gustav")
AS_SPEAKER = "Sie sind mit Rederecht zu Runde 1 eingeladen"


async def invitation(story: Meetings, who: Sender, number: int = 1) -> Invitation | None:
    assert who.account
    async with story.database.begin() as store:
        person = await store.people.by_account(who.account)
        roundtable = await store.roundtables.numbered(1, number)
        assert roundtable
        return await store.invitations.get(roundtable.id, person.id) if person else None


async def said(story: Meetings, who: Sender, number: int = 1) -> str:
    """Return what somebody is invited as and has answered: `speaker yes`."""
    mine = await invitation(story, who, number)
    return f"{mine.part} {mine.answer}{' ✋' if mine.wishes_to_speak_at else ''}" if mine else "not invited"


def post(story: Meetings, chat: ChatRef, text: str) -> FakeMessage:
    """Return the newest post of the bot with a text."""
    found = [each for each in story.messenger(chat).messages_in(chat) if each.post and text in each.shown]
    assert found, story.at(chat)
    return found[-1]


def card(story: Meetings, chat: ChatRef) -> FakeMessage:
    return post(story, chat, "🗓️")


async def presses(story: Meetings, chat: ChatRef, who: Sender, sign: str, on: FakeMessage | None = None) -> str:
    """Press a button of a post, by default of the card; return what the person alone is shown."""
    on = on or card(story, chat)
    assert on.post
    (action,) = [each.action for each in on.post.buttons if each.emoji == sign]
    story.telegram.presses(chat, who, on.id, action)
    await story.quiet()
    return story.telegram.told[-1]


async def reacts(story: Meetings, chat: ChatRef, who: Sender, sign: str, *, removed: bool = False) -> list[str]:
    """React to the card, or take a reaction back; return what the bot posts."""
    before = len(story.at(chat))
    story.messenger(chat).reacts(chat, who, card(story, chat).id, sign, removed=removed)
    await story.quiet()
    return story.at(chat)[before:]
