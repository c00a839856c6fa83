"""Where the bot stays, and where it leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.model import ChatRef, Join, Leave, Membership, MessengerName, Migration, Presence, Send, Sender
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, TOM, Story, private_chat, someone

ROOM = ChatRef(MessengerName.MATRIX, "!new:test")
STRANGER = someone(MessengerName.MATRIX, "@eve:test", "Eve")


def invited(
    by: Sender, chat: ChatRef = ROOM, presence: Presence = Presence.INVITED, *, private: bool = False
) -> Membership:
    return Membership(
        id=f"{presence}-{by.name}-{chat.id}",
        chat=chat,
        sender=by,
        at=datetime.now(UTC),
        presence=presence,
        private=private,
    )


async def later(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Advance the clock past the grace period."""
    clock = story.app.clock
    for part in (story.app.jobs, story.app.jobs._time):
        monkeypatch.setattr(part, "_clock", lambda: clock() + timedelta(minutes=1))
    await story.quiet()


async def test_a_coordinators_invitation_is_accepted(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.matrix.messages_in(ROOM)
    story.matrix.happens(invited(GRACE))
    await story.quiet()
    story.matrix.happens(invited(Sender(story.matrix.account, "Intercity"), presence=Presence.JOINED))
    await story.quiet()
    await later(story, monkeypatch)
    assert [type(call) for call in story.matrix.calls] == [Join, Send]
    (hello,) = story.at(ROOM)
    assert "!pair Köln" in hello


async def test_a_strangers_invitation_is_declined(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.matrix.happens(invited(STRANGER))
    await story.quiet()
    assert story.matrix.calls == []
    await later(story, monkeypatch)
    assert story.matrix.calls == [Leave(chat=ROOM)]


async def test_anyone_may_open_a_direct_room(story: Story) -> None:
    story.matrix.happens(invited(STRANGER, private=True))
    await story.quiet()
    assert story.matrix.calls == [Join(chat=ROOM)]


async def test_an_invitation_waits_for_the_chat_to_be_named(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.matrix.happens(invited(STRANGER))
    await story.quiet()
    async with story.database.begin() as store:
        (dialogue,) = await store.dialogues.all()
        chat = await store.chats.pair(ROOM, dialogue, dialogue.cities[1])
        assert chat.invited
        await store.deliveries.join(chat, story.app.clock())
    await story.quiet()
    await later(story, monkeypatch)
    assert story.matrix.calls == [Join(chat=ROOM)]


async def test_a_foreign_group_is_left_with_a_polite_line(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    group = ChatRef(MessengerName.TELEGRAM, "-1009")
    story.telegram.messages_in(group)
    eve = someone(MessengerName.TELEGRAM, "66", "Eve", "de")
    story.telegram.happens(invited(eve, group, Presence.JOINED))
    await story.quiet()
    (line,) = story.at(group)
    assert "Koordination" in line
    await later(story, monkeypatch)
    assert story.telegram.calls[-1] == Leave(chat=group)


async def test_a_chat_in_which_the_bot_is_muzzled_stays_so_until_the_messenger_says_otherwise(story: Story) -> None:
    def stands(presence: Presence) -> None:
        at = datetime.now(UTC)
        story.matrix.happens(Membership(id=f"{presence}", chat=INDY, sender=TOM, at=at, presence=presence))

    stands(Presence.RESTRICTED)
    await story.quiet()
    assert "Tom Jackson" in story.at(KOELN)[-1]
    await story.says(KOELN, ANNA, "Kommt das an?")
    assert story.at(INDY)[-1].endswith("Kommt das an?"), "what can be written is written"
    assert "/doctor" in await story.says(KOELN, ANNA, "/status")
    stands(Presence.JOINED)
    await story.quiet()
    assert "✅" in story.at(KOELN)[-1]
    assert "/doctor" not in await story.says(KOELN, ANNA, "/status")


async def test_a_channel_is_left_and_its_coordinator_told_why(story: Story) -> None:
    channel = ChatRef(MessengerName.TELEGRAM, "-1008")
    story.telegram.messages_in(channel)
    await story.says(private_chat(ANNA), ANNA, "/start")
    story.telegram.happens(replace(invited(ANNA, channel, Presence.JOINED), title="City news", channel=True))
    await story.quiet()
    (line,) = story.at(channel)
    assert "Kanal" in line
    assert "City news" in story.at(private_chat(ANNA))[-1]
    assert story.telegram.calls[-1] == Leave(chat=channel)


@pytest.mark.parametrize("hidden", [True, False])
async def test_in_an_upgraded_room_it_is_said_once_from_when_on_the_bot_reads(story: Story, *, hidden: bool) -> None:
    new = ChatRef(MessengerName.MATRIX, "!upgraded:test")
    story.matrix.messages_in(new)
    at = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
    story.matrix.happens(Migration(id="m1", chat=INDY, to=new, at=at))
    for number in range(2):
        joined = Membership(
            id=f"in {number}", chat=new, sender=GRACE, at=at, presence=Presence.JOINED, hides_history=hidden
        )
        story.matrix.happens(joined)
        await story.quiet()
    told = story.at(new)
    assert len(told) == hidden
    assert all("March 2, 2026, 9:30" in each and "send again" in each for each in told)
    assert story.at(KOELN) == []
    await story.says(KOELN, ANNA, "Guten Tag")
    assert story.at(new)[len(told) :] == ["Anna Weber · Köln · coordinator: Guten Tag"]
