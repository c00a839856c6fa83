"""What a feature says without being asked: to chats, to a dialogue, and to one person."""

from __future__ import annotations

from bot.commands.context import Told
from bot.model import Sender
from bot.text.catalogue import _
from storage import Dialogue
from tests.stories.conftest import ANNA, INDY, KOELN, MEHMET, TOM, Story, private_chat, someone


async def tells(story: Story, who: Sender, *, in_chat: bool = True) -> Told:
    """Write to a person of the dialogue `Hello`."""
    assert who.account
    async with story.database.begin() as store:
        person = await store.people.get_or_create(who.account, who.name, "", story.app.clock())
        (dialogue,) = await store.dialogues.all()
        ctx = story.app.services.context(store, story.app.clock())
        told = await ctx.tell(person.id, _("Hello"), dialogue=dialogue if in_chat else None)
    await story.quiet()
    return told


async def test_who_has_opened_a_private_chat_is_told_there(story: Story) -> None:
    await story.says(private_chat(ANNA), ANNA, "/start")
    assert await tells(story, ANNA) is Told.PRIVATELY
    assert story.at(private_chat(ANNA))[-1] == "Hello"
    assert story.at(KOELN) == []


async def test_others_are_mentioned_in_the_chat_of_their_city(story: Story) -> None:
    await story.says(INDY, TOM, "Good morning")
    assert await tells(story, TOM) is Told.IN_CHAT
    post = story.matrix.messages_in(INDY)[-1].post
    assert post
    assert story.at(INDY)[-1] == "Tom Jackson: Hello"
    assert post.mentions == (TOM.account,)


async def test_who_takes_part_nowhere_is_not_told(story: Story) -> None:
    assert await tells(story, someone(KOELN.messenger, "4711", "Nobody")) is Told.NOT
    assert await tells(story, MEHMET, in_chat=False) is Told.NOT
    assert story.at(KOELN) == []


async def test_an_announcement_reaches_every_chat_in_its_language(story: Story) -> None:
    async with story.database.begin() as store:
        dialogue: Dialogue
        (dialogue,) = await store.dialogues.all()
        await story.app.services.context(store, story.app.clock()).announce(dialogue, _("Removed in every chat."))
    await story.quiet()
    assert story.at(KOELN) == ["In allen Chats gelöscht."]
    assert story.at(INDY) == ["Removed in every chat."]
