"""Threads on Matrix: their messages appear as replies elsewhere, and what is answered there lands in the thread."""

from __future__ import annotations

from bot.messengers.base import PermanentError
from bot.model import ChatRef, MessageRef, MessengerName, Quote, Reply, Role, plain, rich
from tests.fake_chats import FakeMessage
from tests.stories.conftest import ANNA, GRACE, INDY, KOELN, MEHMET, TOM, Story, someone

LEEDS = ChatRef(MessengerName.MATRIX, "!leeds:test")
RUTH = someone(MessengerName.MATRIX, "@ruth:test", "Ruth Clarke")


def last(story: Story, chat: ChatRef) -> FakeMessage:
    return story.messenger(chat).messages_in(chat)[-1]


def root(id: str, words: str = "", chat: ChatRef = INDY) -> Reply:
    return Reply(MessageRef(chat, id), "Tom Jackson" if words else "", rich(words), TOM.account)


def quoted(message: FakeMessage) -> str:
    assert message.post
    first = message.post.text[0]
    return plain(first.children) if isinstance(first, Quote) else ""


async def with_leeds(story: Story) -> None:
    async with story.database.begin() as store:
        dialogue = (await store.dialogues.all())[0]
        leeds = await store.cities.add("Leeds", "en_GB", "Europe/London")
        await store.chats.pair(LEEDS, dialogue, leeds)
        assert RUTH.account
        person = await store.people.get_or_create(RUTH.account, RUTH.name, "", story.app.clock())
        await store.roles.set(dialogue, person, leeds, Role.STAFF, story.app.clock())
    story.matrix.messages_in(LEEDS)


async def test_a_thread_shows_its_root_and_every_answer_lands_in_it(story: Story) -> None:
    """Also the second answer, the answer to an answer, and that of another city's room in its own thread."""
    await with_leeds(story)
    begun = story.telegram.says(KOELN, ANNA, "Bäume?")
    await story.quiet()
    here, there = last(story, INDY).id, last(story, LEEDS).id
    said = story.matrix.says(INDY, TOM, "Lindens, in a thread", thread=root(here))
    await story.quiet()
    copy = last(story, KOELN)
    assert (copy.reply_to, quoted(copy)) == (begun, "")
    assert (last(story, LEEDS).thread, last(story, LEEDS).reply_to) == (there, there)
    in_leeds = last(story, LEEDS).id
    answer = story.telegram.says(KOELN, MEHMET, "Eichen", reply_to=copy.id)
    await story.quiet()
    assert (last(story, INDY).thread, last(story, INDY).reply_to) == (here, said)
    assert (last(story, LEEDS).thread, last(story, LEEDS).reply_to) == (there, in_leeds)
    story.telegram.says(KOELN, ANNA, "Beides", reply_to=answer)
    await story.quiet()
    assert last(story, INDY).thread == here
    story.matrix.says(LEEDS, RUTH, "Limes, you mean", thread=root(there, chat=LEEDS))
    await story.quiet()
    assert (last(story, INDY).thread, last(story, INDY).reply_to) == (here, here)
    assert last(story, KOELN).reply_to == begun


async def test_a_reply_within_a_thread_is_one_elsewhere_and_an_answer_to_the_root_is_outside(story: Story) -> None:
    begun = story.matrix.says(INDY, TOM, "Trees?")
    first = story.matrix.says(INDY, TOM, "Lindens", thread=root(begun))
    await story.quiet()
    top, copy = story.telegram.messages_in(KOELN)
    story.matrix.says(INDY, GRACE, "Why lindens?", reply_to=first, thread=root(begun))
    await story.quiet()
    assert (copy.reply_to, last(story, KOELN).reply_to) == (top.id, copy.id)
    story.telegram.says(KOELN, ANNA, "Ja, gern", reply_to=top.id)
    await story.quiet()
    assert (last(story, INDY).reply_to, last(story, INDY).thread) == (begun, "")


async def test_a_thread_whose_root_never_crossed_quotes_it_once_and_is_answered_in(story: Story) -> None:
    await with_leeds(story)
    first = story.matrix.says(INDY, TOM, "Lindens", thread=root("old", "Trees in 2019?"))
    await story.quiet()
    copy, in_leeds = last(story, KOELN), last(story, LEEDS)
    assert (copy.reply_to, quoted(copy)) == ("", "Tom Jackson · Indianapolis:\nTrees in 2019?")
    assert (in_leeds.thread, in_leeds.reply_to) == ("", "")
    story.matrix.edits(INDY, TOM, first, "Limes")
    story.matrix.says(INDY, TOM, "Oaks, too", thread=root("old", "Trees in 2019?"))
    await story.quiet()
    assert quoted(copy) == "Tom Jackson · Indianapolis:\nTrees in 2019?"
    assert (last(story, KOELN).reply_to, quoted(last(story, KOELN))) == (copy.id, "")
    assert (last(story, LEEDS).thread, last(story, LEEDS).reply_to) == (in_leeds.id, in_leeds.id)
    story.telegram.says(KOELN, ANNA, "Eichen", reply_to=copy.id)
    await story.quiet()
    assert (last(story, INDY).thread, last(story, INDY).reply_to) == ("old", first)
    assert (last(story, LEEDS).thread, last(story, LEEDS).reply_to) == (in_leeds.id, in_leeds.id)


async def test_a_thread_goes_on_where_its_root_was_removed_or_failed(story: Story) -> None:
    story.telegram.faults.append(PermanentError("too large"))
    begun = story.matrix.says(INDY, TOM, "Trees?")
    await story.quiet()
    story.matrix.says(INDY, TOM, "Lindens", thread=root(begun, "Trees?"))
    await story.quiet()
    copy = last(story, KOELN)
    assert quoted(copy).endswith("Trees?")
    story.matrix.deletes(INDY, TOM, begun)
    story.telegram.says(KOELN, ANNA, "Eichen", reply_to=copy.id)
    await story.quiet()
    assert last(story, INDY).thread == begun
    story.matrix.says(INDY, TOM, "Oaks", thread=root(begun))
    await story.quiet()
    assert quoted(last(story, KOELN)) == ""


async def test_the_bot_answers_a_command_in_its_thread(story: Story) -> None:
    command = story.matrix.says(INDY, TOM, "!me", thread=root("old", "Trees in 2019?"))
    await story.quiet()
    assert (last(story, INDY).thread, last(story, INDY).reply_to) == ("old", command)
    story.matrix.says(INDY, TOM, "!me")
    await story.quiet()
    assert last(story, INDY).thread == ""
